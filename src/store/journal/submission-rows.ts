import type { Micros } from '../../model/money.ts';
import { guarded, type Prepare } from './database.ts';
import { LEASE_MS } from './owner.ts';
import { type Columns, fromRow, type Row } from './row.ts';
import type { Order, Submission, SubmissionState } from './submission.ts';

/** The rows of the journal, as they lie in its database: what may be written to them, and when, others know. */
export class SubmissionRows {
  private readonly prepare: Prepare;
  private readonly file: string;

  constructor(prepare: Prepare, file: string) {
    this.prepare = prepare;
    this.file = file;
  }

  /** The rows that a clause of SQL chooses. */
  where(clause: string, ...values: unknown[]): Submission[] {
    return guarded(this.file, () =>
      (this.prepare(`SELECT * FROM submission ${clause}`).all(...values) as Row[]).map(fromRow),
    );
  }

  get(id: number): Submission {
    const [submission] = this.where('WHERE id = ?', id);
    if (submission === undefined) throw new RangeError(`the journal has no submission ${id}`);
    return submission;
  }

  /** An intent of a run, which owns it. */
  insert(order: Order, run: string): Submission {
    const row = this.prepare(
      `INSERT INTO submission (key, current, state, provider, model, storyboard, scene, shot, take, payload,
         price_micros, price_source, charge_micros, run, owner, lease_until, intended_at)
       VALUES (?, 1, 'intent', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
    ).get(
      ...[order.key, order.provider, order.model, order.storyboard, order.scene, order.shot, order.take],
      ...[JSON.stringify(order.payload), order.price.micros, order.price.source, order.price.micros],
      ...[run, run, Date.now() + LEASE_MS, Date.now()],
    );
    return fromRow(row as Row);
  }

  update(id: number, columns: Columns): Submission {
    const updated = this.updateFrom(null, id, columns);
    if (updated === null) throw new RangeError(`the journal has no submission ${id}`);
    return updated;
  }

  /** Null if it is in none of these states. */
  updateFrom(from: readonly SubmissionState[] | null, id: number, columns: Columns): Submission | null {
    const names = Object.keys(columns);
    const set = names.map(name => `${name} = ?`).join(', ');
    const inState = from === null ? '' : ` AND state IN ('${from.join("', '")}')`;
    const update = this.prepare(`UPDATE submission SET ${set} WHERE id = ?${inState} RETURNING *`);
    const row = update.get(...names.map(name => columns[name as keyof Columns]), id) as Row | undefined;
    return row === undefined ? null : fromRow(row);
  }

  remove(id: number): void {
    this.prepare('DELETE FROM submission WHERE id = ?').run(id);
  }

  /** All that counts against a limit; read from the index alone. */
  charged(column: 'storyboard' | 'run', value: string): Micros {
    const row = this.prepare(`SELECT sum(charge_micros) AS micros FROM submission WHERE ${column} = ?`).get(
      value,
    ) as { micros: number | null };
    return row.micros ?? 0;
  }
}
