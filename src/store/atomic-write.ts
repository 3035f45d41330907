import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  promises as fs,
  fsync,
  fsyncSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  rename,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from '../failure.ts';
import { isRunning } from './is-running.ts';
import { makeFolder } from './make-folder.ts';

// Only what waits for the disk is asynchronous here: handing a call to another thread costs several times what a write
// to memory takes, and a store does a dozen of them for each clip. Whatever makes a name waits too, wherever the file
// system is at its own journal because somebody syncs.
const fsyncLater = promisify(fsync);
const renameLater = promisify(rename);
const openLater = promisify(open);

/** Names that nobody but us makes, so that what a killed process left behind can be told and swept. */
const TEMPORARY = /^\.tmp-(\d+)-[0-9a-f]{12}-(.*)/s;

const PROCESS = randomBytes(4).toString('hex');
let count = 0;

export function temporaryBeside(file: string): string {
  const own = PROCESS + (count++ % 0x10000).toString(16).padStart(4, '0');
  return join(dirname(file), `.tmp-${process.pid}-${own}-${basename(file)}`);
}

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** A process on another machine may write there too: what it is at work on is younger than this. */
const LEFT_MS = 60_000;

/** Takes away what killed processes left of this file: of a film that can be gigabytes, where nothing else is swept. */
export function sweepTemporaries(file: string): void {
  sweepTemporariesIn(dirname(file), basename(file));
}

/** The same of all files in a folder, or of those whose names begin so. What may not be taken away stays. */
export function sweepTemporariesIn(folder: string, beginning = ''): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, pid, own = ''] = TEMPORARY.exec(name) ?? [];
    if (pid === undefined || !own.startsWith(beginning) || isRunning(Number(pid))) continue;
    const path = join(folder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    try {
      if (age > LEFT_MS) rmSync(path, { force: true });
    } catch (error) {
      if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    }
  }
}

/**
 * Replaces a file so that a reader, or a power cut, finds the old bytes or the new ones and nothing between:
 * temporary file in the same folder, sync, rename, sync of the folder. Makes the folder. `mode`: its permissions,
 * where they are to be others than those of a new file.
 */
export async function writeAtomic(file: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    const handle = await makingFolder(file, () => openLater(temporary, 'wx'));
    try {
      writeFileSync(handle, data);
      if (mode !== undefined) fchmodSync(handle, mode);
      await fsyncLater(handle);
    } finally {
      closeSync(handle);
    }
    await renameLater(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Writes a text unless the file has it already: what is as it should be keeps its time. */
export async function writeAnew(file: string, text: string): Promise<void> {
  const before = await fs.readFile(file, 'utf8').catch(() => null); // what cannot be read is written anew
  if (before !== text) await writeAtomic(file, text);
}

/** The same, for who must not let anything come between. */
export function writeAtomicSync(file: string, data: string): void {
  const temporary = temporaryBeside(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
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
  await syncFile(temporary, mode);
  await makingFolder(file, () => renameLater(temporary, file));
  await syncFolder(dirname(file));
}

/** Waits until a file's bytes are on the disk. */
export async function syncFile(file: string, mode?: number): Promise<void> {
  const handle = openSync(file, 'r+');
  try {
    if (mode !== undefined) fchmodSync(handle, mode);
    await fsyncLater(handle);
  } finally {
    closeSync(handle);
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there; NTFS journals the rename
  const handle = openSync(folder, 'r');
  try {
    await fsyncLater(handle);
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'ENOTSUP')) throw error; // some network file systems refuse
  } finally {
    closeSync(handle);
  }
}

/** Most folders are there already: they are made when one is found missing. */
async function makingFolder<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await makeFolder(dirname(file));
  return await work();
}
