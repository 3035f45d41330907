import { readLines, type ScriptLine, type Unclosed } from './fountain-notes.ts';

/** A piece of a screenplay. */
export type Element = { readonly start: number } & (
  | { readonly kind: 'heading'; readonly text: string; readonly number: string | null }
  | {
      readonly kind: 'action' | 'centred' | 'transition' | 'section' | 'synopsis' | 'note';
      readonly text: string;
    }
  | { readonly kind: 'lyric'; readonly text: string }
  | {
      readonly kind: 'dialogue';
      readonly cue: string;
      readonly isDual: boolean;
      readonly lines: readonly Spoken[];
    }
);

/** Words, or in brackets how they are said. */
export interface Spoken {
  readonly kind: 'words' | 'parenthetical';
  readonly text: string;
}

export interface Screenplay {
  readonly titlePage: readonly { readonly key: string; readonly value: string }[];
  readonly elements: readonly Element[];
  readonly unclosed: readonly Unclosed[];
}

const FIRST_KEYS =
  /^(title|credit|authors?|written by|source|notes|(draft )?date|draft|contact|copyright|revision|episode|series|format|font|language)\s*:/i;
const HEADING = /^(int|ext|est|int\.?\s?\/\s?ext|ext\.?\s?\/\s?int|i\s?\/\s?e)(\.|\s)/i;
const TRANSITION =
  /^[^\p{Ll}]*\bTO:$|^(FADE (IN|OUT|UP|DOWN|TO BLACK|TO WHITE)|IRIS (IN|OUT)|CUT TO BLACK)\s*[.:]?$/u;
/** Longer ones are action in capitals: no speaker of a storyboard has such a name either. */
const LONGEST_CUE = 80;

/** Reads Fountain 1.1 (fountain.io). Everything is a screenplay: what has no form of its own is action. */
export function parseFountain(text: string): Screenplay {
  const { lines, unclosed } = readLines(text);
  const titlePage = takeTitlePage(lines);
  return { titlePage, elements: new Reader(lines).read(), unclosed };
}

/** Lines of `Key: value` at the very beginning, up to the first blank one; takes them away. */
function takeTitlePage(lines: ScriptLine[]): { key: string; value: string }[] {
  const page: { key: string; value: string }[] = [];
  const first = lines.findIndex(({ text }) => text.trim() !== '');
  if (!FIRST_KEYS.test(lines[first]?.text ?? '')) return page;
  let end = first;
  for (; end < lines.length && lines[end]?.text.trim() !== ''; end++) {
    const line = lines[end]?.text ?? '';
    const [, key, value = ''] = /^(\S[^:]*):(.*)$/.exec(line) ?? [];
    const last = page.at(-1);
    if (key !== undefined) page.push({ key: key.trim(), value: value.trim() });
    else if (last !== undefined) last.value = `${last.value}\n${line.trim()}`.trim();
  }
  lines.splice(0, end);
  return page;
}

class Reader {
  private readonly lines: readonly ScriptLine[];
  private readonly elements: Element[] = [];
  private at = 0;
  /** The lines of a paragraph of action. */
  private action: string[] = [];
  private actionStart = 0;

  constructor(lines: readonly ScriptLine[]) {
    this.lines = lines;
  }

