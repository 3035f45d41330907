import { promises as fs } from 'node:fs';
import { EXIT, Failure, hasCode } from '../failure.ts';
import { type CheckedStoryboard, checkStoryboard } from '../storyboard/check.ts';
import { type Diagnostic, hasErrors, inOrder } from '../storyboard/diagnostic.ts';
import { MAX_BYTES, tooLarge } from '../storyboard/parse-yaml.ts';
import type { Source } from '../storyboard/source.ts';
import { checkText } from './check-text.ts';
import { probeFootage } from './footage.ts';
import { loadLanguage } from './language.ts';
import { findStoryboards, type StoryboardFile } from './project.ts';
import { findReferenceFiles, type ReferencePaths } from './reference-files.ts';

/** A storyboard without errors, whose reference files are all there. */
export interface LoadedStoryboard extends CheckedStoryboard {
  readonly file: StoryboardFile;
  readonly referencePaths: ReferencePaths;
}

export interface CheckedFiles {
  /** Those without errors, in the order of the command line. */
  readonly storyboards: readonly LoadedStoryboard[];
  /** Of all files, in their order, each file's by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** By the file name that diagnostics carry. */
  readonly sources: ReadonlyMap<string, Source>;
}

const NO_FOOTAGE = { lengths: new Map<string, number>(), diagnostics: [] };
const NO_REFERENCES = { paths: new Map<string, string>(), diagnostics: [] };

/** Reads storyboards and finds everything wrong with them. Writes nothing. */
export async function checkFiles(files: readonly string[], cwd: string): Promise<CheckedFiles> {
  const found = await findStoryboards(files, cwd);
  const language = await loadLanguage();
  const storyboards: LoadedStoryboard[] = [];
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, Source>();
  for (const file of found) {
    const source = await readSource(file);
    if (typeof source === 'number') {
      const range = { start: 0, end: 0 };
      diagnostics.push({
        code: 'file-too-large',
        severity: 'error',
        message: tooLarge(source),
        file: file.file,
        range,
      });
      sources.set(file.file, { file: file.file, text: '' });
      continue;
    }
    sources.set(file.file, source);
    const result = checkStoryboard(source, file.name, language);
    const references =
      result.readable === null ? NO_REFERENCES : await findReferenceFiles(result.readable, file);
    const footage =
      result.readable === null ? NO_FOOTAGE : await probeFootage(result.readable, references.paths);
    const { checked, diagnostics: own } = result.layOut(footage.lengths);
    const text = result.readable === null ? [] : await checkText(result.readable, references.paths);
    const all = inOrder([...own, ...references.diagnostics, ...footage.diagnostics, ...text]);
    for (const diagnostic of all) diagnostics.push(diagnostic); // there may be too many to spread
    if (checked !== null && !hasErrors(all))
      storyboards.push({ ...checked, file, referencePaths: references.paths });
  }
  return { storyboards, diagnostics, sources };
}

/** The text, or the size in bytes of a file that is too large to be read. */
async function readSource({ file, path }: StoryboardFile): Promise<Source | number> {
  try {
    const stat = await fs.stat(path);
    if (!stat.isFile()) throw new Failure('not-readable', `${file} is not a file`, { exitCode: EXIT.usage });
    if (stat.size > MAX_BYTES) return stat.size;
    return { file, text: (await fs.readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
      throw new Failure('not-found', `there is no storyboard ${file}`, {
        hint: 'Check the path; `storyreel init DIR` makes a new project.',
        cause: error,
        exitCode: EXIT.usage,
      });
    }
    if (hasCode(error, 'EISDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) {
      throw new Failure('not-readable', `${file} cannot be read: ${(error as Error).message}`, {
        cause: error,
        exitCode: EXIT.usage,
      });
    }
    throw error;
  }
}
