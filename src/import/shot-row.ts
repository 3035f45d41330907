import type { ImportCode } from '../explanations/explanations.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import { namesIn, secondsIn, wholeIn } from './cell-values.ts';
import { type Characters, properName } from './characters.ts';
import type { Column } from './columns.ts';
import type { Cell } from './csv.ts';
import type { DraftLine, DraftTransition } from './draft.ts';
import { LONGEST_LINE, MOST_LINES, SHOT_SECONDS, secondsOf } from './limits.ts';
import { flat } from './plain.ts';
import { splitText } from './split-text.ts';
import { isEnding, isPlainCut, nothingBefore, transitionOf } from './transition.ts';

/** That the model takes. */
const LONGEST_NEGATIVE = 500;
const MAX_SEED = 2 ** 31 - 1;

/** The cells of a line that are not blank, by what they hold. */
export type Row = ReadonlyMap<Column, readonly Cell[]>;

export type Report = (
  severity: Diagnostic['severity'],
  code: ImportCode,
  message: string,
  place: { readonly start: number; readonly end: number },
) => void;

/** What a line of a shot list says of its shot; what it cannot say becomes a comment. */
export class ShotRow {
  readonly comments: string[];
  private readonly row: Row;
  private readonly characters: Characters;
  private readonly report: Report;

  constructor(row: Row, others: readonly string[], characters: Characters, report: Report) {
    this.row = row;
    this.comments = [...(row.get('notes') ?? []).map(({ text }) => text.trim()), ...others];
    this.characters = characters;
    this.report = report;
  }

  prompt(place: Cell): string {
    const words = (column: Column) => (this.row.get(column) ?? []).map(({ text }) => flat(text));
    const action = words('prompt').join(' ');
    const camera = words('camera').join(', ');
    const cast = (this.row.get('characters') ?? []).flatMap(({ text }) => namesIn(text)).map(properName);
    for (const name of cast) this.characters.add(name);
    const isNamed = (name: string) => action.toLowerCase().includes(name.toLowerCase());
    const others = cast.filter(name => !isNamed(name)).join(', ');
    const rest = [camera, others === '' ? '' : `${camera === '' ? 'With' : 'with'} ${others}`]
      .filter(Boolean)
      .join(', ');
    if (action !== '') return rest === '' ? action : `${action}${/[.!?…]$/.test(action) ? '' : '.'} ${rest}`;
    const message = 'this shot has no description, and shows what else the line says; write what is seen';
    this.report('warning', 'nothing-seen', message, place);
    this.comments.push('Say what is seen.');
    return (
      rest ||
      words('title').join(' ') ||
      words('dialogue').join(' ') ||
      `Shot ${words('id').join(' ')}`.trim()
    );
  }

  /** Fields of the shot that are written as they are. */
  fields(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    const read = (name: 'seed' | 'takes' | 'pick', least: number, most: number) => {
      const cell = this.single(name);
      if (cell === null) return;
      const number = wholeIn(flat(cell.text), least, most);
      if (number !== null) fields[name] = number;
      else this.keep(cell, name, `a whole number from ${least} to ${most}`);
    };
    read('seed', -1, MAX_SEED);
    read('takes', 1, 100);
    read('pick', 1, typeof fields.takes === 'number' ? fields.takes : 1);
    const model = this.single('model');
    if (model !== null) fields.model = flat(model.text).slice(0, 200);
    const negative = this.single('negative_prompt');
    if (negative !== null) {
      const words = flat(negative.text);
      if (words.length <= LONGEST_NEGATIVE) fields.negative_prompt = words;
      else this.keep(negative, 'negative_prompt', `at most ${LONGEST_NEGATIVE} characters`);
    }
    return fields;
  }

  time(dialogue: readonly DraftLine[], fields: Record<string, unknown>): void {
    const { shortest, usual, longest } = SHOT_SECONDS;
    const spoken = dialogue.reduce((sum, line) => sum + secondsOf(line), 0);
    const cell = this.single('duration');
    const wanted = cell === null ? null : secondsIn(flat(cell.text));
    if (cell !== null && wanted === null) this.keep(cell, 'duration', 'seconds, as in 5, 2.5 s or 0:05');
    if (cell !== null && wanted !== null && wanted > longest) {
      const message = `a clip has at most ${longest} s; divide the shot`;
      this.report('warning', 'clip-too-long', message, cell);
      this.comments.push(
        `The list says ${flat(cell.text)}; a clip has at most ${longest} s: divide the shot.`,
      );
    }
    const seconds = Math.min(longest, Math.max(shortest, Math.ceil(wanted ?? Math.max(usual, spoken))));
    if (seconds !== usual) fields.duration = seconds;
    // A clip has whole seconds; the film need not use all of them.
    if (wanted !== null && wanted < seconds) fields.trim = { end: wanted };
    if (spoken > Math.min(wanted ?? longest, longest))
      this.comments.push(`Its dialogue takes about ${Math.ceil(spoken)} s: the shot is too short for it.`);
  }

  lines(): DraftLine[] {
    const speaker = this.single('speaker');
    const lines = (this.row.get('dialogue') ?? [])
      .flatMap(({ text }) => text.split('\n'))
      .flatMap(text => {
        const [, name, words = text] =
          /^\s*(\p{Lu}[^:\p{Ll}]{0,40}|\p{L}[\p{L}'’.-]{0,30}):\s+(\S.*)$/u.exec(text) ?? [];
        const said = name ?? speaker?.text;
        const who = said === undefined ? null : properName(said).slice(0, 80) || null;
        if (who !== null) this.characters.add(who);
        return splitText(flat(words), LONGEST_LINE).map(piece => ({
          text: piece,
          speaker: who,
          comments: [],
        }));
      });
    this.comments.push(...lines.slice(MOST_LINES).map(({ text }) => text));
    if (lines.length === 0 && speaker !== null) this.comments.push(`Speaker: ${flat(speaker.text)}`);
    return lines.slice(0, MOST_LINES);
  }

  /** The transition into the shot; or that the film ends with a fade. */
  transition({
    isFirst,
    isLast,
  }: {
    isFirst: boolean;
    isLast: boolean;
  }): DraftTransition | 'fades-out' | null {
    const cell = this.single('transition');
    if (cell === null) return null;
    const words = flat(cell.text);
    if (isLast && isEnding(words)) return 'fades-out';
    const transition = transitionOf(words);
    if (transition !== null && (!isFirst || transition.type === 'fade')) return transition;
    if (transition !== null) this.report('warning', 'no-shot-before', nothingBefore(short(words)), cell);
    if (!isPlainCut(words)) this.comments.push(`Transition: ${words}`);
    return null;
  }

  /** The first cell of a column that a shot has once; others of it become comments. */
  single(column: Column): Cell | null {
    const [first = null, ...others] = this.row.get(column) ?? [];
    for (const { text } of others) this.comments.push(`${column}: ${flat(text)}`);
    return first;
  }

  private keep(cell: Cell, column: Column, what: string): void {
    const text = flat(cell.text);
    this.report(
      'warning',
      'not-understood',
      `"${short(text)}" is no ${column}; write ${what}. It became a comment`,
      cell,
    );
    this.comments.push(`${column}: ${text}`);
  }
}

/** As much of a cell as a message shows. */
export function short(text: string): string {
  const line = flat(text);
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
