import { readFileSync, statSync } from 'node:fs';
import { hasCode } from '../failure.ts';
import { writeAtomicSync } from './atomic-write.ts';
import { identityOf } from './known-files.ts';
import {
  addToLock,
  formatLock,
  isSameLocked,
  type Lock,
  type LockEntry,
  type LockedFilm,
  type LockedReferences,
  NO_LOCK,
  parseLock,
} from './lock-file.ts';

/** A lock file of 10,000 takes is megabytes: it is not written for each of them. */
const WRITE_EVERY_MS = 1000;

/**
 * Adds bought clips to a lock file, many at a time, keeping what other processes add. What a crash leaves out is
 * in the journal, and added by the next run.
 */
export class LockWriter {
  private readonly file: string;
  private readonly alone: <T>(work: () => T) => T;
  private pending: LockEntry[] = [];
  private known: { readonly identity: string; readonly lock: Lock } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private error: unknown = null;

  /** `alone` runs something that no other process of this store does at the same time. */
  constructor(file: string, alone: <T>(work: () => T) => T) {
    this.file = file;
    this.alone = alone;
  }

  add(entries: readonly LockEntry[]): void {
    if (entries.length === 0) return;
    this.pending.push(...entries);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      try {
        this.write();
      } catch (error) {
        this.error = error;
      }
    }, WRITE_EVERY_MS);
  }

  /** Pins the finished films, in the place of all that were pinned before. */
  pinFilms(films: ReadonlyMap<string, LockedFilm>): void {
    this.alone(() => {
      writeAtomicSync(this.file, formatLock({ ...this.read(), films }));
    });
  }

  /** Pins what was found at the addresses of references, in the place of all that were pinned before. */
  pinReferences(references: LockedReferences): void {
    this.alone(() => {
      writeAtomicSync(this.file, formatLock({ ...this.read(), references }));
    });
  }

  /** Writes what is left. Throws what could not be written. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.write();
    if (this.error !== null) throw this.error;
  }

  private write(): void {
    if (this.pending.length === 0) return;
    this.alone(() => {
      const before = this.read();
      const news = this.pending.filter(({ shot, take, locked }) => {
        const there = before.shots.get(shot)?.get(take);
        return there === undefined || !isSameLocked(there, locked);
      });
      const lock = { ...before, shots: addToLock(before.shots, news) };
      if (news.length > 0) writeAtomicSync(this.file, formatLock(lock));
      this.known = { identity: this.identify(), lock };
    });
    this.pending = [];
    this.error = null;
  }

  /** Parsed again only if somebody else wrote it. */
  private read(): Lock {
    const identity = this.identify();
    if (this.known?.identity === identity) return this.known.lock;
    return identity === 'none' ? NO_LOCK : parseLock(this.file, readFileSync(this.file, 'utf8'));
  }

  private identify(): string {
    try {
      return identityOf(statSync(this.file, { bigint: true }));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return 'none';
      throw error;
    }
  }
}
