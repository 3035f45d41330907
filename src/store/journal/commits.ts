import { type Database, guarded, type Statement, transaction } from './database.ts';

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits what is written in the same turn of the event loop together: one wait for the disk where fifty shots go
 * on at once. Each piece of work succeeds or fails for itself; it is settled when it is on the disk, and not before.
 */
export class Commits {
  private readonly database: Database;
  private readonly file: string;
  private readonly begin: Statement;
  private readonly keep: Statement;
  private readonly undo: Statement;
  private waiting: Waiting[] = [];

  constructor(database: Database, file: string) {
    this.database = database;
    this.file = file;
    this.begin = database.prepare('SAVEPOINT one');
    this.keep = database.prepare('RELEASE one');
    this.undo = database.prepare('ROLLBACK TO one');
  }

  add<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.waiting.push({ work, resolve, reject }) === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    const outcomes: (() => void)[] = [];
    try {
      guarded(this.file, () =>
        transaction(this.database, () => {
          for (const one of batch) outcomes.push(this.attempt(one));
        }),
      );
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const settle of outcomes) settle();
  }

  /** What fails is undone, and leaves the others as they are. A mistake of the database fails them all. */
  private attempt({ work, resolve, reject }: Waiting): () => void {
    this.begin.run();
    try {
      const result = work();
      this.keep.run();
      return () => resolve(result as never);
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      this.undo.run();
      this.keep.run();
      return () => reject(error);
    }
  }
}

function isOfDatabase(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code ?? '').startsWith('SQLITE_');
}
