/** What a code means, for `storyreel explain` and docs/diagnostics.md. Plain data: no other command loads it. */
export interface Explanation {
  /** In one line, without a full stop. */
  readonly means: string;
  /** What to do about it. */
  readonly mend: string;
}

/** Of a mistake in a storyboard. */
export interface DiagnosticExplanation extends Explanation {
  /** Why it is a mistake: what would come of it. */
  readonly why: string;
  /**
   * A storyboard that has the mistake and no other, with what mends it, as a difference: lines begin with `- `, `+ `
   * or two blanks. A line that stands further left names the file of those below it; the first needs no name.
   * A test checks the file before and after. Null where no small text can show it.
   */
  readonly example: string | null;
}

/** The lines of an example. */
export function exampleLines(example: string): string[] {
  return example.replace(/^\n|\n$/g, '').split('\n');
}
