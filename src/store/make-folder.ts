import { promises as fs, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../failure.ts';

/**
 * Makes a folder, and those above it. Node's own way tries for ever where a folder is there and says of every new one
 * that the folder for it is not, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  try {
    return await make(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || parent === folder) throw error;
  }
  await makeFolder(parent);
  try {
    await make(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || !isFolder(parent)) throw error;
    const what = { code: 'EACCES', syscall: 'mkdir', path: folder };
    throw Object.assign(
      new Error(`EACCES: no folder can be made here, mkdir '${folder}'`, { cause: error }),
      what,
    );
  }
}

async function make(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

/** Of a link, what it leads to. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
