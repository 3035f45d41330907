import { layOut, type Timeline, type TimelineProblem, type TimelineShot } from '../plan/timeline.ts';
import type { FootageLengths } from './check.ts';
import type { CheckedShot } from './check-shot.ts';
import type { CompileContext } from './compile.ts';
import type { Path } from './parse-yaml.ts';
import type { Item, Storyboard } from './storyboard.ts';

/** Lays the film out in frames; null where the length of something in it is not known. Reports what does not fit. */
export function checkTimeline(
  { items, cut }: Storyboard,
  shots: readonly CheckedShot[],
  lengths: FootageLengths,
  report: CompileContext['report'],
): Timeline | null {
  const ofShots = new Map<Item, number>(shots.map(({ shot, durationSeconds }) => [shot, durationSeconds]));
  const laid: TimelineShot[] = [];
  for (const item of items) {
    const durationSeconds = lengthOf(item, ofShots, lengths);
    if (durationSeconds === null) continue;
    checkTrim(item, durationSeconds, report);
    const { trim, speed, holdSeconds, transition } = item;
    laid.push({ durationSeconds, ...trim, speed, holdSeconds, transition });
  }
  if (laid.length < items.length) return null;
  const { timeline, problems } = layOut(laid, cut);
  const told = new Set<string>();
  for (const problem of problems) {
    const path = placeOf(problem, items);
    const place = path.join('\0');
    if (told.has(place)) continue; // too long for both neighbours: once is enough
    told.add(place);
    const which = items[problem.index]?.id;
    report('transition-too-long', problem.message.replace('the shot', `"${which}"`), path);
  }
  return timeline;
}

/** Seconds of what fills an item; null where a mistake was reported in its place. */
function lengthOf(item: Item, ofShots: ReadonlyMap<Item, number>, lengths: FootageLengths): number | null {
  switch (item.kind) {
    case 'shot':
      return ofShots.get(item) ?? null;
    case 'clip':
      return lengths.get(item.file.file) ?? null;
    default:
      return item.durationSeconds;
  }
}

/** A clip of a model or a camera has a frame more or less than it says. */
const TOLERANCE_SECONDS = 0.05;

function checkTrim({ id, trim }: Item, durationSeconds: number, report: CompileContext['report']): void {
  const { startSeconds, endSeconds, path } = trim;
  const seconds = Number(durationSeconds.toFixed(3));
  if (startSeconds >= durationSeconds)
    report('trim-too-long', `"${id}" lasts ${seconds} s: nothing is left of it`, [...path, 'start']);
  else if (endSeconds !== null && endSeconds > durationSeconds + TOLERANCE_SECONDS)
    report('trim-too-long', `"${id}" lasts ${seconds} s; \`hold\` keeps its last frame for longer`, [
      ...path,
      'end',
    ]);
}

function placeOf({ index, at }: TimelineProblem, items: readonly Item[]): Path {
  if (at === 'fade-in') return ['cut', 'fade_in'];
  if (at === 'fade-out') return ['cut', 'fade_out'];
  return [...(items[at === 'next' ? index + 1 : index] as Item).transition.path, 'duration'];
}
