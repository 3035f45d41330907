import { accessSync, constants, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve, sep, win32 } from 'node:path';
import type { ErrorCode } from '../explanations/explanations.ts';
import { hasCode } from '../failure.ts';
import { isLoopback } from '../network/loopback.ts';
import type { ReadableStoryboard } from '../storyboard/check.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Place } from '../storyboard/part.ts';
import { positionAt, type Source } from '../storyboard/source.ts';
import type { Medium, ReferenceFile } from '../storyboard/storyboard.ts';
import type { StoryboardFile } from './project.ts';

/** Where a file's bytes are on the disk, absolute, links resolved, by the name that the storyboard gives it. */
export type ReferencePaths = ReadonlyMap<string, string>;

/** A reference that is at an address, and where the storyboard says so: "reel.yaml:4:20". */
export interface RemoteReference {
  readonly url: string;
  readonly place: string;
  readonly at: Place;
}

/**
 * Looks for every file that a storyboard names. Each must be a readable file inside the project, after links
 * are followed: a storyboard from elsewhere must not upload its reader's private files. What is at an address is
 * listed: to look for it is the plan's affair, checking needs no network.
 */
export async function findReferenceFiles(
  readable: ReadableStoryboard,
  storyboard: StoryboardFile,
  sources: ReadonlyMap<string, Source>,
): Promise<{
  paths: ReferencePaths;
  remote: RemoteReference[];
  /** Where they are looked for, absolute: whether there is something or not. */
  named: string[];
  diagnostics: Diagnostic[];
}> {
  const paths = new Map<string, string>();
  const remote = new Map<string, RemoteReference>();
  const diagnostics: Diagnostic[] = [];
  const problems = new Map<string, { code: ErrorCode; message: string } | null>();
  for (const { file, path, mayBeRemote } of filesOf(readable)) {
    if (remote.has(file) && mayBeRemote) continue; // most shots show what others show: finding its place takes time
    if (mayBeRemote && isUrl(file)) {
      const at = readable.locate(path);
      if (!isFetchable(file)) diagnostics.push({ ...NOT_FETCHABLE, severity: 'error', ...at });
      else remote.set(file, { url: file, place: shownPlace(at, sources), at });
      continue;
    }
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
  const named = [...problems.keys()].flatMap(file => placeOf(file, storyboard.path) ?? []);
  return { paths, remote: [...remote.values()], named, diagnostics };
}

function* filesOf(readable: ReadableStoryboard): Generator<ReferenceFile & { mayBeRemote: boolean }> {
  for (const medium of shownMedia(readable)) if ('file' in medium) yield { ...medium, mayBeRemote: true };
  for (const file of cutFiles(readable)) yield { ...file, mayBeRemote: false };
}

/** What models are shown. */
function* shownMedia({ storyboard, shots }: ReadableStoryboard): Generator<Medium> {
  for (const { videos, image } of storyboard.references.values()) {
    yield* videos;
    if (image !== null) yield image;
  }
  for (const { composition } of shots) for (const { medium } of composition.media) yield medium;
  for (const { image } of storyboard.shots) if (image !== null) yield image;
}

/** What the film itself is made of. */
function* cutFiles({ storyboard }: ReadableStoryboard): Generator<ReferenceFile> {
  yield* storyboard.fonts;
  const { watermark } = storyboard.cut;
  if (watermark !== null && watermark.image !== null) yield watermark.image;
  if (storyboard.audio.music !== null) yield storyboard.audio.music.file;
  for (const item of storyboard.items) {
    for (const { file } of item.voices) yield file;
    if (item.kind === 'clip' || item.kind === 'still') yield item.file;
  }
}

function shownPlace({ file, range }: Place, sources: ReadonlyMap<string, Source>): string {
  const source = sources.get(file);
  if (source === undefined) return file;
  const { line, column } = positionAt(source, range.start);
  return `${file}:${line}:${column}`;
}

const NOT_FETCHABLE: { code: ErrorCode; message: string } = {
  code: 'file-is-url',
  message: 'an address must begin with https:// and carry no password; or download it and name its path',
};

/** The name of this machine itself is fetched from in rehearsals alone; that is decided when it is. */
function isFetchable(file: string): boolean {
  if (!URL.canParse(file)) return false;
  const url = new URL(file);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  return isSafe && url.username === '' && url.password === '';
}

/** True for what no folder can be put before. */
export function isElsewhere(file: string): boolean {
  return isUrl(file) || isAbsolute(file) || win32.isAbsolute(file);
}

function isUrl(file: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(file);
}

/** Where a file that a storyboard names is looked for, absolute; null for what no folder can hold. */
export function placeOf(file: string, storyboard: string): string | null {
  return isElsewhere(file) || file.includes('\0') ? null : resolve(dirname(storyboard), file);
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
  const place = placeOf(file, storyboard.path);
  if (place === null) {
    return {
      code: 'file-outside',
      message: 'name the file relative to the storyboard, so that the project can move',
    };
  }
  let real: string;
  try {
    real = await storyboard.tree.resolve(place);
    const bytes = await storyboard.tree.bytesOf(real);
    const stat = statSync(bytes); // at once: handing a film's hundred files to another thread costs ten times as much
    if (!stat.isFile()) return { code: 'file-unreadable', message: `${show(file)} is not a file` };
    if (stat.size === 0) return { code: 'file-unreadable', message: `${show(file)} is empty` };
    accessSync(bytes, constants.R_OK);
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
