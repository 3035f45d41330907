import { constants, promises as fs } from 'node:fs';
import { dirname, isAbsolute, resolve, sep, win32 } from 'node:path';
import type { ErrorCode } from '../explanations/explanations.ts';
import { hasCode } from '../failure.ts';
import type { ReadableStoryboard } from '../storyboard/check.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { ReferenceFile } from '../storyboard/storyboard.ts';
import type { StoryboardFile } from './project.ts';

/** Where a file's bytes are on the disk, absolute, links resolved, by the name that the storyboard gives it. */
export type ReferencePaths = ReadonlyMap<string, string>;

/**
 * Looks for every file that a storyboard names. Each must be a readable file inside the project, after links
 * are followed: a storyboard from elsewhere must not upload its reader's private files.
 */
export async function findReferenceFiles(
  readable: ReadableStoryboard,
  storyboard: StoryboardFile,
): Promise<{ paths: ReferencePaths; diagnostics: Diagnostic[] }> {
  const paths = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const problems = new Map<string, { code: ErrorCode; message: string } | null>();
  for (const { file, path } of filesOf(readable)) {
    let problem = problems.get(file);
    if (problem === undefined) {
      const found = await findFile(file, storyboard);
      problem = typeof found === 'string' ? null : found;
      if (typeof found === 'string') paths.set(file, await storyboard.tree.bytesOf(found));
      problems.set(file, problem);
    }
    if (problem !== null) {
      diagnostics.push({
        ...problem,
        severity: 'error',
        ...readable.locate(path),
      });
    }
  }
  return { paths, diagnostics };
}

function* filesOf({ storyboard, shots }: ReadableStoryboard): Generator<ReferenceFile> {
  for (const { videos, image } of storyboard.references.values()) {
    for (const medium of [...videos, image]) if (medium !== null && 'file' in medium) yield medium;
  }
  for (const { composition } of shots) {
    for (const { medium } of composition.media) if ('file' in medium) yield medium;
  }
  yield* storyboard.fonts;
  const { watermark } = storyboard.cut;
  if (watermark !== null && watermark.image !== null) yield watermark.image;
  if (storyboard.audio.music !== null) yield storyboard.audio.music.file;
  for (const item of storyboard.items) {
    for (const { file } of item.voices) yield file;
    if (item.kind === 'clip' || item.kind === 'still') yield item.file;
    else if (item.kind === 'shot' && item.image !== null && 'file' in item.image) yield item.image;
  }
}

/** True for what no folder can be put before. */
export function isElsewhere(file: string): boolean {
  return isUrl(file) || isAbsolute(file) || win32.isAbsolute(file);
}

function isUrl(file: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(file);
}

/** A file that a storyboard names, absolute, links resolved; or why it cannot be taken. */
export async function findFile(
  file: string,
  storyboard: Pick<StoryboardFile, 'file' | 'path' | 'root' | 'tree'>,
): Promise<string | { code: ErrorCode; message: string }> {
  if (isUrl(file)) {
    return {
      code: 'file-is-url',
      message: 'this must be a file of the project; download it and name its path',
    };
  }
  if (isElsewhere(file) || file.includes('\0')) {
    return {
      code: 'file-outside',
      message: 'name the file relative to the storyboard, so that the project can move',
    };
  }
  let real: string;
  try {
    real = await storyboard.tree.resolve(resolve(dirname(storyboard.path), file));
    const bytes = await storyboard.tree.bytesOf(real);
    const stat = await fs.stat(bytes);
    if (!stat.isFile()) return { code: 'file-unreadable', message: `${show(file)} is not a file` };
    if (stat.size === 0) return { code: 'file-unreadable', message: `${show(file)} is empty` };
    await fs.access(bytes, constants.R_OK);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
      return {
        code: 'file-missing',
        message: `there is no file ${show(file)} (looked in ${dirname(storyboard.file)})`,
      };
    }
    if (hasCode(error, 'EACCES', 'EPERM'))
      return { code: 'file-unreadable', message: `${show(file)} may not be read` };
    if (hasCode(error, 'ELOOP', 'ENAMETOOLONG'))
      return { code: 'file-missing', message: `${show(file)} leads nowhere` };
    throw error;
  }
  if (
    real !== storyboard.root &&
    !real.startsWith(storyboard.root.endsWith(sep) ? storyboard.root : storyboard.root + sep)
  ) {
    return {
      code: 'file-outside',
      message: `${show(file)} lies outside the project; copy it inside`,
    };
  }
  return real;
}

function show(file: string): string {
  return file.length > 200 ? `${file.slice(0, 199)}…` : file;
}
