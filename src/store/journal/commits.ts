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
  private readonly statements = new Map<string, Statement>();
  private waiting: Waiting[] = [];

  constructor(database: Database, file: string) {
    this.database = database;
    this.file = file;
  }

  add<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ work, resolve, reject });
    });
  }

  private run(sql: string): void {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    statement.run();
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
    this.run('SAVEPOINT one');
    try {
      const result = work();
      this.run('RELEASE one');
      return () => resolve(result as never);
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      this.run('ROLLBACK TO one');
      this.run('RELEASE one');
      return () => reject(error);
    }
  }
}

function isOfDatabase(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code ?? '').startsWith('SQLITE_');
}
