import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure, hasCode } from '../failure.ts';

/** Editors write a file in several steps; this is how long it must have been quiet. */
const QUIET_MS = 80;

/**
 * Tells when one of some files has been saved. It watches their folders rather than the files: many editors save
 * by putting another file in the place of the old one, which a watched file would not survive. For the same reason
 * it looks at the folders above those: one that is moved away, and comes back, takes its watcher with it.
 */
export class FileWatcher {
  private readonly onChange: () => void;
  private readonly watchers = new Map<string, FSWatcher>();
  private files: ReadonlySet<string> = new Set();
  private folders: ReadonlySet<string> = new Set();
  private whole: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  /**
   * From now on these files, and whatever turns up in these folders: absolute paths. True if any of it was not
   * followed before: what was saved until now was not noticed, so whoever has read it must read it again.
   */
  follow(files: readonly string[], whole: readonly string[] = []): boolean {
    let isNew = files.some(file => !this.files.has(file));
    this.files = new Set(files);
    this.whole = new Set(whole);
    this.folders = new Set([...files.map(file => dirname(file)), ...whole].flatMap(withMissing));
    const wanted = new Set([...this.folders].flatMap(folder => [folder, dirname(folder)]));
    for (const folder of this.watchers.keys()) if (!wanted.has(folder)) this.drop(folder);
    for (const folder of wanted) {
      if (!this.watchers.has(folder) && this.open(folder)) isNew = true;
    }
    return isNew;
  }

  /** How many files are followed. */
  get count(): number {
    return this.files.size;
  }

  close(): void {
    clearTimeout(this.timer);
    for (const folder of this.watchers.keys()) this.drop(folder);
  }

  private open(folder: string): boolean {
    try {
      const watcher = watch(folder, (event, name) => this.noticed(event, folder, name));
      watcher.on('error', () => {
        this.drop(folder);
        this.noticed('rename', folder, null);
      });
      this.watchers.set(folder, watcher);
      return true;
    } catch (error) {
      // Not there, or not ours to look into: the check says so, and the folder above tells when it is back.
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return false;
      throw unwatchable(folder, error);
    }
  }

  private drop(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }

  private noticed(event: string, folder: string, name: string | null): void {
    const path = name === null ? folder : join(folder, name);
    // Windows calls a folder changed when anything in it is; one that comes or goes is renamed everywhere.
    const isFolder = event === 'rename' && this.folders.has(path);
    if (isFolder) this.drop(path);
    if (!isFolder && name !== null && !this.files.has(path) && !this.turnsUp(folder, name)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onChange, QUIET_MS);
  }

  /** What editors write beside a file is no change of it. */
  private turnsUp(folder: string, name: string): boolean {
    return this.whole.has(folder) && !/^\.|~$/.test(basename(name));
  }
}

/** A folder that is not there yet is noticed in the one that is: that and all between. */
function withMissing(folder: string): string[] {
  const above = dirname(folder);
  return above === folder || existsSync(folder) ? [folder] : [folder, ...withMissing(above)];
}

/** A system has so many watches to give; one that is deaf to saves would be worse than none. */
function unwatchable(folder: string, error: unknown): unknown {
  if (!hasCode(error, 'ENOSPC', 'EMFILE', 'ENFILE')) return error;
  return new Failure('too-many-files', `cannot watch ${folder}: the system lets no more be watched`, {
    hint: 'Raise the limit (on Linux `sysctl fs.inotify.max_user_watches` and `max_user_instances`), or end other programs that watch.',
    cause: error,
  });
}
