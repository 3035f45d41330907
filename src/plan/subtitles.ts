import { eastAsianWidth } from 'get-east-asian-width';
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

/**
 * What fits on one line of a subtitle, and what a viewer reads in a second: the figures that broadcasters give. A letter
 * as wide as the Chinese ones counts as two.
 */
const LINE_LENGTH = 42;
const LETTERS_PER_SECOND = 17;
const SHORTEST_SECONDS = 1;
/** The track in a film has no room for 36 minutes in one subtitle: microseconds, in 31 bits. */
const LONGEST_SECONDS = 30 * 60;

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
    endSeconds > startSeconds ? pagesOf(line, startSeconds, endSeconds).flatMap(inParts) : [],
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

/** What stays for very long is shown again and again, which nobody sees. */
function inParts({ startSeconds, endSeconds, text }: Cue): Cue[] {
  const count = Math.ceil((endSeconds - startSeconds) / LONGEST_SECONDS);
  const at = (part: number) =>
    part === count ? endSeconds : startSeconds + ((endSeconds - startSeconds) * part) / count;
  return Array.from({ length: count }, (_, part) => ({
    startSeconds: at(part),
    endSeconds: at(part + 1),
    text,
  }));
}

/** Its letters; a last word alone must not flash by. */
function weightOf(page: string): number {
  return Math.max(widthOf(page.replace('\n', ' ')), LETTERS_PER_SECOND * SHORTEST_SECONDS);
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    // Only what a word begins with has a blank before it.
    for (const [index, part] of partsOf(word).entries()) {
      const last = lines.at(-1);
      const longer = last === undefined ? part : `${last}${index === 0 ? ' ' : ''}${part}`;
      if (last === undefined || widthOf(longer) > LINE_LENGTH) lines.push(part);
      else lines[lines.length - 1] = longer;
    }
  }
  return lines;
}

/** Scripts that set no blanks between words: a line may end behind any of these. */
const WITHOUT_BLANKS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u30ff\uff00-\uffef]/u;
/** What ends a word or a sentence, and the small letters of Japanese, begin no line; what opens a quotation ends none. */
const BEGINS_NO_LINE =
  /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}\p{Mark}々〻ゝゞヽヾーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ]/u;
const ENDS_NO_LINE = /[\p{Ps}\p{Pi}]$/u;

const segmenters = new Map<string, Intl.Segmenter>();
/** Made where it is needed: that takes longer than to check a storyboard. */
function segmented(text: string, granularity: 'word' | 'grapheme'): string[] {
  // Of one language, whatever the machine's: the subtitles of a film are the same everywhere.
  const segmenter = segmenters.get(granularity) ?? new Intl.Segmenter('en', { granularity });
  segmenters.set(granularity, segmenter);
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Where what stands between two blanks may be broken: between the words in it, and anywhere if a line cannot hold it. */
function partsOf(text: string): string[] {
  if (!WITHOUT_BLANKS.test(text)) return pieces(text);
  const parts: string[] = [];
  for (const segment of segmented(text, 'word')) {
    const last = parts.at(-1) ?? '';
    const mayBreak =
      (WITHOUT_BLANKS.test(last.slice(-1)) || WITHOUT_BLANKS.test(segment)) &&
      !BEGINS_NO_LINE.test(segment) &&
      !ENDS_NO_LINE.test(last);
    if (mayBreak || last === '') parts.push(segment);
    else parts[parts.length - 1] = last + segment;
  }
  return parts.flatMap(pieces);
}

/** As much of a long word as a line holds, and the rest. */
function pieces(word: string): string[] {
  if (widthOf(word) <= LINE_LENGTH) return [word];
  const found: string[] = [''];
  for (const segment of segmented(word, 'grapheme')) {
    const longer = `${found.at(-1)}${segment}`;
    if (widthOf(longer) > LINE_LENGTH) found.push(segment);
    else found[found.length - 1] = longer;
  }
  return found;
}

/** Plain letters, which most are, need no look at each of them. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return segmented(text, 'grapheme').reduce(
    (sum, letter) => sum + eastAsianWidth(letter.codePointAt(0) ?? 0),
    0,
  );
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
