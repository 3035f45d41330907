import type { FailureCode } from '../explanations/explanations.ts';
import { type ExitCode, Failure } from '../failure.ts';
import { isFolder } from './make-folder.ts';

/** What SQLite said of a database, in our words. */
export interface SqliteError {
  readonly code: FailureCode;
  readonly what: string;
  readonly hint: string;
  readonly exitCode?: ExitCode;
}

/** By the beginnings of SQLite's names for them, or 'folder' where one stands in the place of the file. */
export type SqliteErrors = Readonly<Record<string, SqliteError>>;

/** Of whatever database; what is wrong with its content means something else for each. */
const ERRORS: SqliteErrors = {
  folder: {
    code: 'is-a-folder',
    what: 'it is a folder, not a file',
    hint: 'Move it away, then run the same command again.',
  },
  SQLITE_FULL: {
    code: 'disk-full',
    what: 'the disk is full',
    hint: 'Free some space, then run the same command again: what is paid for is found again.',
  },
  SQLITE_IOERR: {
    code: 'io-error',
    what: 'the disk reported an error',
    hint: 'Check the disk, then run the same command again: what is paid for is found again.',
  },
  SQLITE_READONLY: {
    code: 'not-permitted',
    what: 'it may not be written',
    hint: 'Make the store writable for you, or choose another with --store.',
  },
  SQLITE_CANTOPEN: {
    code: 'not-permitted',
    what: 'it cannot be opened',
    hint: 'Make the store writable for you, or choose another with --store.',
  },
};

/** SQLite's error as a Failure that says what to do; `own`: what only this database has to say. Others come back as they are. */
export function sqliteFailure(error: unknown, file: string, name: string, own: SqliteErrors): unknown {
  const code = sqliteCode(error);
  const known = Object.entries({ ...ERRORS, ...own }).find(([prefix]) =>
    prefix === 'folder' ? code !== '' && isFolder(file) : code.startsWith(prefix),
  )?.[1];
  if (known === undefined) return error;
  const { hint, exitCode } = known;
  return new Failure(known.code, `${name} ${file} cannot be used: ${known.what}`, {
    hint,
    cause: error,
    ...(exitCode === undefined ? {} : { exitCode }),
  });
}

/** SQLite's name for what went wrong; '' for what is no error of SQLite. */
export function sqliteCode(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // libsql gives no code for a file that cannot be opened.
  if (/unable to open/i.test(String(message))) return 'SQLITE_CANTOPEN';
  if (/database is locked/.test(String(message))) return 'SQLITE_BUSY';
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}
