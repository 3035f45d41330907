import { randomBytes } from 'node:crypto';
import {
  closeSync,
  promises as fs,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../failure.ts';

/** Names that nobody but us makes, so that what a killed process left behind can be told and swept. */
const TEMPORARY = /^\.tmp-\d+-[0-9a-f]{12}-/;

export function temporaryBeside(file: string): string {
  return join(dirname(file), `.tmp-${process.pid}-${randomBytes(6).toString('hex')}-${basename(file)}`);
}

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Replaces a file so that a reader, or a power cut, finds the old bytes or the new ones and nothing between:
 * temporary file in the same folder, sync, rename, sync of the folder. Makes the folder.
 */
export async function writeAtomic(file: string, data: string | Uint8Array): Promise<void> {
  await fs.mkdir(dirname(file), { recursive: true });
  const temporary = temporaryBeside(file);
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** The same, for who must not let anything come between. */
export function writeAtomicSync(file: string, data: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = temporaryBeside(file);
  try {
    writeFileSync(temporary, data, { flag: 'wx', flush: true });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Puts a finished temporary file in its place for good: sync, rename, sync of the folder. */
export async function moveIntoPlace(temporary: string, file: string, mode?: number): Promise<void> {
  await fs.mkdir(dirname(file), { recursive: true });
  const handle = await fs.open(temporary, 'r+');
  try {
    if (mode !== undefined) await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(temporary, file);
  await syncFolder(dirname(file));
}

export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there; NTFS journals the rename
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'ENOTSUP')) throw error; // some network file systems refuse
  } finally {
    await handle.close();
  }
}
