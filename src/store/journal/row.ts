import type { FailureCode } from '../../explanations/explanations.ts';
import type { Micros } from '../../model/money.ts';
import type { Price } from '../../model/price.ts';
import type { Key, Sha256 } from '../../plan/key.ts';
import type { Order, Submission, SubmissionState } from './submission.ts';

/** The columns that change in the life of a submission. */
export interface Columns {
  state?: SubmissionState;
  current?: 1 | null;
  charge_micros?: Micros;
  prediction_id?: string | null;
  candidate_id?: string | null;
  output_url?: string | null;
  clip?: string | null;
  error_code?: FailureCode | null;
  error_message?: string | null;
  adopted?: 1 | 0;
  owner?: string | null;
  lease_until?: number;
  run?: string;
  submitted_at?: number | null;
  settled_at?: number | null;
}

/** A row as SQLite gives it. */
export interface Row extends Required<Columns> {
  id: number;
  key: string;
  state: SubmissionState;
  provider: string;
  model: string;
  storyboard: string;
  scene: string | null;
  shot: string;
  take: number;
  payload: string;
  price_micros: Micros;
  price_source: Price['source'];
  intended_at: number;
}

export function fromRow(row: Row): Submission {
  return {
    id: row.id,
    key: row.key as Key,
    state: row.state,
    current: row.current === 1,
    provider: row.provider,
    model: row.model,
    storyboard: row.storyboard,
    scene: row.scene,
    shot: row.shot,
    take: row.take,
    payload: JSON.parse(row.payload) as Order['payload'],
    priceMicros: row.price_micros,
    priceSource: row.price_source,
    chargeMicros: row.charge_micros,
    predictionId: row.prediction_id,
    candidateId: row.candidate_id,
    outputUrl: row.output_url,
    clip: row.clip as Sha256 | null,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    adopted: row.adopted === 1,
    owner: row.owner,
    leaseUntil: row.lease_until,
    intendedAt: row.intended_at,
    submittedAt: row.submitted_at,
    settledAt: row.settled_at,
  };
}
