import { type BigIntStats, promises as fs, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { temporaryBeside } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

/** A file touched this shortly before it was read could change again without a new time stamp. */
const TOO_FRESH_NS = 100_000_000n;
/** Where stamps are whole seconds: FAT's are even ones. */
const COARSE_TOO_FRESH_NS = 2_000_000_000n;
const SECOND_NS = 1_000_000_000n;
const MAX_ENTRIES = 100_000;

export interface KnownFilesFormat<Fact> {
  /** What the facts are called in the file. */
  readonly name: string;
  /** Facts that another version wrote are not read. */
  readonly version: number;
  /** Whoever damaged the file, nothing else comes out of it. */
  readonly isFact: (value: unknown) => value is Fact;
}

/**
 * What was found out about files, kept by (device, inode, size, mtime, ctime) so that a second run does not find it
 * out again. A cache alone: losing it costs time.
 */
export class KnownFiles<Fact> {
  private readonly file: string;
  private readonly format: KnownFilesFormat<Fact>;
  private known: Promise<Map<string, Fact>> | null = null;
  private readonly used = new Map<string, Fact>();
  private changed = false;

  constructor(file: string, format: KnownFilesFormat<Fact>) {
    this.file = file;
    this.format = format;
  }

  /**
   * What is known of a file, or what `find` finds out about it now; null, which is not kept, where it finds nothing.
   * Throws what the file system throws.
   */
  async of<Found extends Fact | null>(
    path: string,
    find: () => Promise<Found>,
    { afresh = false }: { readonly afresh?: boolean } = {},
  ): Promise<Fact | Found> {
    const before = identify(path);
    let fact: Fact | Found | undefined = afresh ? undefined : await this.recall(before.identity);
    if (fact === undefined) {
      fact = await find();
      if (fact === null) return fact;
      const after = identify(path);
      const tooFresh = before.touchedNs % SECOND_NS === 0n ? COARSE_TOO_FRESH_NS : TOO_FRESH_NS;
      const settled = after.identity === before.identity && before.touchedNs + tooFresh < before.readNs;
      if (!settled) return fact;
      this.changed = true;
    }
    this.used.set(before.identity, fact as Fact);
    return fact;
  }

  /** Notes what we know of a file that we have just written ourselves. */
  note(path: string, fact: Fact): void {
    this.used.set(identify(path).identity, fact);
    this.changed = true;
  }

  /** Writes what was learnt. Fails silently where the store cannot be written: it is a cache. */
  async save(): Promise<void> {
    if (!this.changed) return;
    this.known = this.load(); // others have written too
    const merged = new Map([...this.used, ...(await this.known)].slice(0, MAX_ENTRIES));
    for (const [identity, fact] of this.used) merged.set(identity, fact);
    const temporary = temporaryBeside(this.file);
    const { version, name } = this.format;
    try {
      await makeFolder(dirname(this.file));
      await fs.writeFile(temporary, JSON.stringify({ version, [name]: Object.fromEntries(merged) }));
      await fs.rename(temporary, this.file);
      this.changed = false;
    } catch {
      await fs.rm(temporary, { force: true }).catch(() => {});
    }
  }

  private async recall(identity: string): Promise<Fact | undefined> {
    this.known ??= this.load();
    return this.used.get(identity) ?? (await this.known).get(identity);
  }

  private async load(): Promise<Map<string, Fact>> {
    const known = new Map<string, Fact>();
    const { version, name, isFact } = this.format;
    try {
      const content = JSON.parse(await fs.readFile(this.file, 'utf8')) as Record<string, unknown>;
      if (content.version !== version) return known;
      for (const [identity, fact] of Object.entries(content[name] as object))
        if (isFact(fact)) known.set(identity, fact);
    } catch {
      // Not there, not to be read, too large, or not ours: it is found out again.
    }
    return known;
  }
}

/** What tells a file from another one, and from itself before it was written again. */
export function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** At once: a film has hundreds of files, and handing each to another thread costs ten times as much. */
function identify(path: string) {
  const stat = statSync(path, { bigint: true });
  const { mtimeNs, ctimeNs } = stat;
  return {
    identity: identityOf(stat),
    touchedNs: ctimeNs > mtimeNs ? ctimeNs : mtimeNs,
    readNs: BigInt(Date.now()) * 1_000_000n,
  };
}
