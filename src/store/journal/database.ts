import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type Libsql from 'libsql';
import { EXIT, Failure, hasCode } from '../../failure.ts';
import { makeFolder } from '../make-folder.ts';
import { type SqliteErrors, sqliteFailure } from '../sqlite-failure.ts';

export type Database = Libsql.Database;
export type Statement = Libsql.Statement;

export function journalFile(folder: string): string {
  return join(folder, 'journal.db');
}

/** Each brings a journal from the format before it; the number of them is the format. */
const MIGRATIONS = [
  `
CREATE TABLE submission (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  current INTEGER CHECK (current = 1),
  state TEXT NOT NULL CHECK (state IN
    ('intent', 'submitted', 'completed', 'stored', 'rejected', 'failed', 'unknown', 'abandoned')),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  storyboard TEXT NOT NULL,
  scene TEXT,
  shot TEXT NOT NULL,
  take INTEGER NOT NULL,
  payload TEXT NOT NULL,
  price_micros INTEGER NOT NULL CHECK (price_micros >= 0),
  price_source TEXT NOT NULL,
  charge_micros INTEGER NOT NULL CHECK (charge_micros >= 0),
  prediction_id TEXT,
  output_url TEXT,
  clip TEXT,
  adopted INTEGER NOT NULL DEFAULT 0,
  error_code TEXT,
  error_message TEXT,
  run TEXT NOT NULL,
  owner TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  intended_at INTEGER NOT NULL,
  submitted_at INTEGER,
  settled_at INTEGER,
  -- NULLs are distinct: any number of past submissions, one that counts.
  UNIQUE (key, current),
  UNIQUE (provider, prediction_id)
) STRICT;
CREATE INDEX submission_by_storyboard ON submission (storyboard, charge_micros);
CREATE INDEX submission_by_run ON submission (run, charge_micros);
CREATE INDEX submission_by_owner ON submission (owner);
-- One row: whom everything here was bought from.
CREATE TABLE service (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL) STRICT;
CREATE TABLE upload (
  host TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  url TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (host, sha256)
) STRICT;
`,
  `
-- The seed of a shot's first take, where the storyboard leaves it open.
CREATE TABLE seed (
  storyboard TEXT NOT NULL,
  shot TEXT NOT NULL,
  base INTEGER NOT NULL,
  PRIMARY KEY (storyboard, shot)
) STRICT;
-- A prediction that was named where nobody can tell whether it is the submission's own.
ALTER TABLE submission ADD COLUMN candidate_id TEXT;
-- Who is sending these bytes; null when they have arrived.
ALTER TABLE upload ADD COLUMN owner TEXT;
`,
];

/**
 * Opens a store's journal. Every commit is synced to the disk before it returns (`synchronous = FULL`): what the
 * journal says has happened has happened, also after a power cut.
 */
export async function openDatabase(folder: string): Promise<Database> {
  await makeFolder(folder);
  const file = journalFile(folder);
  const { default: Libsql } = await import('libsql');
  return guarded(file, () => {
    const database = new Libsql(file);
    database.pragma('busy_timeout = 30000');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    prepare(database, file);
    return database;
  });
}

/** Compiles each statement once: the same few run for every shot. */
export type Prepare = (sql: string) => Statement;

export function preparing(database: Database): Prepare {
  const statements = new Map<string, Statement>();
  return sql => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
}

function prepare(database: Database, file: string): void {
  if (versionOf(database) < MIGRATIONS.length) {
    transaction(database, () => {
      // Asked again: another process may have been faster.
      for (const migration of MIGRATIONS.slice(versionOf(database))) database.exec(migration);
      database.pragma(`user_version = ${MIGRATIONS.length}`);
    });
  }
  const version = versionOf(database);
  if (version === MIGRATIONS.length) return;
  throw new Failure('journal-newer', `${file} was written by a newer storyreel (format ${version})`, {
    hint: 'Use that version of storyreel: the journal says what was paid for.',
  });
}

function versionOf(database: Database): number {
  const [row] = database.pragma('user_version') as [{ user_version: number }];
  return row.user_version;
}

export async function journalExists(folder: string): Promise<boolean> {
  try {
    return (await fs.stat(journalFile(folder))).size > 0;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/** All or nothing, and alone: readers see what was before until it is committed and synced. */
export function transaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back itself, as it does when the disk is full.
    }
    throw error;
  }
}

/** Turns SQLite's errors into Failures that say what to do. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error, file, 'the journal', JOURNAL_ERRORS);
  }
}

/** It knows of money: whatever is in its place, nothing is made anew there. */
const RESTORE =
  'Restore it from a backup. Without one, move it away, and `journal.db-wal` and `-shm` beside it, and run `storyreel reconcile`: it lists what the service knows of the last days.';

const JOURNAL_ERRORS: SqliteErrors = {
  folder: {
    code: 'is-a-folder',
    what: 'it is a folder, not a file',
    hint: 'Move the folder away. If anything was bought with this store, restore the journal from a backup.',
  },
  SQLITE_BUSY: {
    code: 'journal-busy',
    what: 'another process has held it for half a minute',
    hint: 'Wait for the other storyreel, or end it, then run the same command again.',
    exitCode: EXIT.storeInUse,
  },
  SQLITE_CORRUPT: { code: 'journal-broken', what: 'it is damaged', hint: RESTORE },
  SQLITE_NOTADB: { code: 'journal-broken', what: 'it is not a journal', hint: RESTORE },
};
