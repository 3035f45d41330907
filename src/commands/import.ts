import { promises as fs } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, type ExitCode, Failure, hasCode, systemFailure } from '../failure.ts';
import type { ScriptFormat } from '../import/import-script.ts';
import { importFile } from '../project/import-file.ts';
import { countDiagnostics, formatDiagnostics } from '../terminal/format-diagnostics.ts';
import type { CommandContext } from './context.ts';

export interface ImportFlags {
  readonly out?: string;
  readonly format?: ScriptFormat;
}

/** Prints a storyboard made of a script, or writes it to a new file; what there is to say goes to standard error. */
export async function importCommand(
  file: string,
  flags: ImportFlags,
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const { storyboard, source, diagnostics } = await importFile(file, resolve(cwd, file), flags.format);
  if (diagnostics.length > 0) {
    const sources = new Map([[source.file, source]]);
    terminal.err(`${formatDiagnostics(diagnostics, sources, terminal.errColor)}\n`);
    terminal.err(`${countDiagnostics(diagnostics)} in ${file}\n`);
  }
  if (storyboard === null) return EXIT.usage;
  if (flags.out === undefined) terminal.out(storyboard);
  else {
    await writeNew(resolve(cwd, flags.out), flags.out, storyboard);
    terminal.err(
      `Wrote ${flags.out}. Next:\n\n  storyreel render ${flags.out}     draws it, free of charge\n`,
    );
  }
  return EXIT.done;
}

async function writeNew(path: string, shown: string, text: string): Promise<void> {
  try {
    await fs.writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw systemFailure(error, `cannot write ${shown}`);
    throw new Failure('exists', `${shown} is there already, and an import never writes over anything`, {
      hint: 'Name a new file with --out.',
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}
