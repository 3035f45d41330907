import type { FailureCode } from '../../explanations/explanations.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Micros } from '../../model/money.ts';
import type { Key, Sha256 } from '../../plan/key.ts';
import { type Caps, refuseOverCaps } from './caps.ts';
import { Commits } from './commits.ts';
import {
  type Database,
  guarded,
  journalExists,
  journalFile,
  openDatabase,
  type Prepare,
  preparing,
  transaction,
} from './database.ts';
import { DrawnSeeds } from './drawn-seeds.ts';
import { isAlive, LEASE_MS, newOwner } from './owner.ts';
import type { Columns } from './row.ts';
import {
  isOnItsWay,
  mayBeRecoverable,
  OPEN_STATES,
  type Order,
  type Submission,
  type SubmissionState,
  type Sums,
  sumCharges,
} from './submission.ts';
import { SubmissionRows } from './submission-rows.ts';

/** What the journal lets a run do about a key. */
export type Claim =
  /** Nothing stands in the way of submitting; `replaces` is what the new submission would take the place of. */
  | { readonly kind: 'open'; readonly replaces: Submission | null }
  /** Ours to carry on: it is `submitted`, `completed` or `unknown`. */
  | { readonly kind: 'ours'; readonly submission: Submission }
  /** Another process is at it. */
  | { readonly kind: 'elsewhere'; readonly submission: Submission }
  /** Ended: `stored`, `failed` or `abandoned`. */
  | { readonly kind: 'ended'; readonly submission: Submission };

export interface ClaimWish {
  /** The failed or abandoned submission that its author wants replaced, by its id: that one, and no later one. */
  readonly replaces: number | null;
  /** The clip was stored, and is no longer there. */
  readonly clipIsLost: boolean;
}

/** What a late answer must not undo. */
const FROM = {
  completed: ['submitted', 'completed'],
  stored: ['submitted', 'completed'],
  rejected: ['intent', 'unknown'],
  failed: ['submitted', 'completed'],
  unknown: ['intent', 'unknown'],
  abandoned: ['intent', 'unknown', 'submitted', 'completed'],
} as const;

/** Called before and after each change of state, with `before-stored` and the like. Tests kill the process there. */
export type Checkpoint = (point: `${'before' | 'after'}-${SubmissionState}`) => void;

/**
 * Everything that was bought, and everything that may have been: one row for each attempt. It is what makes
 * paying twice impossible across crashes and processes: one submission counts for each key, it is written and
 * synced before anything is sent, and only its owner may carry it on.
 */
export class Journal {
  /** This run's name: whoever holds it owns the rows that bear it. */
  readonly run: string = newOwner();
  private readonly database: Database;
  private readonly file: string;
  private readonly checkpoint: Checkpoint;
  private readonly commits: Commits;
  private readonly prepare: Prepare;
  private readonly rows: SubmissionRows;
  /** Of shots that leave theirs open. */
  readonly seeds: DrawnSeeds;

  private constructor(database: Database, file: string, checkpoint: Checkpoint) {
    this.database = database;
    this.file = file;
    this.checkpoint = checkpoint;
    this.commits = new Commits(database, file);
    this.prepare = preparing(database);
    this.rows = new SubmissionRows(this.prepare, file);
    this.seeds = new DrawnSeeds(this.prepare, file);
  }

  /** Opens the journal of a store; makes it. Throws a Failure if it cannot be used. */
  static async open(folder: string, checkpoint: Checkpoint = () => {}): Promise<Journal> {
    return new Journal(await openDatabase(folder), journalFile(folder), checkpoint);
  }

  /** The journal of a store that has one: where nothing was ever bought, there is nothing to read. */
  static async openExisting(folder: string): Promise<Journal | null> {
    return (await journalExists(folder)) ? await Journal.open(folder) : null;
  }

  close(): void {
    this.database.close();
  }

  /** Whom everything was bought from; null before the first purchase. */
  service(): string | null {
    return guarded(this.file, () => {
      const row = this.prepare('SELECT name FROM service').get() as { name: string } | undefined;
      return row?.name ?? null;
    });
  }

