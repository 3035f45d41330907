import { formatDollars } from '../model/money.ts';
import { changesInWords } from '../plan/reasons.ts';
import type { ListedShot, ListedState, ListedTake } from '../project/list-takes.ts';
import { plural } from './amounts.ts';
import { cleanLine } from './clean.ts';
import { table } from './table.ts';
import { type Paint, painter } from './terminal.ts';

export interface TakesOfFilm {
  readonly title: string;
  readonly file: string;
  readonly provider: string;
  readonly shots: readonly ListedShot[];
}

/** Every take as a director compares them: per scene and shot, those in use first. */
export function formatTakes({ title, file, provider, shots }: TakesOfFilm, color: boolean): string {
  const paint = painter(color);
  const takes = shots.flatMap(shot => shot.takes);
  const rows = shots.flatMap(shot => shot.takes.map(take => takeRow(shot, take, paint)));
  const lines = table([HEADINGS.map(text => paint('dim', text)), ...rows], [1, 2]);
  const body = [`  ${lines[0]}`];
  let at = 1;
  let group = '';
  for (const shot of shots) {
    const heading = headingOf(shot);
    if (heading !== group && heading !== '') body.push(`  ${paint('underline', heading)}`);
    group = heading;
    for (const _ of shot.takes) body.push(`  ${lines[at++]}`);
  }
  const older = takes.filter(({ current }) => !current).length;
  const words = [plural(shots.length, 'shot'), plural(takes.length - older, 'take')];
  const counts = [...words, ...(older === 0 ? [] : [`${older} older`])].join(', ');
  const head = `${paint('bold', cleanLine(title))}  ${paint('dim', cleanLine(file))}  by ${provider}: ${counts}`;
  const hint = older === 0 ? '' : `\n${paint('dim', GOING_BACK)}\n`;
  return `${head}\n\n${body.join('\n')}\n${hint}`;
}

const GOING_BACK =
  'An older take costs nothing again: put back what changed, and the next render finds its clip.';

const HEADINGS = ['shot', 'seed', 'price', 'rendered (UTC)', ''];

function headingOf({ shot }: ListedShot): string {
  if (shot === null) return 'no longer in the storyboard';
  return shot.scene === null ? '' : cleanLine(shot.scene.title ?? shot.scene.id);
}

function takeRow({ id }: ListedShot, listed: ListedTake, paint: Paint): string[] {
  const { take, seed, costMicros, renderedAt, current, picked, locked, state } = listed;
  const marks = [
    picked ? paint('bold', '◂ picked') : '',
    locked ? 'locked' : '',
    current ? '' : paint('yellow', inWords(listed)),
    paint(STATES[state].style, STATES[state].word),
  ];
  return [
    `${id} ${take}`,
    seed === null ? '' : String(seed),
    costMicros === null ? '' : costMicros === 0 ? 'free' : `$${formatDollars(costMicros)}`,
    renderedAt === null ? '' : renderedAt.toISOString().slice(0, 16).replace('T', ' '),
    marks.filter(Boolean).join(', '),
  ];
}

function inWords({ changed }: ListedTake): string {
  // That a shot is gone is said above it.
  return changed.length === 0 || changed.includes('shot')
    ? 'older'
    : `older: ${changesInWords(changed)} changed`;
}

const STATES: Readonly<Record<ListedState, { word: string; style: Parameters<Paint>[0] }>> = {
  rendered: { word: '', style: 'dim' },
  missing: { word: 'not rendered yet', style: 'dim' },
  gone: { word: 'its clip is gone', style: 'red' },
  'in-flight': { word: 'paid for and to be fetched', style: 'cyan' },
  held: { word: 'held', style: 'red' },
  failed: { word: 'failed', style: 'red' },
};
