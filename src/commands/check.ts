import { EXIT, type ExitCode } from '../failure.ts';
import { checkFiles } from '../project/check-files.ts';
import { type Diagnostic, hasErrors } from '../storyboard/diagnostic.ts';
import { place, type Source } from '../storyboard/source.ts';
import { plural } from '../terminal/amounts.ts';
import { asJson } from '../terminal/json.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { readOptionsOf, type VersionFlags } from './version-flags.ts';

export interface CheckFlags extends VersionFlags {
  readonly json?: boolean;
  readonly format?: 'text' | 'json' | 'github';
}

/** Prints every diagnostic. The result goes to standard output in each format. */
export async function checkCommand(
  files: readonly string[],
  flags: CheckFlags,
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const {
    files: storyboards,
    diagnostics,
    sources,
  } = await checkFiles(files, cwd, {
    ...readOptionsOf(flags),
    everyProfile: true,
  });
  const format = flags.json === true ? 'json' : (flags.format ?? 'text');
  if (format === 'json') {
    const placed = diagnostics.map(diagnostic =>
      place(sources.get(diagnostic.file) ?? { file: diagnostic.file, text: '' }, diagnostic),
    );
    terminal.out(asJson({ version: 1, diagnostics: placed }));
  } else if (format === 'github') {
    const { formatAnnotations } = await import('../terminal/format-diagnostics.ts');
    terminal.out(formatAnnotations(diagnostics, sources));
  } else {
    const found = diagnostics.length === 0 ? 'No problems' : await tellAll(diagnostics, sources, terminal);
    terminal.out(`${found} in ${plural(storyboards.length, 'storyboard')}\n`);
    const error = diagnostics.find(({ severity }) => severity === 'error');
    if (error !== undefined) terminal.out(`\`storyreel explain ${error.code}\` tells more\n`);
  }
  return hasErrors(diagnostics) ? EXIT.usage : EXIT.done;
}

/** Prints them, and returns how many there are. */
async function tellAll(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
  terminal: Terminal,
): Promise<string> {
  const { countDiagnostics, formatDiagnostics } = await import('../terminal/format-diagnostics.ts');
  terminal.out(`${formatDiagnostics(diagnostics, sources, terminal.outColor)}\n`);
  return countDiagnostics(diagnostics);
}
