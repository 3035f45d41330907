import { type Database, guarded, type Statement, transaction } from './database.ts';

/** Long enough to bring some together, short enough not to be noticed. */
const SOON_MS = 50;

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
  private due: 'soon' | 'at once' | null = null;

  constructor(database: Database, file: string) {
    this.database = database;
    this.file = file;
    this.begin = database.prepare('SAVEPOINT one');
    this.keep = database.prepare('RELEASE one');
    this.undo = database.prepare('ROLLBACK TO one');
  }

  /** `soon`: what nobody waits for with an open connection, and which a crash may forget, comes with the next. */
  add<T>(work: () => T, when: 'soon' | 'at once' = 'at once'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ work, resolve, reject });
      if (when === 'at once' && this.due !== 'at once') setImmediate(() => this.flush());
      else if (this.due === null) setTimeout(() => this.flush(), SOON_MS);
      if (this.due !== 'at once') this.due = when;
    });
  }

  private flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    this.due = null;
    if (batch.length === 0) return;
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
