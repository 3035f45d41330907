import { createHash } from 'node:crypto';
import { promises as fs, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, hasCode } from '../failure.ts';
import { canonicalJson } from '../plan/key.ts';
import type { Json } from '../plan/request.ts';
import { temporaryBeside } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

/** A file that was derived, with what was found out about it when it was made. */
export interface DerivedFile<Facts> {
  readonly path: string;
  readonly facts: Facts;
  /** False if it was there already. */
  readonly made: boolean;
}

/** The key of what is made of these parts, by their canonical JSON: equal parts, equal keys. */
export function derivedKey(parts: Json): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Things that cost only time, each under a key of all that shapes it: a file and, beside it, what is known of
 * it. Not synced: after a power cut they are made again. The facts are written last and hold the file's size,
 * so that a half-written file is never taken for a whole one.
 */
export class Derived {
  readonly folder: string;
  private readonly making = new Map<string, Promise<DerivedFile<never>>>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * The file of this kind and key; made by `make` if it is not there. One at a time makes it: if that fails, it may have
   * been told to stop, and the next one that waits tries.
   */
  async get<Facts extends Json>(
    kind: string,
    key: string,
    extension: string,
    make: (file: string) => Promise<Facts>,
  ): Promise<DerivedFile<Facts>> {
    const path = join(this.folder, kind, key.slice(0, 2), `${key}.${extension}`);
    for (;;) {
      const under = this.making.get(path) as Promise<DerivedFile<Facts>> | undefined;
      if (under === undefined) break;
      const made = await under.catch(() => null);
      if (made !== null) return made;
    }
    const promise = this.find<Facts>(path).then(found => found ?? this.make(path, make));
    this.making.set(path, promise as unknown as Promise<DerivedFile<never>>);
    try {
      return await promise;
    } catch (error) {
      throw this.asFailure(error);
    } finally {
      this.making.delete(path);
    }
  }

  /** Takes a file away that turned out to be damaged: whoever asks for it next makes it again. */
  async remove(path: string): Promise<void> {
    for (const file of [`${path}.json`, path]) await fs.rm(file, { force: true });
  }

  private async find<Facts extends Json>(path: string): Promise<DerivedFile<Facts> | null> {
    try {
      // Synchronously: to ask another thread takes longer than to look, and a film asks for hundreds of pieces.
      const { bytes, facts } = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as {
        bytes: number;
        facts: Facts;
      };
      const { size, mtimeMs } = statSync(path);
      if (size !== bytes) return null;
      // Its time is that of its last use, to the day: what goes first when space is wanted.
      const now = Date.now();
      // Another user's keeps the time that it has.
      if (now - mtimeMs > DAY_MS) await fs.utimes(path, now / 1000, now / 1000).catch(() => {});
      return { path, facts, made: false };
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError || error instanceof TypeError)
        return null;
      throw error;
    }
  }

  /** Somebody was in the folder, and the way out is always the same. */
  private asFailure(error: unknown): unknown {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST')) return error;
    const { path = this.folder } = error as NodeJS.ErrnoException;
    if (!path.startsWith(this.folder)) return error;
    const [code, what] = hasCode(error, 'ENOENT')
      ? (['not-found', 'was deleted just now'] as const)
      : (['is-a-folder', 'has a folder where a file belongs, or a file for a folder'] as const);
    return new Failure(code, `${path} ${what}`, {
      hint: `Delete ${this.folder}, then run the same command again: what is in it costs time alone.`,
      cause: error,
    });
  }

  private async make<Facts extends Json>(
    path: string,
    make: (file: string) => Promise<Facts>,
  ): Promise<DerivedFile<Facts>> {
    await makeFolder(dirname(path));
    const temporary = temporaryBeside(path);
    try {
      const facts = await make(temporary);
      const { size } = await fs.stat(temporary);
      await fs.rename(temporary, path);
      await fs.writeFile(temporary, JSON.stringify({ bytes: size, facts }));
      await fs.rename(temporary, `${path}.json`);
      return { path, facts, made: true };
    } finally {
      await fs.rm(temporary, { force: true });
    }
  }
}
