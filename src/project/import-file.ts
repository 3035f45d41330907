import { promises as fs } from 'node:fs';
import { extname } from 'node:path';
import { EXIT, Failure, hasCode, systemFailure } from '../failure.ts';
import { MAX_IMPORT_BYTES, tooLarge } from '../import/decode.ts';
import { type ImportedScript, importScript, type ScriptFormat } from '../import/import-script.ts';

const ENDINGS: Readonly<Record<string, ScriptFormat>> = {
  '.fountain': 'fountain',
  '.spmd': 'fountain',
  '.txt': 'fountain',
  '.csv': 'csv',
  '.tsv': 'csv',
};

/** Reads a script and makes a storyboard of it. `file` is what messages call it. */
export async function importFile(
  file: string,
  path: string,
  format: ScriptFormat | undefined,
): Promise<ImportedScript> {
  const kind = format ?? ENDINGS[extname(path).toLowerCase()];
  if (kind === undefined) {
    throw new Failure('unknown-format', `the name of ${file} does not tell what is in it`, {
      hint: 'Say --format fountain for a screenplay, --format csv for a shot list.',
      exitCode: EXIT.usage,
    });
  }
  return importScript(file, await readScript(file, path), kind);
}

async function readScript(file: string, path: string): Promise<Uint8Array> {
  try {
    const stat = await fs.stat(path);
    // A pipe or a device may have no end.
    if (!stat.isFile()) throw new Failure('not-readable', `${file} is not a file`, { exitCode: EXIT.usage });
    if (stat.size > MAX_IMPORT_BYTES)
      throw new Failure('script-too-large', `${file}: ${tooLarge(stat.size)}`, { exitCode: EXIT.usage });
    return await fs.readFile(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw systemFailure(error, `cannot read ${file}`);
    throw new Failure('not-found', `there is no file ${file}`, {
      hint: 'Check the path; it is relative to the folder you are in.',
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}
