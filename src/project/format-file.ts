import { promises as fs } from 'node:fs';
import { EXIT, Failure, systemFailure } from '../failure.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import { formatStoryboard } from '../storyboard/format-storyboard.ts';
import type { KeySchema } from '../storyboard/key-order.ts';
import { MAX_BYTES, tooLarge } from '../storyboard/parse-yaml.ts';
import type { Source } from '../storyboard/source.ts';
import { schemaPath } from './language.ts';
import { findYaml } from './project.ts';
import { unreadable } from './read-parts.ts';

/** A file, and what it is to become. */
export interface FormattedFile {
  readonly source: Source;
  /** Absolute. */
  readonly path: string;
  /** Null if there are errors. */
  readonly text: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a storyboard, or a file that storyboards include, and formats it. Writes nothing. */
export async function formatFile(file: string, cwd: string): Promise<FormattedFile> {
  const { shown, path } = await findYaml(file, cwd);
  try {
    const stat = await fs.stat(path);
    // A pipe or a device may have no end.
    if (!stat.isFile()) throw new Failure('not-readable', `${file} is not a file`, { exitCode: EXIT.usage });
    if (stat.size > MAX_BYTES) return { path, ...refusedForSize(shown, stat.size) };
    const text = await fs.readFile(path, 'utf8');
    return { path, ...(await formatText(shown, text)) };
  } catch (error) {
    throw systemFailure(unreadable(shown, error), `cannot read ${shown}`);
  }
}

function refusedForSize(file: string, bytes: number): Omit<FormattedFile, 'path'> {
  const range = { start: 0, end: 0 };
  const diagnostic = {
    code: 'file-too-large',
    severity: 'error',
    message: tooLarge(bytes),
    file,
    range,
  } as const;
  return { source: { file, text: '' }, text: null, diagnostics: [diagnostic] };
}

/** The same of a text that is in no file. */
export async function formatText(file: string, text: string): Promise<Omit<FormattedFile, 'path'>> {
  const schema = JSON.parse(await fs.readFile(schemaPath('storyboard.schema.json'), 'utf8')) as KeySchema;
  return { source: { file, text }, ...formatStoryboard(file, text, schema) };
}
