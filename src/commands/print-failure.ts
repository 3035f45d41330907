import type { Failure } from '../failure.ts';
import { InvalidStoryboard } from '../project/invalid-storyboard.ts';
import { clean } from '../terminal/clean.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';

/** Says what went wrong, where, and what to do about it. */
export async function printFailure(failure: Failure, { terminal }: CommandContext): Promise<void> {
  const paint = painter(terminal.errColor);
  if (failure instanceof InvalidStoryboard) {
    const { formatDiagnostics } = await import('../terminal/format-diagnostics.ts');
    terminal.err(`${formatDiagnostics(failure.diagnostics, failure.sources, terminal.errColor)}\n`);
  }
  terminal.err(`${paint('red', 'storyreel:')} ${clean(failure.message)}\n`);
  if (failure.hint !== undefined) terminal.err(`  ${clean(failure.hint)}\n`);
}
