import type { Line } from '../storyboard/storyboard.ts';
import { framesToSeconds, startFrames, type Timeline } from './timeline.ts';

/** One subtitle: seconds of the film, and at most two lines of text. */
export interface Cue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

/** What fits on one line of a subtitle, and what a viewer reads in a second: the figures that broadcasters give. */
const LINE_LENGTH = 42;
const LETTERS_PER_SECOND = 17;
const SHORTEST_SECONDS = 1;

/** The same subtitles so much later. */
export function later(cues: readonly Cue[], seconds: number): Cue[] {
  return cues.map(cue => ({
    ...cue,
    startSeconds: cue.startSeconds + seconds,
    endSeconds: cue.endSeconds + seconds,
  }));
}

/** The subtitles of a film, in order, none over another; `dialogues` in step with the timeline. */
export function cuesOf(timeline: Timeline, dialogues: readonly (readonly Line[])[]): Cue[] {
  const starts = startFrames(timeline);
  const cues: Cue[] = [];
  for (const [index, item] of timeline.items.entries()) {
    const from = framesToSeconds(starts[index] ?? 0, timeline.fps);
    // Where two shots overlap, the next one has the word.
    const end = starts[index + 1] ?? (starts[index] ?? 0) + item.frames;
    const until = framesToSeconds(end, timeline.fps);
    let at = from;
    const lines = dialogues[index] ?? [];
    for (const [number, line] of lines.entries()) {
      const start = Math.max(at, from + (line.startSeconds ?? 0));
      const next = lines.slice(number + 1).find(({ startSeconds }) => startSeconds !== null)?.startSeconds;
      const latest = Math.min(until, next == null ? until : from + next);
      const isLast = number === lines.length - 1;
      // A line alone stays for the whole shot; of several, each for as long as it takes to read.
      const needed = Math.max(SHORTEST_SECONDS, textOf(line).length / LETTERS_PER_SECOND);
      const wanted = line.endSeconds !== null ? from + line.endSeconds : isLast ? latest : start + needed;
      const end = Math.min(wanted, latest);
      if (end > start) cues.push(...split(textOf(line), start, end));
      at = Math.max(start, end);
    }
  }
  return cues.flatMap((cue, index) => {
    const next = cues[index + 1];
    const endSeconds = Math.min(cue.endSeconds, next?.startSeconds ?? Number.POSITIVE_INFINITY);
    return endSeconds > cue.startSeconds ? [{ ...cue, endSeconds }] : [];
  });
}

function textOf({ speaker, text }: Line): string {
  const words = text.replace(/\s+/g, ' ').trim();
  return speaker === null ? words : `${speaker}: ${words}`;
}

/** Text that is too long for two lines becomes several subtitles, each for its share of the time. */
function split(text: string, start: number, end: number): Cue[] {
  const pages: string[][] = [];
  for (const line of wrap(text)) {
    const page = pages.at(-1);
    if (page === undefined || page.length === 2) pages.push([line]);
    else page.push(line);
  }
  const letters = pages.reduce((sum, page) => sum + page.join(' ').length, 0);
  let at = start;
  return pages.map(page => {
    const from = at;
    at += ((end - start) * page.join(' ').length) / letters;
    return { startSeconds: from, endSeconds: at, text: page.join('\n') };
  });
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE_LENGTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** SubRip, as most editors and players read it. */
export function toSrt(cues: readonly Cue[]): string {
  return cues
    .map(
      ({ startSeconds, endSeconds, text }, index) =>
        `${index + 1}\n${time(startSeconds, ',')} --> ${time(endSeconds, ',')}\n${text}\n`,
    )
    .join('\n');
}

/** WebVTT, as browsers read it. */
export function toVtt(cues: readonly Cue[]): string {
  const escaped = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const blocks = cues.map(
    ({ startSeconds, endSeconds, text }) =>
      `${time(startSeconds, '.')} --> ${time(endSeconds, '.')}\n${escaped(text)}\n`,
  );
  return ['WEBVTT\n', ...blocks].join('\n');
}

function time(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${String(ms % 1000).padStart(3, '0')}`;
}
