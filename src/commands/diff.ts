import { EXIT, type ExitCode, Failure } from '../failure.ts';
import type { FilmsDiff } from '../plan/diff-films.ts';
import { diffToJson } from '../plan/diff-json.ts';
import { type DiffedFiles, diffStoryboards, diffWithCommit } from '../project/diff-files.ts';
import { asJson } from '../terminal/json.ts';
import type { CommandContext } from './context.ts';
import { readOptionsOf, type VersionFlags } from './version-flags.ts';

export interface DiffFlags extends VersionFlags {
  readonly base?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly detailedExitcode?: boolean;
  readonly provider?: string;
  readonly store?: string;
}

/** Prints what was changed in films: between two storyboards, or since a commit. Spends nothing. */
export async function diffCommand(
  files: readonly string[],
  flags: DiffFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const diff = await diffOf(files, flags, context);
  if (flags.json === true) terminal.out(asJson(diffToJson(diff)));
  else if (flags.markdown === true) {
    const { formatDiffAsMarkdown } = await import('../terminal/format-diff-markdown.ts');
    terminal.out(formatDiffAsMarkdown(diff));
  } else {
    const { formatDiff } = await import('../terminal/format-diff.ts');
    terminal.out(formatDiff(diff, terminal.outColor, terminal.columns));
  }
  const { diagnostics, sources } = diff.checked;
  if (diagnostics.length > 0) {
    const { formatDiagnostics } = await import('../terminal/format-diagnostics.ts');
    terminal.err(`\n${formatDiagnostics(diagnostics, sources, terminal.errColor)}`);
  }
  return flags.detailedExitcode === true && isDifferent(diff) ? EXIT.pending : EXIT.done;
}

async function diffOf(
  files: readonly string[],
  flags: DiffFlags,
  { cwd }: CommandContext,
): Promise<DiffedFiles> {
  const { provider, store, base } = flags;
  const options = { cwd, provider, store, ...readOptionsOf(flags) };
  if (base !== undefined) return await diffWithCommit(files, base, options);
  const [before, after, ...others] = files;
  if (before !== undefined && after !== undefined && others.length === 0)
    return await diffStoryboards(before, after, options);
  throw new Failure('bad-flag', 'without --base, diff takes two storyboards: the old one and the new one', {
    hint: 'Compare with a commit of git by `storyreel diff --base main FILE…`.',
    exitCode: EXIT.usage,
  });
}

function isDifferent({ films }: FilmsDiff): boolean {
  return films.some(({ before, changes, items }) => before === null || changes.length + items.length > 0);
}
