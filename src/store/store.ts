import { promises as fs, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode, systemFailure } from '../failure.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { moveIntoPlace, temporaryBeside, writeAtomic } from './atomic-write.ts';
import { Derived } from './derived.ts';
import { Digests, hashFile } from './digests.ts';
import { FetchedReferences } from './fetched-references.ts';
import { KnownFiles } from './known-files.ts';
import { makeFolder } from './make-folder.ts';
import { type ClipRecord, parseRecord } from './record.ts';
import { filesUnder } from './sharded-files.ts';

/** A clip's state on this disk. `damaged`: the file's bytes are not those that its name promises. */
export type ClipState = 'intact' | 'missing' | 'damaged';

/**
 * Clips under the sha256 of their bytes, and the records that lead from a request's key to its clip. Opening
 * reads nothing and writes nothing.
 */
export class Store {
  readonly folder: string;
  readonly digests: Digests;
  /** Versions of the ffmpegs that were started here. */
  readonly ffmpegs: KnownFiles<string>;
  readonly references: FetchedReferences;
  /** What costs only time. */
  readonly derived: Derived;
  private clipsFolder: Promise<unknown> | null = null;
  private readonly records = new Map<Key, ClipRecord>();

  /** `derived`: another folder for what costs only time. */
  constructor(folder: string, derived: string = join(folder, 'derived')) {
    this.folder = folder;
    this.digests = new Digests(folder);
    this.ffmpegs = new KnownFiles(join(folder, 'ffmpegs.json'), {
      name: 'versions',
      version: 1,
      isFact: (value): value is string => typeof value === 'string',
    });
    this.references = new FetchedReferences(folder, this.digests);
    this.derived = new Derived(derived);
  }

  clipPath(sha256: Sha256): string {
    return join(this.folder, 'clips', sha256.slice(0, 2), `${sha256}.mp4`);
  }

  /** Writes what was learnt of files. Fails silently where the store cannot be written: it costs only time. */
  async saveKnown(): Promise<void> {
    await this.digests.save();
    await this.ffmpegs.save();
  }

  recordPath(key: Key): string {
    return join(this.folder, 'records', key.slice(0, 2), `${key}.json`);
  }

  /**
   * Whether a clip is there and has the bytes that its name says. Never a hit on anything else. Throws a Failure if
   * it cannot be read: it may be whole, and would be paid for again.
   */
  async clipState(sha256: Sha256, options: { readonly afresh?: boolean } = {}): Promise<ClipState> {
    try {
      return (await this.digests.of(this.clipPath(sha256), options)) === sha256 ? 'intact' : 'damaged';
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return 'missing';
      if (hasCode(error, 'EISDIR')) return 'damaged';
      throw systemFailure(error, `cannot read the clip ${this.clipPath(sha256)}`);
    }
  }

  /** The keys that have a record. One listing spares 10,000 unknown keys a system call each. */
  async recordedKeys(): Promise<ReadonlySet<Key>> {
    const keys = new Set<Key>();
    for await (const { name } of filesUnder(join(this.folder, 'records'))) {
      if (/^[0-9a-f]{64}\.json$/.test(name)) keys.add(name.slice(0, 64) as Key);
    }
    return keys;
  }

  /** The record of a key, read once; null if there is none, yet: another process may be writing it. */
  async record(key: Key): Promise<ClipRecord | null> {
    const known = this.records.get(key);
    if (known !== undefined) return known;
    const record = await this.readRecord(key);
    if (record !== null) this.records.set(key, record);
    return record;
  }

  /** When a key's clip was rendered, by the time of its record; null if there is none. */
  recordedAt(key: Key): Date | null {
    // At once: thousands are asked for in a row, and handing each to another thread costs ten times as much.
    return statSync(this.recordPath(key), { throwIfNoEntry: false })?.mtime ?? null;
  }

  private async readRecord(key: Key): Promise<ClipRecord | null> {
    try {
      return parseRecord(await fs.readFile(this.recordPath(key), 'utf8'));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    }
  }

  /** A path for a clip that is being made, on the same file system as its final place. */
  async temporaryClip(): Promise<string> {
    const folder = join(this.folder, 'clips');
    this.clipsFolder ??= makeFolder(folder);
    await this.clipsFolder;
    return temporaryBeside(join(folder, 'clip.mp4'));
  }

  /** Moves a finished file into the store, read-only, under the digest of its bytes; `known` where it was hashed already. */
  async putClip(
    temporary: string,
    known?: { readonly sha256: Sha256; readonly bytes: number },
  ): Promise<{ sha256: Sha256; bytes: number }> {
    const { sha256, bytes } = known ?? {
      sha256: await hashFile(temporary),
      bytes: (await fs.stat(temporary)).size,
    };
    const path = this.clipPath(sha256);
    await moveIntoPlace(temporary, path, 0o444);
    this.digests.note(path, sha256);
    return { sha256, bytes };
  }

  /** The record was of another clip. */
  async removeRecord(key: Key): Promise<void> {
    await fs.rm(this.recordPath(key), { force: true });
    this.records.delete(key);
  }

  /** Written after the clip: a record never points at bytes that are not there yet. */
  async putRecord(record: ClipRecord): Promise<void> {
    await writeAtomic(this.recordPath(record.key), `${JSON.stringify(record, null, 2)}\n`);
    this.records.delete(record.key); // not kept: a run that buys thousands stays small
  }
}
