import { type FSWatcher, promises as fs, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Editors write a file in several steps; this is how long it must have been quiet. */
const QUIET_MS = 80;

/**
 * Tells when one of some files has been saved. It watches their folders rather than the files: many editors save
 * by putting another file in the place of the old one, which a watched file would not survive.
 */
export class FileWatcher {
  private readonly onChange: () => void;
  private readonly folders = new Map<string, FSWatcher>();
  private names = new Map<string, Set<string>>();
  private whole: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  /** From now on these files, and whatever turns up in these folders: absolute paths. */
  follow(files: readonly string[], folders: readonly string[] = []): void {
    this.whole = new Set(folders);
    this.names = new Map();
    for (const file of files) {
      const folder = dirname(file);
      this.names.set(folder, (this.names.get(folder) ?? new Set()).add(basename(file)));
    }
    for (const [folder, watcher] of this.folders) {
      if (this.names.has(folder) || this.whole.has(folder)) continue;
      watcher.close();
      this.folders.delete(folder);
    }
    for (const folder of [...this.names.keys(), ...this.whole])
      if (!this.folders.has(folder)) this.open(folder);
  }

  /** How many files are followed. */
  get count(): number {
    return [...this.names.values()].reduce((sum, names) => sum + names.size, 0);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.folders.values()) watcher.close();
    this.folders.clear();
  }

  private open(folder: string): void {
    try {
      const watcher = watch(folder, (_, name) => this.noticed(folder, name));
      // The folder is gone: it is looked for again with the next change of another one.
      watcher.on('error', () => {
        watcher.close();
        this.folders.delete(folder);
        this.noticed(folder, null);
      });
      this.folders.set(folder, watcher);
    } catch {
      // Not there any more: the check says so, and what turns up beside the other files counts.
    }
  }

  private noticed(folder: string, name: string | null): void {
    const isOurs = name === null || this.whole.has(folder) || this.names.get(folder)?.has(name) === true;
    // What we and editors write beside a storyboard is no change of it.
    if (!isOurs || (name !== null && /^\.|~$|\.lock\.yaml$/.test(name))) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onChange, QUIET_MS);
  }
}

/** The folders of files, and those right below them: where a file that is missing will most likely turn up. */
export async function foldersAround(files: readonly string[]): Promise<string[]> {
  const folders = [...new Set(files.map(file => dirname(file)))];
  const below = folders.map(async folder => {
    const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
    const names = entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
    return names.filter(name => !/^(\..*|out|node_modules)$/.test(name)).map(name => join(folder, name));
  });
  return [...folders, ...(await Promise.all(below)).flat()];
}
