import { subtitleOf, type TimedLine, timeLines } from '../plan/subtitles.ts';
import { framesToSeconds, secondsToFrames, startFrames, type Timeline } from '../plan/timeline.ts';
import type { Lint } from './lint.ts';
import type { Mistakes } from './mistakes.ts';
import type { Path } from './parse-yaml.ts';
import type { Item, Storyboard } from './storyboard.ts';

/**
 * Netflix's Timed Text Style Guide, which other houses follow: a subtitle is there for 5/6 s at least, and adults read
 * 20 letters a second at most. A line that is timed for its words has longer; less has one that its shot cuts off.
 */
const SHORTEST_SECONDS = 5 / 6;
const LETTERS_PER_SECOND = 20;
/** Half a frame of the fastest film: what is shorter is an error of rounding. */
const INSTANT_SECONDS = 1 / 120;

export interface Unseen {
  readonly code: 'never-shown';
  readonly message: string;
  readonly path: Path;
}

/** Text of which the film would show nothing. */
export function* checkShown(
  { items }: Storyboard,
  timeline: Timeline,
  mistakes: Mistakes,
): Generator<Unseen> {
  for (const [index, { id, lowerThird }] of items.entries()) {
    const frames = timeline.items[index]?.frames ?? 0;
    if (lowerThird === null || mistakes.under(lowerThird.path)) continue;
    if (secondsToFrames(lowerThird.startSeconds, timeline.fps) < frames) continue;
    const message = `nobody sees it: it comes after ${lowerThird.startSeconds} s, and "${id}" is over after ${shown(framesToSeconds(frames, timeline.fps))}`;
    yield { code: 'never-shown', message, path: [...lowerThird.path, 'start'] };
  }
  for (const timed of linesOf(items, timeline, mistakes)) {
    if (isShown(timed)) continue;
    const { line, index } = timed;
    const seconds = wordSeconds(index, timeline);
    const isCovered = (timeline.items[index + 1]?.overlapFrames ?? 0) > 0;
    const over = isCovered
      ? `the next shot takes over after ${shown(seconds)}`
      : `"${items[index]?.id}" is over after ${shown(seconds)}`;
    const isLate = line.startSeconds !== null && line.startSeconds >= seconds - INSTANT_SECONDS;
    const why = isLate ? `it begins after ${line.startSeconds} s` : 'no time is left for it';
    const path = isLate ? [...line.path, 'start'] : line.path;
    yield { code: 'never-shown', message: `nobody sees it: ${why}, and ${over}`, path };
  }
}

/** Subtitles that are gone before they are read. */
export function* lintSubtitles(
  { items }: Storyboard,
  timeline: Timeline,
  mistakes: Mistakes,
): Generator<Lint> {
  for (const timed of linesOf(items, timeline, mistakes)) {
    if (!isShown(timed)) continue; // an error of its own
    const { line, startSeconds, endSeconds } = timed;
    const letters = [...subtitleOf(line)].length;
    const needed = Math.max(SHORTEST_SECONDS, letters / LETTERS_PER_SECOND);
    const seconds = endSeconds - startSeconds;
    if (seconds >= needed - INSTANT_SECONDS) continue;
    const message = `the subtitle is there for ${shown(seconds)}; ${letters} letters take ${shown(needed)} to read`;
    yield { code: 'subtitle-too-short', message, path: line.path, part: 'value' };
  }
}

/** The lines of each item whose dialogue has no mistakes: one that is out of order moves the others. */
function linesOf(items: readonly Item[], timeline: Timeline, mistakes: Mistakes): TimedLine[] {
  return timeLines(
    timeline,
    items.map(({ dialogue, path }) => (mistakes.under([...path, 'dialogue']) ? [] : dialogue)),
  );
}

function isShown({ startSeconds, endSeconds }: TimedLine): boolean {
  return endSeconds - startSeconds >= INSTANT_SECONDS;
}

/** How long the lines of an item are shown: until the next one begins, into which it may go over. */
function wordSeconds(index: number, timeline: Timeline): number {
  const starts = startFrames(timeline);
  const start = starts[index] ?? 0;
  const end = starts[index + 1] ?? timeline.frameCount;
  return framesToSeconds(end - start, timeline.fps);
}

function shown(seconds: number): string {
  return `${Number(seconds.toFixed(2))} s`;
}
