import type { ImportCode } from '../explanations/explanations.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import { namesIn, secondsIn, wholeIn } from './cell-values.ts';
import { Characters, properName } from './characters.ts';
import { type Column, columnOf, KNOWN_COLUMNS } from './columns.ts';
import { type Cell, parseCsv } from './csv.ts';
import type { Draft, DraftLine, DraftScene, DraftShot, DraftTransition } from './draft.ts';
import { nameOpening } from './draft.ts';
import { firstWords, Ids, slugOf } from './ids.ts';
import {
  LONGEST_LINE,
  LONGEST_PROMPT,
  LONGEST_TITLE,
  MOST_LINES,
  SHOT_SECONDS,
  secondsOf,
} from './limits.ts';
import { flat } from './plain.ts';
import type { Drafted } from './screenplay.ts';
import { splitText } from './split-text.ts';
import { isPlainCut, transitionOf } from './transition.ts';

/** How far down the names of the columns may stand: a title of the list often comes first. */
const HEADER_ROWS = 10;
const MAX_SEED = 2 ** 31 - 1;

/** A shot list: a row for a shot. */
export function draftShotList(source: Source): Drafted {
  const { rows, unclosed } = parseCsv(source.text);
  const drafter = new Drafter(source);
  if (unclosed !== null)
    drafter.report(
      'error',
      'quote-not-closed',
      'this quote is never closed; close it, or write "" for a quote',
      {
        ...{ start: unclosed, end: unclosed + 1 },
      },
    );
  else drafter.take(rows);
  return { draft: drafter.draft(), diagnostics: drafter.diagnostics };
}

interface OpenScene extends DraftScene {
  readonly shots: DraftShot[];
}

/** The cells of a row that are not blank, by what they hold. */
type Row = ReadonlyMap<Column, readonly Cell[]>;

class Drafter {
  readonly diagnostics: Diagnostic[] = [];
  private readonly source: Source;
  private readonly preface: string[] = [];
  private readonly scenes: OpenScene[] = [];
  private readonly sceneIds = new Ids();
  private readonly shotIds = new Ids();
  private readonly characters = new Characters();
  /** The scene as its rows call it. */
  private scene: string | null = null;
  private isFirst = true;

  constructor(source: Source) {
    this.source = source;
  }

  report(
    severity: Diagnostic['severity'],
    code: ImportCode,
    message: string,
    place: { start: number; end: number },
  ): void {
    const range = { start: place.start, end: Math.max(place.end, place.start + 1) };
    this.diagnostics.push({ code, severity, message, file: this.source.file, range });
  }

  draft(): Draft {
    const { preface: comments } = this;
    const scenes = nameOpening(this.scenes, this.sceneIds);
    return { title: null, comments, characters: this.characters.list(), scenes, fadesOut: false, ending: [] };
  }

  take(rows: readonly (readonly Cell[])[]): void {
    const known = rows.slice(0, HEADER_ROWS).map(row => row.filter(cell => columnOf(cell) !== null).length);
    const at = known.findIndex(count => count >= 2);
    const header = rows[at === -1 ? known.indexOf(1) : at];
    if (header === undefined) {
      const message = `no line names the columns; the first one must, such as ${KNOWN_COLUMNS}`;
      this.report('error', 'no-columns', message, { start: 0, end: this.source.text.indexOf('\n') });
      return;
    }
    const columns = header.map(cell => this.readHeader(cell));
    const first = rows.indexOf(header) + 1;
    for (const row of rows.slice(0, first - 1)) {
      const words = row.map(({ text }) => flat(text)).filter(Boolean);
      if (words.length > 0) this.preface.push(words.join(', '));
    }
    for (const row of rows.slice(first)) this.takeRow(row, columns, header);
    if (!this.isFirst) return;
    const end = header.at(-1)?.end ?? 1;
    this.report('error', 'nothing-to-import', 'there is no shot below the names of the columns', {
      start: end - 1,
      end,
    });
  }

  private readHeader(cell: Cell): Column | null {
    const column = columnOf(cell);
    if (column === null && flat(cell.text) !== '') {
      const message = `nothing in a storyboard is called "${short(cell.text)}"; its cells become comments. Known are ${KNOWN_COLUMNS}`;
      this.report('warning', 'unknown-column', message, cell);
    }
    return column;
  }