  read(): Element[] {
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] as ScriptLine;
      const text = line.text.trim();
      if (text === '') {
        if (line.notes.length === 0) this.endAction();
        this.takeNotes();
      } else if (
        !this.takeAnywhere(text, line) &&
        !(this.action.length === 0 && this.takeBlock(text, line))
      ) {
        if (this.action.length === 0) this.actionStart = line.start;
        this.action.push(text.startsWith('!') ? text.slice(1).trim() : text);
        this.takeNotes();
      }
    }
    this.endAction();
    return this.elements;
  }

  /** What needs no blank line before it. */
  private takeAnywhere(text: string, { start }: ScriptLine): boolean {
    const section = /^#{1,6}(?!#)\s*(\S.*)$/.exec(text)?.[1];
    const centred = /^>.*<$/.test(text) ? text.slice(1, -1).trim() : '';
    if (/^={3,}$/.test(text)) this.put();
    else if (section !== undefined) this.put({ kind: 'section', text: section, start });
    else if (/^=\s*[^=\s]/.test(text)) this.put({ kind: 'synopsis', text: text.slice(1).trim(), start });
    else if (centred !== '') this.put({ kind: 'centred', text: centred, start });
    else if (/^>\s*\S/.test(text)) this.put({ kind: 'transition', text: text.slice(1).trim(), start });
    else if (/^~\s*\S/.test(text)) this.put({ kind: 'lyric', text: text.slice(1).trim(), start });
    else return false;
    return true;
  }

  /** What begins a paragraph. */
  private takeBlock(text: string, { start }: ScriptLine): boolean {
    const forced = /^\.(?=[^.\s])/.test(text);
    if (forced || HEADING.test(text)) {
      const [mark = '', number = null] = /#([^#]+)#$/.exec(text) ?? [];
      const words = text.slice(forced ? 1 : 0, text.length - mark.length).trim();
      if (words === '') return false;
      this.put({ kind: 'heading', text: words, number, start });
      return true;
    }
    const next = this.lines[this.at + 1]?.text.trim() ?? '';
    if (next === '') {
      if (!TRANSITION.test(text)) return false;
      this.put({ kind: 'transition', text, start });
      return true;
    }
    const isDual = text.endsWith('^');
    const cue = (isDual ? text.slice(0, -1) : text).trim();
    if (!isCue(cue)) return false;
    this.at++;
    const notes = this.notesHere(this.at - 1);
    this.elements.push({
      kind: 'dialogue',
      cue: cue.replace(/^@/, '').trim(),
      isDual,
      lines: this.speech(notes),
      start,
    });
    for (const note of notes) this.elements.push({ kind: 'note', text: note, start });
    return true;
  }

  /** The lines under a cue, up to a blank one; two blanks keep a line open. */
  private speech(notes: string[]): Spoken[] {
    const spoken: Spoken[] = [];
    for (; this.at < this.lines.length; this.at++) {
      const { text, notes: own } = this.lines[this.at] as ScriptLine;
      const words = text.trim();
      if (words === '' && own.length === 0 && !/^ {2,}$/.test(text)) break;
      notes.push(...own);
      if (words === '') continue;
      const last = spoken.at(-1);
      const lyric = words.replace(/^~\s*(?=\S)/, '');
      if (/^\(.*\)$/.test(words)) spoken.push({ kind: 'parenthetical', text: words });
      else if (last?.kind === 'words')
        spoken[spoken.length - 1] = { kind: 'words', text: `${last.text}\n${lyric}` };
      else spoken.push({ kind: 'words', text: lyric });
    }
    return spoken;
  }

  private put(element?: Element): void {
    this.endAction();
    if (element !== undefined) this.elements.push(element);
    this.takeNotes();
  }

  private takeNotes(): void {
    const { start } = this.lines[this.at] as ScriptLine;
    const notes = this.notesHere(this.at);
    this.at++;
    for (const text of notes) this.elements.push({ kind: 'note', text, start });
  }

  private notesHere(at: number): string[] {
    return [...(this.lines[at]?.notes ?? [])];
  }

  private endAction(): void {
    if (this.action.length === 0) return;
    this.elements.push({ kind: 'action', text: this.action.join('\n'), start: this.actionStart });
    this.action = [];
  }
}

/** A name in capitals, with or without `(V.O.)` behind it; or any behind an `@`. */
function isCue(text: string): boolean {
  if (text.length > LONGEST_CUE) return false;
  if (/^@\s*[^\s(]/.test(text)) return true;
  const name = text.replace(/\s*\(.*$/s, '');
  return !text.startsWith('!') && /\p{Lu}/u.test(name) && !/\p{Ll}/u.test(name);
}
