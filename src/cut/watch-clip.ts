import { promises as fs } from 'node:fs';
import { probe } from '../media/probe.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import type { SoundContext } from './conform-sound.ts';
import { derivedKey } from './segments.ts';
import { requireUnchanged, type Source } from './source.ts';

/** A stretch of a clip, in seconds from its start. */
export type Span = { readonly start: number; readonly end: number };

/** What a viewer would notice in a clip's picture. */
export type Seen = {
  readonly black: readonly Span[];
  readonly frozen: readonly Span[];
  readonly damage: Damage | null;
};

/** Its end is missing; or parts of it cannot be decoded. */
export type Damage = 'torn' | 'flawed';

const WATCH_VERSION = 4;
/** Small and seldom enough to be cheap, large and often enough not to miss what a viewer sees. */
const LOOKS_PER_SECOND = 10;
const [WIDTH, HEIGHT] = [32, 18];

/** Darker than this, of 255, everywhere. */
const BLACK = 20;
/** The noise of an encoder moves more than this; of 255, on average. */
const STILL = 0.12;
/** A film may play it slowly, and make much of little. */
const SHORTEST_LOOKS = 2;

const LOOKS = `fps=${LOOKS_PER_SECOND}:start_time=0,scale=${WIDTH}:${HEIGHT}:flags=area,format=gray`;

/** Something that ffmpeg makes of a clip. */
export interface ClipOutput {
  readonly options: readonly string[];
  readonly file: string;
}

/**
 * Looks at a clip once, in small grey pictures; remembered by its bytes. `whole`: decodes everything that is in it,
 * and throws at the first flaw, since headers do not show a torn file.
 */
export async function watchClip(
  clip: Source,
  context: SoundContext,
  { whole }: { readonly whole: boolean },
): Promise<Seen> {
  return await remembered(clip, whole, context, async file => await watch(clip, whole, [], file, context));
}

/**
 * Watches a clip if nobody has, and makes something of its sound in the same process: to start one can take as long as
 * decoding that. False: it was watched before, and nothing was made.
 */
export async function watchBeside(clip: Source, sound: ClipOutput, context: SoundContext): Promise<boolean> {
  let isMade = false;
  await remembered(clip, false, context, async file => {
    isMade = true;
    const damage = await watch(clip, false, [sound], file, context);
    // It may be the sound's. What is told of a picture must not hang on what else was decoded with it.
    return damage === null ? null : await watch(clip, false, [], file, context);
  });
  return isMade;
}

async function remembered(
  clip: Source,
  whole: boolean,
  { ffmpeg, derived }: SoundContext,
  watching: (file: string) => Promise<Damage | null>,
): Promise<Seen> {
  const key = derivedKey(['watched', WATCH_VERSION, ffmpeg.version, clip.identity, whole]);
  const { facts } = await derived.get('watched', key, 'gray', async file => {
    const damage = await watching(file);
    const { durationSeconds } = await probe(clip.path);
    requireUnchanged([clip]);
    return { ...look(await fs.readFile(file), durationSeconds), damage };
  });
  return facts;
}

async function watch(
  { path }: Source,
  whole: boolean,
  others: readonly ClipOutput[],
  file: string,
  { ffmpeg, signal }: SoundContext,
): Promise<Damage | null> {
  const told = await runFfmpeg(ffmpeg, {
    // One thread each: as many clips are watched side by side as there are cores.
    inputs: [untrustedInput(path, '-threads', '1', ...(whole ? ['-xerror', '-err_detect', 'explode'] : []))],
    output: [
      ...(whole ? ['-map', '0', '-f', 'null', '-'] : []),
      ...others.flatMap(other => [...other.options, other.file]),
      ...['-map', '0:V:0', '-filter:v', LOOKS, ...REPRODUCIBLE, '-f', 'rawvideo'],
      ...['-loglevel', 'warning'], // it goes on behind what is damaged, and only says so
    ],
    file,
    signal,
  });
  return damageIn(told);
}

/** Its other errors are no measure: a clip cut out of a stream misses pictures that it never shows. */
function damageIn(told: readonly string[]): Damage | null {
  if (told.some(line => /partial file|ended prematurely/i.test(line))) return 'torn';
  return told.some(line => /corrupt|invalid data found/i.test(line)) ? 'flawed' : null;
}

/** `seconds`: of the clip. Where its frames end before, the film holds the last one. */
function look(bytes: Uint8Array, seconds: number): Pick<Seen, 'black' | 'frozen'> {
  const size = WIDTH * HEIGHT;
  const looks = Math.floor(bytes.length / size);
  const isBlack: boolean[] = [];
  const isStill: boolean[] = [];
  for (let at = 0; at < looks; at++) {
    let brightest = 0;
    let moved = 0;
    for (let pixel = at * size; pixel < (at + 1) * size; pixel++) {
      const value = bytes[pixel] ?? 0;
      brightest = Math.max(brightest, value);
      if (at > 0) moved += Math.abs(value - (bytes[pixel - size] ?? 0));
    }
    isBlack.push(brightest < BLACK);
    isStill.push(at > 0 && moved / size < STILL && brightest >= BLACK);
  }
  const [black, frozen] = [spans(isBlack), spans(isStill)];
  const hold = isBlack.at(-1) === true ? black : frozen;
  const end = looks / LOOKS_PER_SECOND;
  if (seconds - end >= SHORTEST_LOOKS / LOOKS_PER_SECOND) {
    const start = hold.at(-1)?.end === end ? (hold.pop() as Span).start : end;
    hold.push({ start, end: seconds });
  }
  return { black, frozen };
}

function spans(flags: readonly boolean[]): Span[] {
  const found: Span[] = [];
  let start: number | null = null;
  for (let at = 0; at <= flags.length; at++) {
    if (flags[at] === true) start ??= at;
    else if (start !== null) {
      if (at - start >= SHORTEST_LOOKS)
        found.push({ start: start / LOOKS_PER_SECOND, end: at / LOOKS_PER_SECOND });
      start = null;
    }
  }
  return found;
}
