import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { basename, join } from 'node:path';
import { hasCode, systemFailure } from '../failure.ts';
import type { Sha256 } from '../plan/key.ts';
import { moveIntoPlace, temporaryBeside, writeAtomic } from './atomic-write.ts';
import type { Digests } from './digests.ts';
import { makeFolder } from './make-folder.ts';
import { filesUnder } from './sharded-files.ts';

/**
 * What was fetched from the addresses that serve as references: the bytes under their sha256, and a note of what was
 * last found at each address. The lock file's word goes before the note's: it is the same on every machine.
 */
export class FetchedReferences {
  readonly folder: string;
  private readonly digests: Digests;

  constructor(storeFolder: string, digests: Digests) {
    this.folder = join(storeFolder, 'references');
    this.digests = digests;
  }

  /** The file with these bytes; null if it is not here, or damaged. */
  async find(sha256: Sha256): Promise<string | null> {
    const shard = join(this.folder, sha256.slice(0, 2));
    try {
      for (const name of await fs.readdir(shard)) {
        if (!name.startsWith(`${sha256}.`)) continue;
        const path = join(shard, name);
        if ((await this.digests.of(path)) === sha256) return path;
      }
      return null;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw systemFailure(error, `cannot read the reference ${sha256}`);
    }
  }

  /** What was last found at an address; null if nobody looked. */
  async noted(url: string): Promise<Sha256 | null> {
    try {
      const note = JSON.parse(await fs.readFile(this.notePath(url), 'utf8')) as Note;
      return note.url === url && /^[0-9a-f]{64}$/.test(note.sha256) ? note.sha256 : null;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError || error instanceof TypeError)
        return null;
      throw systemFailure(error, 'cannot read the notes of references');
    }
  }

  /** A path for a file that is being fetched, on the same file system as its final place. */
  async temporary(): Promise<string> {
    await makeFolder(this.folder);
    return temporaryBeside(join(this.folder, 'reference'));
  }

  /** Moves a fetched file into its place, read-only, and returns that. `ending` is of the file's name: "mp4". */
  async put(temporary: string, sha256: Sha256, ending: string): Promise<string> {
    const path = join(this.folder, sha256.slice(0, 2), `${sha256}.${ending}`);
    await moveIntoPlace(temporary, path, 0o444);
    this.digests.note(path, sha256);
    return path;
  }

  async note(url: string, sha256: Sha256): Promise<void> {
    const note: Note = { version: 1, url, sha256 };
    await writeAtomic(this.notePath(url), `${JSON.stringify(note)}\n`);
  }

  /** Everything that was fetched and is still here. */
  async list(): Promise<{ sha256: Sha256; path: string; bytes: number }[]> {
    const found = [];
    for await (const { name, path } of filesUnder(this.folder)) {
      const sha256 = /^([0-9a-f]{64})\.[a-z0-9]+$/.exec(name)?.[1] as Sha256 | undefined;
      if (sha256 !== undefined) found.push({ sha256, path, bytes: (await fs.stat(path)).size });
    }
    return found;
  }

  /** What was last found at any address. */
  async allNoted(): Promise<Set<Sha256>> {
    const noted = new Set<Sha256>();
    let names: string[] = [];
    try {
      names = await fs.readdir(join(this.folder, 'urls'));
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
    for (const name of names) {
      const text = await fs.readFile(join(this.folder, 'urls', basename(name)), 'utf8');
      const sha256 = /"sha256":"([0-9a-f]{64})"/.exec(text)?.[1] as Sha256 | undefined;
      if (sha256 !== undefined) noted.add(sha256);
    }
    return noted;
  }

  private notePath(url: string): string {
    return join(this.folder, 'urls', `${createHash('sha256').update(url).digest('hex')}.json`);
  }
}

/** Of an address: `references/urls/<sha256 of the URL>.json`. */
interface Note {
  readonly version: 1;
  readonly url: string;
  readonly sha256: Sha256;
}