  private takeRow(
    cells: readonly Cell[],
    columns: readonly (Column | null)[],
    header: readonly Cell[],
  ): void {
    const row = new Map<Column, Cell[]>();
    const comments: string[] = [];
    for (const [index, cell] of cells.entries()) {
      if (flat(cell.text) === '') continue;
      const column = columns[index] ?? null;
      if (column !== null) row.set(column, [...(row.get(column) ?? []), cell]);
      else comments.push([flat(header[index]?.text ?? ''), cell.text.trim()].filter(Boolean).join(': '));
      if (index >= header.length) {
        const message =
          'this line has more fields than there are columns; put quotes around text with a comma in it';
        this.report('warning', 'extra-field', message, cell);
      }
    }
    const [scene] = row.get('scene') ?? [];
    if (scene !== undefined && flat(scene.text) !== this.scene) this.beginScene(flat(scene.text));
    row.delete('scene');
    const place = cells[0];
    if (place !== undefined && (row.size > 0 || comments.length > 0)) this.addShot(row, place, comments);
  }

  private beginScene(name: string): void {
    this.scene = name;
    const [title = name] = splitText(name, LONGEST_TITLE);
    const id = this.sceneIds.take(
      /^\d/.test(name) ? `scene-${name}` : name,
      `scene-${this.scenes.length + 1}`,
    );
    const isNumber = /^[\d.]{1,6}\p{L}?$/u.test(name);
    this.scenes.push({
      id,
      title: isNumber ? null : title,
      comments: title === name ? [] : [name],
      shots: [],
    });
  }

  private addShot(row: Row, place: Cell, others: readonly string[]): void {
    const comments = (row.get('notes') ?? []).map(({ text }) => text.trim()).concat(others);
    const title = this.single(row, 'title', comments);
    const name = this.single(row, 'id', comments);
    const fields = this.numbers(row, comments);
    const negative = this.single(row, 'negative_prompt', comments);
    if (negative !== null) fields.negative_prompt = flat(negative.text).slice(0, 500);
    const model = this.single(row, 'model', comments);
    if (model !== null) fields.model = flat(model.text).slice(0, 200);
    const dialogue = this.lines(row, comments);
    this.time(row, dialogue, fields, comments);
    const transition = this.transition(row, comments);
    const [prompt = '', ...rest] = splitText(this.prompt(row, place, comments), LONGEST_PROMPT);
    const shotTitle = title === null ? null : flat(title.text);
    const id = this.idOf(name, shotTitle ?? prompt);
    this.isFirst = false;
    const { shots } = this.currentScene();
    shots.push({
      ...{
        id,
        comments:
          shotTitle === null || shotTitle.length <= LONGEST_TITLE ? comments : [shotTitle, ...comments],
      },
      ...(shotTitle === null ? {} : { title: splitText(shotTitle, LONGEST_TITLE)[0] ?? shotTitle }),
      ...{ prompt, dialogue, fields },
      ...(transition === null ? {} : { transition }),
    });
    for (const more of rest) shots.push({ id: this.shotIds.take(id, 'shot'), comments: [], prompt: more });
  }

  private currentScene(): OpenScene {
    const last = this.scenes.at(-1);
    if (last !== undefined) return last;
    const scene = { id: null, title: null, comments: [], shots: [] };
    this.scenes.push(scene);
    return scene;
  }

  /** Numbers begin again in each scene of many lists, and ids do not. */
  private idOf(name: Cell | null, words: string): string {
    if (name === null) return this.shotIds.take(firstWords(words, 4), 'shot');
    const text = flat(name.text);
    const scene = this.scenes.at(-1)?.id ?? null;
    const slug = slugOf(text);
    const isBare = scene !== null && /^\d+$/.test(slug);
    return this.shotIds.take(isBare ? `${scene}-${slug}` : text, 'shot');
  }