  /** A store is bought from one service: clips of a rehearsal must never pass for bought ones. */
  bindTo(service: string): void {
    this.transaction(() => {
      this.prepare('INSERT OR IGNORE INTO service (id, name) VALUES (1, ?)').run(service);
    });
    refuseOtherService(this.service(), service);
  }

  /** The submission that counts for a key. */
  of(key: Key): Submission | null {
    return this.rows.where('WHERE key = ? AND current = 1', key)[0] ?? null;
  }

  /** The submissions that count, by key. */
  current(): Map<Key, Submission> {
    return new Map(this.rows.where('WHERE current = 1').map(submission => [submission.key, submission]));
  }

  /** Every submission there ever was, oldest first; of one storyboard, or of all. */
  all(storyboard?: string): Submission[] {
    return storyboard === undefined
      ? this.rows.where('ORDER BY id')
      : this.rows.where('WHERE storyboard = ? ORDER BY id', storyboard);
  }

  /** Who holds a prediction, if anyone does. */
  holderOf(provider: string, predictionId: string): Submission | null {
    return this.rows.where('WHERE provider = ? AND prediction_id = ?', provider, predictionId)[0] ?? null;
  }

  /** What was spent: by a run, or in all. */
  sums(run?: string): Sums {
    return guarded(this.file, () => {
      const select = 'SELECT state, sum(charge_micros) AS chargeMicros FROM submission';
      const states =
        run === undefined
          ? this.prepare(`${select} GROUP BY state`).all()
          : this.prepare(`${select} WHERE run = ? GROUP BY state`).all(run);
      return sumCharges(states as Pick<Submission, 'state' | 'chargeMicros'>[]);
    });
  }

  /**
   * Asks what is to be done about a key, and takes over what nobody works on any more. An intent whose owner is
   * gone may or may not have been sent: from here on it is `unknown`.
   */
  claim(key: Key, wish: ClaimWish): Claim {
    if (this.of(key) === null) return { kind: 'open', replaces: null }; // `intend` looks again
    return this.transaction((): Claim => {
      const submission = this.of(key);
      if (submission === null) return { kind: 'open', replaces: null };
      const { id, state } = submission;
      if (isOthers(submission, this.run)) return { kind: 'elsewhere', submission };
      if (OPEN_STATES.has(state)) return { kind: 'ours', submission: this.takeOver(submission) };
      if (state === 'rejected') return { kind: 'open', replaces: submission };
      const goesOn = state === 'stored' ? wish.clipIsLost : wish.replaces === id;
      if (!goesOn) return { kind: 'ended', submission };
      if (state !== 'stored' || !mayBeRecoverable(submission)) return { kind: 'open', replaces: submission };
      return { kind: 'ours', submission: this.takeOver(this.rows.update(id, { state: 'submitted' })) };
    });
  }

  /**
   * Writes down that this is about to be submitted: committed and synced when this resolves. Null if another
   * process was faster. Throws a Failure, and writes nothing, if it would cost more than may be spent.
   */
  async intend(order: Order, caps: Caps, replaces: Submission | null): Promise<Submission | null> {
    this.checkpoint('before-intent');
    const intent = await this.commits.add(() => {
      const before = this.of(order.key);
      if (before?.id !== replaces?.id || before?.state !== replaces?.state) return null;
      refuseOverCaps(order, caps, this.run, this.rows);
      // A refused attempt cost nothing and says nothing: the next one takes its row.
      if (before?.state === 'rejected') this.rows.remove(before.id);
      else if (before !== null) this.rows.update(before.id, { current: null });
      return this.rows.insert(order, this.run);
    });
    this.checkpoint('after-intent');
    return intent;
  }

  /**
   * The service accepted it. Throws RangeError if another submission holds that prediction already: then the
   * answer was wrong, and nobody knows what became of this one.
   */
  async submitted(
    { id }: Submission,
    predictionId: string,
    submittedAt: number = Date.now(),
  ): Promise<Submission> {
    const now = Math.min(Date.now(), submittedAt);
    return await this.change(id, 'submitted', null, () => {
      this.refuseTaken(this.rows.get(id), predictionId);
      return {
        prediction_id: predictionId,
        submitted_at: now,
        error_code: null,
        error_message: null,
        settled_at: null,
      };
    });
  }

