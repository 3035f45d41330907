import type { Line } from '../storyboard/storyboard.ts';
import { framesToSeconds, startFrames, type Timeline } from './timeline.ts';

/** One subtitle: seconds of the film, and at most two lines of text. */
export interface Cue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

/** A line of dialogue with its place in the film; nothing of one that does not end after it starts is shown. */
export interface TimedLine {
  /** Which item of the timeline. */
  readonly index: number;
  readonly line: Line;
  readonly startSeconds: number;
  readonly endSeconds: number;
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
  return timeLines(timeline, dialogues).flatMap(({ line, startSeconds, endSeconds }) =>
    endSeconds > startSeconds ? pagesOf(line, startSeconds, endSeconds) : [],
  );
}

/** When each line is shown. */
export function timeLines(timeline: Timeline, dialogues: readonly (readonly Line[])[]): TimedLine[] {
  const starts = startFrames(timeline);
  const timed: TimedLine[] = [];
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
      const wanted =
        line.endSeconds !== null ? from + line.endSeconds : isLast ? latest : start + readingSeconds(line);
      const end = Math.min(wanted, latest);
      timed.push({ index, line, startSeconds: start, endSeconds: end });
      at = Math.max(start, end);
    }
  }
  return timed;
}

/** What a viewer sees of a line: who speaks, and the author's lines. */
export function subtitleOf({ speaker, text }: Line): string {
  const lines = text.split(/[\n\r\u0085\u2028\u2029]+/).map(line => line.replace(/\s+/g, ' ').trim());
  const words = lines.filter(line => line !== '').join('\n');
  return speaker === null ? words : `${speaker}: ${words}`;
}

function readingSeconds(line: Line): number {
  return pages(line).reduce((sum, page) => sum + weightOf(page), 0) / LETTERS_PER_SECOND;
}

/** Text that is too long for two lines becomes several subtitles, each for its share of the time. */
function pagesOf(line: Line, start: number, end: number): Cue[] {
  const all = pages(line);
  const whole = all.reduce((sum, page) => sum + weightOf(page), 0);
  let told = 0;
  let at = start;
  return all.map((text, index) => {
    const startSeconds = at;
    told += weightOf(text);
    // The last one ends where the line does, to the last bit: the next line may begin there.
    at = index === all.length - 1 ? end : start + ((end - start) * told) / whole;
    return { startSeconds, endSeconds: at, text };
  });
}

function pages(line: Line): string[] {
  const lines = subtitleOf(line).split('\n').flatMap(wrap);
  const starts = lines.map((_, at) => at).filter(at => at % 2 === 0);
  return starts.map(at => lines.slice(at, at + 2).join('\n'));
}

/** Its letters; a last word alone must not flash by. */
function weightOf(page: string): number {
  return Math.max(page.length, LETTERS_PER_SECOND * SHORTEST_SECONDS);
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
        `${index + 1}\n${time(startSeconds, ',')} --> ${time(endSeconds, ',')}\n${asWords(text)}\n`,
    )
    .join('\n');
}

/**
 * The format has no escapes. Players leave out what they take for a command of ASS or MicroDVD (`{\an8}`, `{y:i}`) or
 * for a tag, and words would be lost with it: a blank makes words of them everywhere. Tags that SubRip does have stay.
 */
function asWords(text: string): string {
  return text
    .replace(/\{(?=\\|[CcFfoPSsYy]:)/g, '{ ')
    .replace(/<(?=[/!?a-z])(?!\/?(?:[bius]|font)\b)/gi, '< ');
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
