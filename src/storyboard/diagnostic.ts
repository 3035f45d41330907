import type { DiagnosticCode } from '../explanations/explanations.ts';

/** A stretch of a source text, as offsets in UTF-16 units; the end is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type Severity = 'error' | 'warning';

/** One mistake of the author: data, never thrown. Offsets are kept; lines and columns derive when printing. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  /** The file as the author named it. */
  readonly file: string;
  readonly range: Range;
}

/** A diagnostic with the place worked out, as `check --json` prints it. Lines and columns count from 1. */
export interface PlacedDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(diagnostic => diagnostic.severity === 'error');
}

/**
 * Sorts by place, each file's together in the order in which they are first told of; drops what says the same of the
 * same place twice, as a default that many shots inherit.
 */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  const order = new Map(files.map((file, index) => [file, index]));
  const seen = new Set<string>();
  return [...diagnostics]
    .sort(
      (a, b) =>
        (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) ||
        a.range.start - b.range.start ||
        a.range.end - b.range.end,
    )
    .filter(diagnostic => {
      const identity = identityOf(diagnostic);
      return !seen.has(identity) && seen.add(identity);
    });
}

/** The same for diagnostics that say the same of the same place. */
export function identityOf({ file, range, code, message }: Diagnostic): string {
  return `${range.start} ${range.end} ${code} ${file} ${message}`;
}
