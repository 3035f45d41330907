/** Marks what was taken out: a text has none (see `decode`). Line breaks are taken out with it. */
const GAP = '\0';

/** A line of a script without its notes and its boneyard. */
export interface ScriptLine {
  readonly text: string;
  /** Where it begins in the source. */
  readonly start: number;
  /** The notes that stood in it, or begin there. */
  readonly notes: readonly string[];
}

export interface Unclosed {
  readonly mark: '[[' | '/*';
  readonly at: number;
}

/** Takes `/* … *​/` away and `[[ … ]]` aside, and splits the rest into lines. What is not closed is text. */
export function readLines(text: string): { lines: ScriptLine[]; unclosed: Unclosed[] } {
  const { rest, notes, unclosed } = takeNotes(text);
  const lines: ScriptLine[] = [];
  let start = 0;
  let note = 0;
  for (const line of rest.split('\n')) {
    const end = start + line.length;
    const own: string[] = [];
    for (; (notes[note]?.at ?? Number.POSITIVE_INFINITY) <= end; note++) own.push(notes[note]?.text ?? '');
    const stripped = line.replaceAll(GAP, '');
    const isEmptied = stripped.length < line.length && stripped.trim() === '';
    // A line of nothing but a note is no blank line: it does not end a paragraph.
    if (!isEmptied) lines.push({ text: stripped, start, notes: own });
    else if (own.length > 0) lines.push({ text: '', start, notes: own });
    start = end + 1;
  }
  return { lines, unclosed };
}

interface Taken {
  readonly rest: string;
  readonly notes: readonly { readonly at: number; readonly text: string }[];
  readonly unclosed: Unclosed[];
}

function takeNotes(text: string): Taken {
  const notes: { at: number; text: string }[] = [];
  const unclosed: Unclosed[] = [];
  const endOfBoneyard = finder(text, /\*\//g);
  const endOfNote = finder(text, /\]\]/g);
  const blankLine = finder(text, /\n[ \t]?(?=\n)/g);
  let rest = '';
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(/\/\*|\[\[/g)) {
    if (index < from) continue; // inside of what was taken
    const isNote = mark === '[[';
    const close = (isNote ? endOfNote : endOfBoneyard)(index + 2);
    if (close === -1 || (isNote && within(blankLine(index), close))) {
      unclosed.push({ mark: mark as Unclosed['mark'], at: index });
      continue;
    }
    if (isNote) notes.push({ at: index, text: text.slice(index + 2, close) });
    rest += text.slice(from, index) + GAP.repeat(close + 2 - index);
    from = close + 2;
  }
  return { rest: rest + text.slice(from), notes, unclosed };
}

function within(at: number, end: number): boolean {
  return at !== -1 && at < end;
}

/** Finds the first match from a place on, for places that only grow: a text full of openings is read once. */
function finder(text: string, pattern: RegExp): (from: number) => number {
  let known = 0;
  let searched = false;
  return from => {
    if (searched && (known === -1 || known >= from)) return known;
    pattern.lastIndex = from;
    known = pattern.exec(text)?.index ?? -1;
    searched = true;
    return known;
  };
}