  private prompt(row: Row, place: Cell, comments: string[]): string {
    const words = (column: Column) => (row.get(column) ?? []).map(({ text }) => flat(text));
    const action = words('prompt').join(' ');
    const camera = words('camera').join(', ');
    const cast = (row.get('characters') ?? []).flatMap(({ text }) => namesIn(text)).map(properName);
    for (const name of cast) this.characters.add(name);
    const isNamed = (name: string) => action.toLowerCase().includes(name.toLowerCase());
    const others = cast.filter(name => !isNamed(name)).join(', ');
    const rest = [camera, others === '' ? '' : `${camera === '' ? 'With' : 'with'} ${others}`]
      .filter(Boolean)
      .join(', ');
    if (action !== '') return rest === '' ? action : `${action}${/[.!?…]$/.test(action) ? '' : '.'} ${rest}`;
    const message = 'this shot has no description, and shows what else the line says; write what is seen';
    this.report('warning', 'nothing-seen', message, place);
    comments.push('Say what is seen.');
    return (
      rest ||
      words('title').join(' ') ||
      words('dialogue').join(' ') ||
      `Shot ${words('id').join(' ')}`.trim()
    );
  }

  private numbers(row: Row, comments: string[]): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    const read = (name: 'seed' | 'takes' | 'pick', least: number, most: number) => {
      const cell = this.single(row, name, comments);
      if (cell === null) return;
      const number = wholeIn(flat(cell.text), least, most);
      if (number !== null) fields[name] = number;
      else this.keep(cell, name, `a whole number from ${least} to ${most}`, comments);
    };
    read('seed', -1, MAX_SEED);
    read('takes', 1, 100);
    read('pick', 1, typeof fields.takes === 'number' ? fields.takes : 1);
    return fields;
  }

  private time(
    row: Row,
    dialogue: readonly DraftLine[],
    fields: Record<string, unknown>,
    comments: string[],
  ): void {
    const { shortest, usual, longest } = SHOT_SECONDS;
    const spoken = dialogue.reduce((sum, line) => sum + secondsOf(line), 0);
    const cell = this.single(row, 'duration', comments);
    const wanted = cell === null ? null : secondsIn(flat(cell.text));
    if (cell !== null && wanted === null)
      this.keep(cell, 'duration', 'seconds, as in 5, 2.5 s or 0:05', comments);
    if (cell !== null && wanted !== null && wanted > longest) {
      const message = `a clip has at most ${longest} s; divide the shot`;
      this.report('warning', 'clip-too-long', message, cell);
      comments.push(`The list says ${flat(cell.text)}; a clip has at most ${longest} s: divide the shot.`);
    }
    const seconds = Math.min(longest, Math.max(shortest, Math.ceil(wanted ?? Math.max(usual, spoken))));
    if (seconds !== usual) fields.duration = seconds;
    // A clip has whole seconds; the film need not use all of them.
    if (wanted !== null && wanted < seconds) fields.trim = { end: wanted };
    if (spoken > Math.min(wanted ?? longest, longest))
      comments.push(`Its dialogue takes about ${Math.ceil(spoken)} s: the shot is too short for it.`);
  }

  private lines(row: Row, comments: string[]): DraftLine[] {
    const speaker = this.single(row, 'speaker', comments);
    const lines = (row.get('dialogue') ?? [])
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
    comments.push(...lines.slice(MOST_LINES).map(({ text }) => text));
    if (lines.length === 0 && speaker !== null) comments.push(`Speaker: ${flat(speaker.text)}`);
    return lines.slice(0, MOST_LINES);
  }

  private transition(row: Row, comments: string[]): DraftTransition | null {
    const cell = this.single(row, 'transition', comments);
    if (cell === null) return null;
    const words = flat(cell.text);
    const transition = transitionOf(words);
    if (transition !== null && (!this.isFirst || transition.type === 'fade')) return transition;
    if (!isPlainCut(words)) comments.push(`Transition: ${words}`);
    return null;
  }

  /** The first cell of a column that a shot has once; others of it become comments. */
  private single(row: Row, column: Column, comments: string[]): Cell | null {
    const [first = null, ...others] = row.get(column) ?? [];
    for (const { text } of others) comments.push(`${column}: ${flat(text)}`);
    return first;
  }

  private keep(cell: Cell, column: Column, what: string, comments: string[]): void {
    const text = flat(cell.text);
    this.report(
      'warning',
      'not-understood',
      `"${short(text)}" is no ${column}; write ${what}. It became a comment`,
      cell,
    );
    comments.push(`${column}: ${text}`);
  }
}

function short(text: string): string {
  const line = flat(text);
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
