import { open } from 'node:fs/promises';
import { S16, SAMPLE_RATE } from './sound.ts';

/** About 30 ms: long enough for the lowest voice, short enough to blur no consonant. */
const GRAIN = 1440;
/** How far a grain may be moved to fit the one before it, 10 ms: the lowest tones, of 50 Hz, need as much. */
const REACH = 480;
/** Every fourth sample tells well enough how two grains fit, and every fourth place where they may. */
const STRIDE = 4;
/** Something begins where 2 ms of sound have so much more energy than any in the 10 ms before. */
const [BLOCK, BEFORE, LOUDER] = [96, 5, 8];
/** Samples that are written at once. */
const STRETCH = SAMPLE_RATE;

/**
 * Plays raw 16-bit stereo faster or slower at its old pitch: grains of it are laid over one another at another
 * distance than they were taken from, each moved a little to where its wave goes on from the one before.
 *
 *     sound      |--1--|
 *                  |--2--|               slower: taken closer together than they are laid
 *                    |--3--|
 *     stretched  |--1--|
 *                    |--2--|
 *                        |--3--|
 *
 * The middle of each grain is in step with the picture. Where something begins, a knock or a word, the grain whose
 * middle is nearest to it is the first that has it; those before end in front of it, or it would be heard early, and
 * they would hold the others there. (ffmpeg's atempo is early in slow motion, by half a grain and by this, again with
 * every halving of the speed: 100 ms at a quarter of it.)
 */
export async function stretch(
  source: string,
  speed: number,
  samples: number,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  // Faster, more of them lie over each other, so that none of the sound falls between two.
  const layers = Math.max(2, Math.ceil(1.5 * speed));
  const hop = Math.floor(GRAIN / layers);
  const length = hop * layers;
  const shape = Float64Array.from(
    { length },
    (_, at) => (1 - Math.cos((2 * Math.PI * (at + 0.5)) / length)) / layers,
  );
  const laid = new Float64Array(2 * (STRETCH + 2 * GRAIN));
  const from = await open(source, 'r');
  const target = await open(file, 'w');
  try {
    let taken: number | null = null;
    let next = -length + hop;
    for (let start = 0; start < samples; start += STRETCH) {
      signal.throwIfAborted();
      const end = Math.min(start + STRETCH, samples);
      const place = (at: number) => Math.round((at + length / 2) * speed - length / 2);
      const first = place(next) - REACH - GRAIN;
      const heard = await readSamples(from, first, place(end) + REACH + 2 * GRAIN - first);
      for (; next < end; next += hop) {
        const due = place(next) - first;
        const middle = due + length / 2;
        const beginning = begins(heard, middle, due + length);
        let moved = due;
        if (beginning === null && taken !== null)
          moved = fitting(heard, taken - first + hop, due, length - hop);
        else if (beginning !== null && beginning > middle + (speed * hop) / 2) moved = beginning - length;
        for (let at = 0; at < length; at++) {
          const to = 2 * (next + at - start);
          if (to < 0) continue;
          const weight = shape[at] as number;
          const here = 2 * (moved + at);
          laid[to] = (laid[to] as number) + weight * (heard[here] as number);
          laid[to + 1] = (laid[to + 1] as number) + weight * (heard[here + 1] as number);
        }
        taken = first + moved;
      }
      const whole = 2 * (end - start);
      const written = Int16Array.from(laid.subarray(0, whole), value =>
        Math.max(-32_768, Math.min(32_767, Math.round(value))),
      );
      await target.write(Buffer.from(written.buffer));
      laid.copyWithin(0, whole);
      laid.fill(0, laid.length - whole);
    }
  } finally {
    await from.close();
    await target.close();
  }
}

/** Where something begins; null if nowhere. */
function begins(heard: Int16Array, from: number, to: number): number | null {
  const before: number[] = [];
  for (let start = from - BEFORE * BLOCK; start < to; start += BLOCK) {
    let energy = 0;
    for (let at = 2 * start; at < 2 * (start + BLOCK); at++) energy += (heard[at] as number) ** 2;
    if (before.length === BEFORE) {
      if (energy > LOUDER * Math.max(BLOCK, ...before)) return start;
      before.shift();
    }
    before.push(energy);
  }
  return null;
}

/** Where near `due` the sound is most like that from `goesOn` on; the nearest of what is as like. */
function fitting(heard: Int16Array, goesOn: number, due: number, length: number): number {
  let best = due;
  let most = likeness(heard, goesOn, due, length);
  const look = (at: number) => {
    const like = likeness(heard, goesOn, at, length);
    if (like > most) [best, most] = [at, like];
  };
  for (let away = STRIDE; away <= REACH; away += STRIDE) for (const at of [due - away, due + away]) look(at);
  const near = best;
  for (let away = 1; away < STRIDE; away++) for (const at of [near - away, near + away]) look(at);
  return best;
}

function likeness(heard: Int16Array, one: number, other: number, length: number): number {
  let product = 0;
  let energy = 0;
  for (let at = 0; at < length; at += STRIDE) {
    const here = 2 * (one + at);
    const there = 2 * (other + at);
    const value = (heard[there] as number) + (heard[there + 1] as number);
    product += value * ((heard[here] as number) + (heard[here + 1] as number));
    energy += value * value;
  }
  return energy === 0 ? 0 : product / Math.sqrt(energy);
}

/** Silence before the sound's beginning and behind its end. */
async function readSamples(
  source: Awaited<ReturnType<typeof open>>,
  first: number,
  samples: number,
): Promise<Int16Array> {
  const buffer = Buffer.alloc(samples * S16.bytes);
  const before = Math.min(samples, Math.max(0, -first)) * S16.bytes;
  await source.read(buffer, before, buffer.length - before, Math.max(0, first) * S16.bytes);
  return new Int16Array(buffer.buffer, buffer.byteOffset, samples * 2);
}
