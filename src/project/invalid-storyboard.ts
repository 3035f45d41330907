import { EXIT, Failure } from '../failure.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import type { CheckedFiles } from './check-files.ts';

/** Thrown where a storyboard with errors was to be planned or rendered; carries everything that is wrong. */
export class InvalidStoryboard extends Failure {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly named: ReadonlySet<string>;

  constructor(
    {
      diagnostics,
      sources,
      named = new Set(),
    }: Pick<CheckedFiles, 'diagnostics' | 'sources'> & Partial<Pick<CheckedFiles, 'named'>>,
    subject = 'the storyboard',
  ) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const count = errors.length === 1 ? 'one error' : `${errors.length} errors`;
    super('invalid-storyboard', `${subject} has ${count}`, {
      hint: first && `\`storyreel explain ${first.code}\` tells more.`,
      exitCode: EXIT.usage,
    });
    this.diagnostics = diagnostics;
    this.sources = sources;
    this.named = named;
  }
}
