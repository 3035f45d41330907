import process from 'node:process';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { type FormattedFile, formatFile, formatText } from '../project/format-file.ts';
import { rewriteFile } from '../project/rewrite-file.ts';
import { MAX_BYTES } from '../storyboard/parse-yaml.ts';
import { cleanLine } from '../terminal/clean.ts';
import { formatDiagnostics } from '../terminal/format-diagnostics.ts';
import type { CommandContext } from './context.ts';

export interface FmtFlags {
  readonly check?: boolean;
}

/** Rewrites files in the one form, and names those that it changed; `-` formats what is piped in. */
export async function fmtCommand(
  files: readonly string[],
  flags: FmtFlags,
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  if (files.includes('-')) return await fmtPipe(files, flags, terminal);
  let exitCode: ExitCode = EXIT.done;
  for (const file of new Set(files)) {
    const formatted = await formatFile(file, cwd);
    if (formatted.text === null) {
      refuse(formatted, terminal);
      exitCode = EXIT.usage;
    } else if (formatted.text !== formatted.source.text) {
      if (flags.check === true) exitCode = EXIT.usage;
      else await rewriteFile(formatted.source, formatted.path, formatted.text);
      terminal.out(`${cleanLine(formatted.source.file)}\n`);
    }
  }
  return exitCode;
}

async function fmtPipe(
  files: readonly string[],
  flags: FmtFlags,
  terminal: CommandContext['terminal'],
): Promise<ExitCode> {
  if (files.length > 1)
    throw new Failure('bad-flag', '- stands for what is piped in, and takes no files beside it', {
      exitCode: EXIT.usage,
    });
  const formatted = await formatText('standard input', await readPipe());
  if (formatted.text === null) {
    refuse(formatted, terminal);
    return EXIT.usage;
  }
  if (flags.check === true) return formatted.text === formatted.source.text ? EXIT.done : EXIT.usage;
  terminal.out(formatted.text);
  return EXIT.done;
}

async function readPipe(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > 4 * MAX_BYTES) break; // whatever it is, it is refused for its length
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(
  { source, diagnostics }: Pick<FormattedFile, 'source' | 'diagnostics'>,
  terminal: CommandContext['terminal'],
): void {
  // Diagnostics count without the mark at the beginning of the file.
  const shown = { ...source, text: source.text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n') };
  terminal.err(`${formatDiagnostics(diagnostics, new Map([[source.file, shown]]), terminal.errColor)}\n`);
  terminal.err(`${cleanLine(source.file)} was left as it is\n`);
}
