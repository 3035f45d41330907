import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type Database from 'libsql';
import { EXIT, Failure } from '../failure.ts';

export interface Hold {
  release(): void;
}

/**
 * Says that a store is being worked in. Any number of processes may hold it `shared`; `alone` needs all others
 * gone. Both are SQLite's own file locks, which the kernel frees when a process dies in whatever way, so there
 * is no stale lock to break.
 */
export async function holdStore(folder: string, how: 'shared' | 'alone'): Promise<Hold> {
  await fs.mkdir(folder, { recursive: true });
  const { default: Libsql } = await import('libsql');
  const database: Database.Database = new Libsql(join(folder, 'in-use.db'));
  try {
    database.exec(how === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN');
    if (how === 'shared') database.prepare('SELECT count(*) FROM sqlite_master').get(); // takes the lock
  } catch (error) {
    database.close();
    if (!/SQLITE_BUSY|database is locked/.test(`${(error as { code?: string }).code} ${error}`)) throw error;
    throw new Failure('store-in-use', `another storyreel is at work in ${folder}`, {
      hint:
        how === 'alone'
          ? 'Wait until it has finished, then run this again: pruning needs the store alone.'
          : 'It is pruning the store; wait until it has finished, then run this again.',
      exitCode: EXIT.storeInUse,
      cause: error,
    });
  }
  return {
    release: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
