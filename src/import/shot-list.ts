import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import { Characters } from './characters.ts';
import { type Column, columnOf, KNOWN_COLUMNS } from './columns.ts';
import { type Cell, parseCsv } from './csv.ts';
import { type Draft, type DraftScene, type DraftShot, nameOpening } from './draft.ts';
import { firstWords, Ids, slugOf } from './ids.ts';
import { LONGEST_PROMPT, LONGEST_TITLE } from './limits.ts';
import { flat } from './plain.ts';
import type { Drafted } from './screenplay.ts';
import { type Report, type Row, ShotRow, short } from './shot-row.ts';
import { splitText } from './split-text.ts';

/** How far down the names of the columns may stand: a title of the list often comes first. */
const HEADER_ROWS = 10;

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
  private fadesOut = false;

  constructor(source: Source) {
    this.source = source;
  }

  readonly report: Report = (severity, code, message, place) => {
    const range = { start: place.start, end: Math.max(place.end, place.start + 1) };
    this.diagnostics.push({ code, severity, message, file: this.source.file, range });
  };

  draft(): Draft {
    const { preface: comments, fadesOut } = this;
    const scenes = nameOpening(this.scenes, this.sceneIds);
    return { title: null, comments, characters: this.characters.list(), scenes, fadesOut, ending: [] };
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
    const last = rows.findLast(row =>
      row.some(({ text }, index) => columns[index] !== 'scene' && flat(text) !== ''),
    );
    for (const row of rows.slice(first)) this.takeRow(row, columns, header, row === last);
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
    isLast: boolean,
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
    const [scene, ...others] = row.get('scene') ?? [];
    comments.push(...others.map(({ text }) => `Scene: ${flat(text)}`));
    if (scene !== undefined && flat(scene.text) !== this.scene) this.beginScene(flat(scene.text));
    row.delete('scene');
    const place = cells[0];
    if (place !== undefined && (row.size > 0 || comments.length > 0))
      this.addShot(row, place, comments, isLast);
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

  private addShot(row: Row, place: Cell, others: readonly string[], isLast: boolean): void {
    const cells = new ShotRow(row, others, this.characters, this.report);
    const { comments } = cells;
    const title = cells.single('title');
    const name = cells.single('id');
    const fields = cells.fields();
    const dialogue = cells.lines();
    cells.time(dialogue, fields);
    const transition = cells.transition({ isFirst: this.isFirst, isLast });
    this.fadesOut = transition === 'fades-out';
    const [prompt = '', ...rest] = splitText(cells.prompt(place), LONGEST_PROMPT);
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
      ...(transition === null || transition === 'fades-out' ? {} : { transition }),
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
}
