import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type Libsql from 'libsql';
import { EXIT, Failure } from '../failure.ts';
import { makeFolder } from './make-folder.ts';
import { sqliteCode, sqliteFailure } from './sqlite-failure.ts';

export interface Hold {
  release(): void;
}

/**
 * Says that a store is being worked in. Any number of processes may hold it `shared`; `alone` needs all others
 * gone. Both are SQLite's own file locks, which the kernel frees when a process dies in whatever way, so there
 * is no stale lock to break.
 */
export async function holdStore(folder: string, how: 'shared' | 'alone'): Promise<Hold> {
  await makeFolder(folder);
  const file = join(folder, 'in-use.db');
  for (let emptied = false; ; emptied = true) {
    try {
      const database = await lockedDatabase(file, how);
      return {
        release: () => {
          database.exec('ROLLBACK');
          database.close();
        },
      };
    } catch (error) {
      const code = sqliteCode(error);
      if (code.startsWith('SQLITE_BUSY')) throw inUse(folder, how, error);
      if (emptied || !/^SQLITE_(NOTADB|CORRUPT)/.test(code))
        throw sqliteFailure(error, file, "the store's own lock", {});
    }
    // Nothing was ever in it but locks. A new file in its place would have none of those that others hold on this one.
    await fs.truncate(file);
  }
}

async function lockedDatabase(file: string, how: 'shared' | 'alone'): Promise<Libsql.Database> {
  const { default: Libsql } = await import('libsql');
  const database = new Libsql(file);
  try {
    database.exec(how === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN');
    if (how === 'shared') database.prepare('SELECT count(*) FROM sqlite_master').get(); // takes the lock
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function inUse(folder: string, how: 'shared' | 'alone', cause: unknown): Failure {
  return new Failure('store-in-use', `another storyreel is at work in ${folder}`, {
    hint:
      how === 'alone'
        ? 'Wait until it has finished, then run this again: pruning needs the store alone.'
        : 'It is pruning the store; wait until it has finished, then run this again.',
    exitCode: EXIT.storeInUse,
    cause,
  });
}