  /**
   * The service's history says that a prediction was made of this submission's body, and another one holds it: its
   * answer had named the wrong id. The other one's outcome is unknown from here on.
   */
  async reassigned(
    submission: Submission,
    predictionId: string,
    wrongHolder: Submission,
  ): Promise<Submission> {
    await this.commits.add(() => {
      if (this.rows.get(wrongHolder.id).predictionId !== predictionId) return;
      this.rows.update(wrongHolder.id, {
        state: 'unknown',
        prediction_id: null,
        output_url: null,
        clip: null,
        settled_at: null,
        error_code: 'duplicate-id',
        error_message: 'the answer to it named the prediction of another clip',
      });
    });
    return await this.submitted(submission, predictionId, submission.intendedAt);
  }

  /**
   * Its author says which prediction it is. One that had another prediction keeps it, and what that cost: the clip
   * comes from a second purchase then. Throws RangeError if another submission holds that prediction.
   */
  adopted(submission: Submission, predictionId: string): Submission {
    return this.transaction(() => {
      const before = this.rows.get(submission.id);
      this.refuseTaken(before, predictionId);
      // An id that was adopted before and never fetched was mistyped: nothing was bought under it.
      const isCorrection = before.adopted && isOnItsWay(before);
      const isSecond = before.predictionId !== null && before.predictionId !== predictionId && !isCorrection;
      if (isSecond) this.rows.update(before.id, { current: null });
      const { priceMicros: micros, priceSource: source, intendedAt } = before;
      const { id } = isSecond ? this.rows.insert({ ...before, price: { micros, source } }, this.run) : before;
      return this.rows.update(id, {
        ...{ state: 'submitted', adopted: 1, owner: null, charge_micros: micros },
        ...{ prediction_id: predictionId, submitted_at: before.submittedAt ?? intendedAt },
        ...{ error_code: null, error_message: null, settled_at: null },
      });
    });
  }

  async completed({ id }: Submission, outputUrl: string): Promise<Submission> {
    return await this.change(id, 'completed', FROM.completed, () => ({ output_url: outputUrl }));
  }

  async stored({ id }: Submission, clip: Sha256): Promise<Submission> {
    const columns = () => ({
      clip,
      output_url: null, // signed, and of no more use
      error_code: null,
      error_message: null,
      ...atItsEnd(),
    });
    return await this.change(id, 'stored', FROM.stored, columns);
  }

  /** Certainly not accepted: it cost nothing, and may be tried again. */
  async rejected({ id }: Submission, code: FailureCode, message: string): Promise<Submission> {
    return await this.change(id, 'rejected', FROM.rejected, () => ({
      charge_micros: 0,
      error_code: code,
      error_message: message,
      ...atItsEnd(),
    }));
  }

  /** Accepted, but there is no clip. `chargeMicros`: what it is thought to cost all the same. */
  async failed(
    { id }: Submission,
    code: FailureCode,
    message: string,
    chargeMicros: Micros,
  ): Promise<Submission> {
    return await this.change(id, 'failed', FROM.failed, () => ({
      charge_micros: chargeMicros,
      error_code: code,
      error_message: message,
      ...atItsEnd(),
    }));
  }

  /** Nobody knows whether it was accepted. Held until its prediction is found or its author settles it. */
  async unknown(
    { id }: Submission,
    code: FailureCode,
    message: string,
    candidateId: string | null = null,
  ): Promise<Submission> {
    return await this.change(id, 'unknown', FROM.unknown, () => ({
      error_code: code,
      error_message: message,
      candidate_id: candidateId,
    }));
  }

  /** Its author gave it up. Its price stays counted: it may have been charged. */
  async abandoned({ id }: Submission, { again }: { readonly again: boolean }): Promise<Submission> {
    return await this.change(id, 'abandoned', FROM.abandoned, () => ({
      current: again ? null : 1,
      ...atItsEnd(),
    }));
  }

