import { layOut, type Timeline, type TimelineProblem, type TimelineShot } from '../plan/timeline.ts';
import type { FootageLengths } from './check.ts';
import type { CompileContext } from './compile.ts';
import type { Mistakes } from './mistakes.ts';
import type { Path } from './parse-yaml.ts';
import type { Item, Storyboard } from './storyboard.ts';

/** Seconds of what fills the film, as far as they are known. */
export interface Lengths {
  readonly ofShots: ReadonlyMap<Item, number>;
  readonly ofFootage: FootageLengths;
}

/** The fields that tell how long an item is. */
const LENGTH_FIELDS = ['duration', 'trim', 'speed', 'hold'] as const;

/** Longer than anything that a storyboard may ask for in a shot. */
const ENDLESS_SECONDS = 1_000_000;
const ENDLESS = {
  ...{ durationSeconds: ENDLESS_SECONDS, startSeconds: 0, endSeconds: null, speed: 1, holdSeconds: 0 },
} as const;
const CUT = { type: 'cut', durationSeconds: 0 } as const;

export interface LaidTimeline {
  readonly timeline: Timeline;
  /** False if something in it is broken. It has more room then than the film will have. */
  readonly isExact: boolean;
}

/**
 * Lays the film out in frames, and reports what does not fit. A shot whose length is not known has no end in it, and a
 * transition that is wrong is a cut: what finds no place in that has a fault of its own.
 */
export function checkTimeline(
  { items, cut }: Storyboard,
  { ofShots, ofFootage }: Lengths,
  profile: string | undefined,
  mistakes: Mistakes,
  report: CompileContext['report'],
): LaidTimeline {
  const isWrong = (holder: Path, fields: readonly string[]) =>
    fields.some(field => mistakes.under([...holder, field]));
  const inherited = [['defaults'], ...(profile === undefined ? [] : [['profiles', profile]])];
  const isUnsure = inherited.some(holder => isWrong(holder, LENGTH_FIELDS));
  let isExact = true;
  const laid = items.map((item): TimelineShot => {
    const { trim, speed, holdSeconds } = item;
    const seconds = lengthOf(item, ofShots, ofFootage);
    const isReadable = !isUnsure && !isWrong(item.path, LENGTH_FIELDS);
    const fits = seconds === null || !isReadable || checkTrim(item, seconds, report);
    const isCut = isWrong(item.path, ['transition']) || isWrong(item.transition.path, ['type', 'duration']);
    if (seconds === null || !isReadable || !fits || isCut) isExact = false;
    return {
      ...(isReadable && fits
        ? { durationSeconds: seconds ?? ENDLESS_SECONDS, ...trim, speed, holdSeconds }
        : ENDLESS),
      transition: isCut ? { ...item.transition, ...CUT } : item.transition,
    };
  });
  const { timeline, problems } = layOut(laid, cut);
  reportProblems(problems, items, report);
  if (problems.length === 0) return { timeline, isExact };
  const tight = new Set(problems.flatMap(({ index }) => [index, index + 1]));
  const loose = laid.map((shot, index) =>
    tight.has(index) ? { ...shot, transition: { ...shot.transition, ...CUT } } : shot,
  );
  return { timeline: layOut(loose, cut).timeline, isExact: false };
}

function reportProblems(
  problems: readonly TimelineProblem[],
  items: readonly Item[],
  report: CompileContext['report'],
): void {
  const told = new Set<string>();
  for (const problem of problems) {
    const path = placeOf(problem, items);
    const place = path.join('\0');
    if (told.has(place)) continue; // too long for both neighbours: once is enough
    told.add(place);
    const which = items[problem.index]?.id;
    report('transition-too-long', problem.message.replace('the shot', `"${which}"`), path);
  }
}

/** Seconds of what fills an item; null where a mistake was reported in its place. */
function lengthOf(item: Item, ofShots: Lengths['ofShots'], ofFootage: Lengths['ofFootage']): number | null {
  switch (item.kind) {
    case 'shot':
      return ofShots.get(item) ?? null;
    case 'clip':
      return ofFootage.get(item.file.file) ?? null;
    default:
      return item.durationSeconds;
  }
}

/** A clip of a model or a camera has a frame more or less than it says. */
const TOLERANCE_SECONDS = 0.05;

/** False if it reports that less is there than the trim keeps. */
function checkTrim({ id, trim }: Item, durationSeconds: number, report: CompileContext['report']): boolean {
  const { startSeconds, endSeconds, path } = trim;
  const seconds = Number(durationSeconds.toFixed(3));
  if (startSeconds >= durationSeconds)
    report('trim-too-long', `"${id}" lasts ${seconds} s: nothing is left of it`, [...path, 'start']);
  else if (endSeconds !== null && endSeconds > durationSeconds + TOLERANCE_SECONDS)
    report('trim-too-long', `"${id}" lasts ${seconds} s; \`hold\` keeps its last frame for longer`, [
      ...path,
      'end',
    ]);
  else return true;
  return false;
}

function placeOf({ index, at }: TimelineProblem, items: readonly Item[]): Path {
  if (at === 'fade-in') return ['cut', 'fade_in'];
  if (at === 'fade-out') return ['cut', 'fade_out'];
  return [...(items[at === 'next' ? index + 1 : index] as Item).transition.path, 'duration'];
}
