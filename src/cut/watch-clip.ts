import { promises as fs } from 'node:fs';
import { probe } from '../media/probe.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import { requireUnchanged } from '../media/stamp.ts';
import { derivedKey } from '../store/derived.ts';
import type { SoundContext } from './conform-sound.ts';
import type { Source } from './source.ts';

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

const WATCH_VERSION = 5;
/** Small and seldom enough to be cheap, large and often enough not to miss what a viewer sees. */
const LOOKS_PER_SECOND = 10;
const [WIDTH, HEIGHT] = [64, 36];
/** Cells of brightness, and of both colours together; those have half the width and height. */
const [BRIGHT_CELLS, COLOR_CELLS] = [WIDTH * HEIGHT, (WIDTH * HEIGHT) / 2];
/** To each of the 255: within a whole one, what an encoder does and what moves slowly look the same. */
const STEPS = 256;

/** Darker than this, of 255, everywhere, and no further from grey. */
const BLACK = 20 * STEPS;
/** A cell so much brighter than the others is a light in the dark: stars, a window far away. */
const LIGHT = 8 * STEPS;
/** From one look to the next, grain changes a picture by more, of 255 and on average. */
const STILL = 0.1 * STEPS;
/** What moves changes some cell by more, however small it is; what an encoder does to a still picture, none. */
const MOVED = 2 * STEPS;
/** A film may play it slowly, and make much of little: two that are alike by chance are not frozen yet. */
const [SHORTEST_BLACK, SHORTEST_FROZEN] = [2, 3];

const LOOKS = [
  `fps=${LOOKS_PER_SECOND}:start_time=0`,
  `scale=${WIDTH}:${HEIGHT}:flags=area:out_range=full,format=yuv420p16le`,
].join(',');

/** Something that ffmpeg makes of a clip. */
export interface ClipOutput {
  readonly options: readonly string[];
  readonly file: string;
}

/**
 * Looks at a clip once, in small pictures; remembered by its bytes. `whole`: decodes everything that is in it,
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
export async function watchBeside(
  clip: Source,
  sounds: readonly ClipOutput[],
  context: SoundContext,
): Promise<boolean> {
  let isMade = false;
  await remembered(clip, false, context, async file => {
    isMade = true;
    const damage = await watch(clip, false, sounds, file, context);
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
    const seen = await look(file, durationSeconds);
    // It has told what it can, and would take more room than what is told of it.
    await fs.truncate(file);
    return { ...seen, damage };
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

/**
 * Reads it look by look: those of an hour are too much to hold at once. `seconds`: of the clip. Where its frames end
 * before, the film holds the last one.
 */
async function look(file: string, seconds: number): Promise<Pick<Seen, 'black' | 'frozen'>> {
  // For each look, since which one it is so; null where it is not.
  const black: (number | null)[] = [];
  const frozen: (number | null)[] = [];
  let first: Look | null = null;
  let before: Look | null = null;
  let wasQuiet = false;
  for await (const now of looksIn(file)) {
    const isDark = isBlack(now);
    const isQuiet: boolean = before !== null && changeOf(now, before).mean < STILL;
    // A key frame draws the same picture anew, and a little otherwise, once; grain is new in every look. What is too
    // slow to be seen from one look to the next has moved since the first one.
    const goesOn = first !== null && !isDark && (isQuiet || wasQuiet) && changeOf(now, first).largest < MOVED;
    if (!goesOn) first = isDark ? null : now;
    frozen.push(isDark ? null : goesOn ? (frozen.at(-1) ?? null) : frozen.length);
    black.push(isDark ? 0 : null);
    [before, wasQuiet] = [now, isQuiet];
  }
  const all = Math.max(frozen.length, Math.round(seconds * LOOKS_PER_SECOND));
  return { black: spans(black, SHORTEST_BLACK, all), frozen: spans(frozen, SHORTEST_FROZEN, all) };
}

/** Brightness, then both colours. */
type Look = Uint16Array;

async function* looksIn(file: string): AsyncGenerator<Look> {
  const handle = await fs.open(file, 'r');
  try {
    for (;;) {
      const now = new Uint16Array(BRIGHT_CELLS + COLOR_CELLS);
      const { bytesRead } = await handle.read(now, 0, now.byteLength);
      if (bytesRead < now.byteLength) return;
      yield now;
    }
  } finally {
    await handle.close();
  }
}

function isBlack(now: Look): boolean {
  let [brightest, sum] = [0, 0];
  for (const value of now.subarray(0, BRIGHT_CELLS)) {
    if (value > brightest) brightest = value;
    sum += value;
  }
  const isColored = now.subarray(BRIGHT_CELLS).some(value => Math.abs(value - 128 * STEPS) >= BLACK);
  return brightest < BLACK && brightest - sum / BRIGHT_CELLS < LIGHT && !isColored;
}

/** Of its brightness: the colours of a still picture change more under an encoder. */
function changeOf(now: Look, before: Look): { mean: number; largest: number } {
  let [sum, largest] = [0, 0];
  for (let cell = 0; cell < BRIGHT_CELLS; cell++) {
    const change = Math.abs((now[cell] ?? 0) - (before[cell] ?? 0));
    sum += change;
    if (change > largest) largest = change;
  }
  return { mean: sum / BRIGHT_CELLS, largest };
}

/** Where looks have the same start, at least so many of them; each stands for the time until the next, or to the end of `all`. */
function spans(since: readonly (number | null)[], shortest: number, all: number): Span[] {
  const found: Span[] = [];
  for (let start = 0; start < since.length; ) {
    let end = start + 1;
    while (end < since.length && since[end] === since[start]) end++;
    const until = end === since.length ? all : end;
    if (since[start] !== null && until - start >= shortest)
      found.push({ start: start / LOOKS_PER_SECOND, end: until / LOOKS_PER_SECOND });
    start = end;
  }
  return found;
}
