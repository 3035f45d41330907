import { promises as fs } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { EXIT, Failure, hasCode } from '../failure.ts';
import { versionSuffix, withoutEnding } from '../store/lock-file.ts';
import { DISK, type Tree } from './tree.ts';

/** A storyboard's file, and what its folder says about it. */
export interface StoryboardFile {
  /** As the author named it; what messages print. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** The file's name without its ending, or its folder's name for `storyboard.yaml`. */
  readonly stem: string;
  /** Of this version: it names the film and its folder. */
  readonly name: string;
  /** Of the version; see `versionName`. */
  readonly version: string;
  /** The project's folder, absolute, links resolved: references must stay inside it. */
  readonly root: string;
  /** What it is read from, with all that it names. */
  readonly tree: Tree;
}

/**
 * Finds the storyboards of a command line: files, or folders that hold a `storyboard.yaml`. All must belong to
 * one project, because they share its store, and have different names, because they share `out/`.
 */
export async function findStoryboards(
  files: readonly string[],
  cwd: string,
  version = '',
): Promise<StoryboardFile[]> {
  const found: StoryboardFile[] = [];
  for (const file of files) {
    const storyboard = await findStoryboard(file, cwd, version);
    const twin = found.find(other => other.path === storyboard.path);
    if (twin !== undefined) continue;
    const namesake = found.find(other => other.name.toLowerCase() === storyboard.name.toLowerCase());
    if (namesake !== undefined) {
      throw new Failure(
        'same-name',
        `${namesake.file} and ${file} would both become the film "${storyboard.name}"`,
        {
          hint: 'Rename one of them, or render them apart with different --out folders.',
          exitCode: EXIT.usage,
        },
      );
    }
    found.push(storyboard);
  }
  return found;
}

/** The store's folder for these storyboards. Throws if they belong to different projects. */
export function storeFolder(
  storyboards: readonly StoryboardFile[],
  store: string | undefined,
  cwd: string,
): string {
  if (store !== undefined) return resolve(cwd, store);
  const [first, ...others] = storyboards;
  const stranger = others.find(({ root }) => root !== first?.root);
  if (first !== undefined && stranger !== undefined) {
    throw new Failure(
      'different-projects',
      `${first.file} belongs to ${first.root}, ${stranger.file} to ${stranger.root}`,
      {
        hint: 'Render them apart, or name one store for both with --store.',
        exitCode: EXIT.usage,
      },
    );
  }
  return join(first?.root ?? cwd, '.storyreel');
}

/** A storyboard's name in a store, links resolved: a moved project keeps its history and its journal. */
export async function pathInside(storeFolder: string, path: string): Promise<string> {
  const [root, real] = await Promise.all([realPath(dirname(storeFolder)), realPath(path)]);
  return relative(root, real).split(sep).join('/');
}

/** Of what is not there yet: as far as it is. */
async function realPath(path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR') || dirname(path) === path) throw error;
    return join(await realPath(dirname(path)), basename(path));
  }
}

async function findStoryboard(file: string, cwd: string, version: string): Promise<StoryboardFile> {
  const { shown, path } = await findYaml(file, cwd);
  const base = withoutEnding(basename(path));
  const stem = base.toLowerCase() === 'storyboard' ? basename(dirname(path)) || 'storyboard' : base;
  const name = `${stem}${versionSuffix(version)}`;
  return { file: shown, path, stem, name, version, root: await findRoot(dirname(path)), tree: DISK };
}

/** The file that the author names, or the `storyboard.yaml` in a folder; `shown` is what messages print. */
export async function findYaml(file: string, cwd: string): Promise<{ shown: string; path: string }> {
  const path = resolve(cwd, file);
  if (!(await isFolder(path))) return { shown: file, path };
  const inside = await firstFile(path, ['storyboard.yaml', 'storyboard.yml']);
  if (inside !== null) return { shown: join(file, inside), path: join(path, inside) };
  throw new Failure('not-found', `${file} is a folder without a storyboard.yaml`, {
    hint: 'Name the storyboard file; `storyreel init DIR` makes a new project.',
    exitCode: EXIT.usage,
  });
}

/** The nearest folder upwards with a `.storyreel`, else with a `.git`, else the storyboard's own. */
export async function findRoot(folder: string): Promise<string> {
  const start = await realPath(folder);
  for (const marker of ['.storyreel', '.git']) {
    for (let at = start; ; at = dirname(at)) {
      if (await exists(join(at, marker))) return at;
      if (dirname(at) === at) break;
    }
  }
  return start;
}

async function firstFile(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) if (await exists(join(folder, name))) return name;
  return null;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await fs.stat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await fs.stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}
