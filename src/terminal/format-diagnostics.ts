import stringWidth from 'string-width';
import type { Diagnostic, PlacedDiagnostic } from '../storyboard/diagnostic.ts';
import { lineCount, lineText, place, type Source } from '../storyboard/source.ts';
import { plural } from './amounts.ts';
import { clean, cleanLine } from './clean.ts';
import { type Paint, painter } from './terminal.ts';

/** More than this says nothing more to a person; `check --json` has them all. */
const MAX_SHOWN = 100;
/** A line longer than this is shown around its fault. */
const MAX_LINE = 100;

/** Diagnostics as a person reads them: place, what is wrong, and the line with a mark under it. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
  color: boolean,
): string {
  const paint = painter(color);
  const shown = diagnostics.slice(0, MAX_SHOWN).map(diagnostic => {
    const source = sources.get(diagnostic.file) ?? { file: diagnostic.file, text: '' };
    return formatDiagnostic(place(source, diagnostic), source, paint);
  });
  const rest = diagnostics.length - shown.length;
  if (rest > 0) shown.push(`and ${rest} more; \`storyreel check --json\` lists all\n`);
  return shown.join('\n');
}

/** `2 errors and 1 warning`, or nothing. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  return [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter(Boolean)
    .join(' and ');
}

function formatDiagnostic(placed: PlacedDiagnostic, source: Source, paint: Paint): string {
  const tint = placed.severity === 'error' ? 'red' : 'yellow';
  const where = paint('bold', `${cleanLine(placed.file)}:${placed.line}:${placed.column}`);
  const head = `${where} ${paint(tint, placed.severity)} ${cleanLine(placed.message)} ${paint('dim', `[${placed.code}]`)}`;
  return [head, ...codeFrame(placed, source, paint, tint), ''].join('\n');
}

function codeFrame(
  placed: PlacedDiagnostic,
  source: Source,
  paint: Paint,
  tint: Parameters<Paint>[0],
): string[] {
  if (source.text === '' || placed.line > lineCount(source)) return [];
  const gutter = String(placed.line).length;
  const row = (number: string, text: string) =>
    `${paint('dim', `  ${number.padStart(gutter)} │`)} ${text}`.trimEnd();
  const line = lineText(source, placed.line);
  const endsHere = placed.endLine === placed.line;
  const end = endsHere ? Math.max(placed.endColumn, placed.column + 1) : line.length + 1;
  const from = line.length <= MAX_LINE ? 0 : Math.max(0, placed.column - 1 - MAX_LINE / 2);
  const view = shown(line.slice(from, from + MAX_LINE));
  const before = stringWidth(shown(line.slice(from, placed.column - 1)));
  const marked = stringWidth(
    shown(line.slice(Math.max(from, placed.column - 1), Math.min(end - 1, from + MAX_LINE))),
  );
  const lead = placed.line > 1 ? lineText(source, placed.line - 1) : '';
  return [
    ...(lead.trim() !== '' && lead.length <= MAX_LINE ? [row(String(placed.line - 1), shown(lead))] : []),
    row(String(placed.line), `${from > 0 ? '…' : ''}${view}${from + MAX_LINE < line.length ? '…' : ''}`),
    row('', ' '.repeat(before + (from > 0 ? 1 : 0)) + paint(tint, '^'.repeat(Math.max(1, marked)))),
  ];
}

function shown(text: string): string {
  // A line that is shown in part may be cut inside of a character.
  return clean(text).replaceAll('\t', ' ').toWellFormed().replaceAll('\ufffd', '');
}

/** One line a diagnostic that GitHub Actions turns into an annotation on the line. */
export function formatAnnotations(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
): string {
  const lines = diagnostics.map(diagnostic => {
    const { file, line, column, endLine, endColumn, code, severity, message } = place(
      sources.get(diagnostic.file) ?? { file: diagnostic.file, text: '' },
      diagnostic,
    );
    const properties = { file, line, endLine, col: column, endColumn, title: code };
    const list = Object.entries(properties).map(
      ([name, value]) => `${name}=${escapeProperty(String(value))}`,
    );
    return `::${severity} ${list.join(',')}::${escapeData(clean(message))}\n`;
  });
  return lines.join('');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
