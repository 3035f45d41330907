import type { Diagnostic, PlacedDiagnostic, Range } from './diagnostic.ts';

/** A file's text with the means to turn offsets into lines and columns. */
export interface Source {
  /** The path as the author named it: it is what every message prints. */
  readonly file: string;
  readonly text: string;
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
}

const lineStarts = new WeakMap<Source, readonly number[]>();

export function positionAt(source: Source, offset: number): Position {
  const starts = startsOf(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The text of a line (from 1) without its line break. */
export function lineText(source: Source, line: number): string {
  const starts = startsOf(source);
  return source.text.slice(starts[line - 1], starts[line]).replace(/\r?\n$/, '');
}

export function lineCount(source: Source): number {
  return startsOf(source).length;
}

export function place(source: Source, diagnostic: Diagnostic): PlacedDiagnostic {
  const { code, severity, message, file } = diagnostic;
  const start = positionAt(source, diagnostic.range.start);
  const end = positionAt(source, Math.max(diagnostic.range.start, trimEnd(source, diagnostic.range)));
  return {
    file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    code,
    severity,
    message,
  };
}

/** A block value's range runs on over the line breaks behind it; nobody wants these underlined. */
function trimEnd(source: Source, range: Range): number {
  const text = source.text.slice(range.start, range.end);
  return range.start + text.trimEnd().length;
}

function startsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1))
    starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}
