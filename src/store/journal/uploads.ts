import type { Sha256 } from '../../plan/key.ts';
import {
  type Database,
  guarded,
  journalFile,
  openDatabase,
  type Prepare,
  preparing,
  transaction,
} from './database.ts';
import { isAlive, LEASE_MS, newOwner } from './owner.ts';

/** What a service has of our files: the same bytes are sent once while their address lives. */
export class Uploads {
  private readonly database: Database;
  private readonly file: string;
  private readonly prepare: Prepare;
  private readonly owner = newOwner();

  private constructor(database: Database, file: string) {
    this.database = database;
    this.file = file;
    this.prepare = preparing(database);
  }

  static async open(storeFolder: string): Promise<Uploads> {
    return new Uploads(await openDatabase(storeFolder), journalFile(storeFolder));
  }

  close(): void {
    this.database.close();
  }

  /** Where the service has these bytes; null if it has them no more. */
  find(host: string, sha256: Sha256): string | null {
    return guarded(this.file, () => {
      const row = this.prepare(
        'SELECT url FROM upload WHERE host = ? AND sha256 = ? AND expires_at > ? AND owner IS NULL',
      ).get(host, sha256, Date.now()) as { url: string } | undefined;
      return row?.url ?? null;
    });
  }

  /** Says that we are sending these bytes now; false if another process does, or has. Said again, it lasts longer. */
  begin(host: string, sha256: Sha256): boolean {
    return guarded(this.file, () =>
      transaction(this.database, () => {
        const under = this.prepare(
          'SELECT owner, expires_at AS until FROM upload WHERE host = ? AND sha256 = ?',
        ).get(host, sha256) as { owner: string | null; until: number } | undefined;
        const isThere = under?.owner === null && under.until > Date.now();
        const isOthers =
          under?.owner != null && under.owner !== this.owner && isAlive(under.owner, under.until);
        if (isThere || isOthers) return false;
        this.prepare(
          'INSERT OR REPLACE INTO upload (host, sha256, url, expires_at, owner) VALUES (?, ?, ?, ?, ?)',
        ).run(host, sha256, '', Date.now() + LEASE_MS, this.owner);
        return true;
      }),
    );
  }

  /** It did not work out: whoever comes next may try. */
  giveUp(host: string, sha256: Sha256): void {
    guarded(this.file, () =>
      this.prepare('DELETE FROM upload WHERE host = ? AND sha256 = ? AND owner = ?').run(
        host,
        sha256,
        this.owner,
      ),
    );
  }

  /** `expiresAt`: milliseconds since 1970. */
  note(host: string, sha256: Sha256, url: string, expiresAt: number): void {
    guarded(this.file, () =>
      this.prepare('INSERT OR REPLACE INTO upload (host, sha256, url, expires_at) VALUES (?, ?, ?, ?)').run(
        host,
        sha256,
        url,
        expiresAt,
      ),
    );
  }

  /** The service could not reach them. */
  forget(host: string, urls: readonly string[]): void {
    guarded(this.file, () =>
      transaction(this.database, () => {
        const forget = this.prepare('DELETE FROM upload WHERE host = ? AND url = ?');
        for (const url of urls) forget.run(host, url);
      }),
    );
  }
}
