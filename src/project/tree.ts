import { promises as fs } from 'node:fs';
import { hasCode } from '../failure.ts';

/** Where the files of a project are read from: the disk as it is, or a commit. Throws what the file system throws. */
export interface Tree {
  /** The file that a path leads to, links followed: its name in the project, by which it is known. */
  readonly resolve: (path: string) => Promise<string>;
  /** A file on the disk that holds the bytes of a resolved one. */
  readonly bytesOf: (resolved: string) => Promise<string>;
  /** The names in a folder; none where there is no such folder. */
  readonly list: (folder: string) => Promise<string[]>;
}

export const DISK: Tree = {
  resolve: path => fs.realpath(path),
  bytesOf: path => Promise.resolve(path),
  list,
};

async function list(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return [];
    throw error;
  }
}