  /** Sets what the service says it charged. */
  charge({ id }: Submission, micros: Micros): void {
    this.transaction(() => this.rows.update(id, { charge_micros: micros }));
  }

  /**
   * A purchase that another machine made, known by its lock entry: written down so that it can be carried on. False
   * if the journal knew it already.
   */
  adoptLocked(order: Order, predictionId: string): boolean {
    return this.transaction(() => {
      if (this.of(order.key) !== null || this.holderOf(order.provider, predictionId) !== null) return false;
      const { id } = this.rows.insert(order, this.run);
      this.rows.update(id, { state: 'submitted', prediction_id: predictionId, run: 'lock', owner: null });
      return true;
    });
  }

  /** Says that this run is still at work. Cheap; called every few seconds. */
  renew(): void {
    this.transaction(() =>
      this.prepare('UPDATE submission SET lease_until = ? WHERE owner = ?').run(
        Date.now() + LEASE_MS,
        this.run,
      ),
    );
  }

  /** Lets go of a submission, or of all that this run owns, so that others need not wait for its lease. */
  release(submission?: Submission): void {
    this.transaction(() =>
      submission === undefined
        ? this.prepare('UPDATE submission SET owner = NULL WHERE owner = ?').run(this.run)
        : this.prepare('UPDATE submission SET owner = NULL WHERE id = ? AND owner = ?').run(
            submission.id,
            this.run,
          ),
    );
  }

  /** Paid for by this run or taken over by it, and not yet here. */
  inFlight(): number {
    return this.rows.where("WHERE owner = ? AND state IN ('submitted', 'completed')", this.run).length;
  }

  /** Whether another process is at work on a key. */
  isElsewhere(key: Key): boolean {
    const submission = this.of(key);
    return submission !== null && isOthers(submission, this.run);
  }

  /** Runs something while no other process does the same: sync, and short. */
  alone<T>(work: () => T): T {
    return this.transaction(work);
  }

  /** `from`: the states that this may follow; in any other one, somebody else has settled it, and it stays as it is. */
  private async change(
    id: number,
    state: SubmissionState,
    from: readonly SubmissionState[] | null,
    columns: () => Columns,
  ): Promise<Submission> {
    this.checkpoint(`before-${state}`);
    const submission = await this.commits.add(
      () => this.rows.updateFrom(from, id, { ...columns(), state }) ?? this.rows.get(id),
    );
    this.checkpoint(`after-${state}`);
    return submission;
  }

  private refuseTaken({ id, provider }: Submission, predictionId: string): void {
    const holder = this.holderOf(provider, predictionId);
    if (holder === null || holder.id === id) return;
    throw new RangeError(`prediction ${predictionId} belongs to ${holder.shot} take ${holder.take}`);
  }

  private takeOver({ id, state }: Submission): Submission {
    const lease = { owner: this.run, lease_until: Date.now() + LEASE_MS };
    if (state !== 'intent') return this.rows.update(id, lease);
    const message = 'the process ended while it was submitting';
    return this.rows.update(id, {
      ...lease,
      state: 'unknown',
      error_code: 'interrupted',
      error_message: message,
    });
  }

  private transaction<T>(work: () => T): T {
    return guarded(this.file, () => transaction(this.database, work));
  }
}

/** Not ended, and another process is at it. */
function isOthers({ state, owner, leaseUntil }: Submission, run: string): boolean {
  return OPEN_STATES.has(state) && owner !== run && isAlive(owner, leaseUntil);
}

/** Of a submission that has come to its end: nobody works on it any more. */
function atItsEnd() {
  return { owner: null, settled_at: Date.now() };
}

/** Throws a Failure if what is in a store was bought from somebody else. */
export function refuseOtherService(bound: string | null, service: string): void {
  if (bound === null || bound === service) return;
  throw new Failure('other-service', `what is in this store was bought from ${bound}, not from ${service}`, {
    // Not with --store: the lock file beside the storyboard would take rehearsed clips for bought ones.
    hint: 'Each needs a project of its own: rehearse in a copy of this one.',
    exitCode: EXIT.refused,
  });
}
