import { bodyAt, needBody } from './boxes.ts';
import { type Edit, editsOf, readMovie, type Track, tracksOf } from './movie.ts';
import type { Samples } from './samples.ts';

/** What ffmpeg shows of a file's first picture. */
export interface Shown {
  readonly frames: number;
  /** Seconds of the file's own time at which the first frame comes, and at which the last one goes. */
  readonly start: number;
  readonly end: number;
  /** Width of its pixels by their height, where nothing but the size of the track tells it; else 1. */
  readonly stretch: number;
}

/**
 * Reads it from the header alone, so that to count the frames of hours takes no longer than to read where they lie.
 * Throws RangeError where it is not told there: in fragments, and in what is neither MP4 nor MOV.
 */
export function shownOf(path: string): Shown {
  const movie = readMovie(path);
  if (bodyAt(movie.moov, 'mvex') !== null) throw new RangeError('samples in fragments');
  const [track] = tracksOf(movie, 'vide');
  if (track === undefined) throw new RangeError('no picture');
  return { ...spanOf(track, editsOf(track, movie.moov)), stretch: stretchOf(track) };
}

/**
 * An edit shows the frames that begin in it. If it begins within a frame, the next one comes at once:
 *
 *     frames   |0|1|2|3|4|5|6|7|8|9|
 *     edits      |-----|     |---|
 *     shown    |1|2|3|7|8|
 *
 * Without edits, the first frame comes at the time that it has.
 */
function spanOf({ samples, timescale }: Track, edits: readonly Edit[]): Omit<Shown, 'stretch'> {
  const times = timesOf(samples);
  const count = times.length - 1;
  const time = (frame: number) => times[frame] as number;
  if (edits.length === 0) return { frames: count, start: time(0) / timescale, end: time(count) / timescale };
  let [frames, start, end, early, at] = [0, 0, 0, 0, 0];
  for (const { length, mediaTime } of edits) {
    const ticks = Math.round(length * timescale);
    const isWait = mediaTime < 0;
    const from = isWait ? count : firstFrom(times, mediaTime);
    const to = isWait ? count : Math.min(count, firstFrom(times, mediaTime + ticks));
    if (from < to) {
      if (frames === 0) [start, early] = [at, time(from) - mediaTime];
      frames += to - from;
      const over = time(to) - mediaTime;
      end = at - early + (over - ticks > ROUNDING_SECONDS * timescale ? ticks : over);
    }
    at += ticks;
  }
  return { frames, start: start / timescale, end: end / timescale };
}

/** An edit is as long as frames of any rate only to the tick of its movie, of which most have 1000 or 600 a second. */
const ROUNDING_SECONDS = 0.002;

/** The times at which frames are shown, in that order, and that at which the last one is over. */
function timesOf({ durations, delays }: Samples): Float64Array {
  const times = new Float64Array(durations.length + 1);
  let [decoded, last, over] = [0, -Infinity, 0];
  for (const [sample, duration] of durations.entries()) {
    const time = decoded + (delays?.[sample] ?? 0);
    if (time >= last) [last, over] = [time, time + duration];
    times[sample] = time;
    decoded += duration;
  }
  times[durations.length] = over;
  return times.sort();
}

/** The first of these that is not before `least`: there may be many edits, and each looks for its frames. */
function firstFrom(times: Float64Array, least: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] as number) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A track may be as large as its pictures are not: they are stretched to its size. */
function stretchOf({ body, stbl }: Track): number {
  const [header, described] = [needBody(body, 'tkhd'), needBody(stbl, 'stsd')];
  const [width, height] = [header.readUInt16BE(header.length - 8), header.readUInt16BE(header.length - 4)];
  const [codedWidth, codedHeight] = [
    described.readUInt16BE(CODED_WIDTH),
    described.readUInt16BE(CODED_WIDTH + 2),
  ];
  const isTold = described.includes('pasp') || width * height * codedWidth * codedHeight === 0;
  return isTold ? 1 : (width * codedHeight) / (height * codedWidth);
}

/** Behind the heads of the table and of its first description (ISO/IEC 14496-12, 8.5.2 and 12.1.3). */
const CODED_WIDTH = 8 + 8 + 24;
