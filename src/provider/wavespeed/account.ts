import { EXIT, Failure } from '../../failure.ts';
import { dollarsToMicros, type Micros, MOST_FOR_ONE_CLIP } from '../../model/money.ts';
import type { Json } from '../../plan/request.ts';
import type { Bill, Payload, RemotePrediction } from '../provider.ts';
import { asObject, numberOf, type PredictionAnswer, readPrediction, readRows } from './answers.ts';
import type { Api } from './api.ts';

/**
 * What a clip would be charged now; null where the service does not say it in a way that can be relied on. Throws a
 * Failure for a price that no clip has: our own table must not stand in for what may be meant.
 */
export async function quote(
  api: Api,
  model: string,
  inputs: Payload,
  signal: AbortSignal,
): Promise<Micros | null> {
  const { status, data } = await api.ask('model/price', { model_id: model, inputs }, signal);
  const answer = asObject(data);
  if (status !== 200 || answer === null) return null;
  if (answer.currency !== undefined && answer.currency !== 'USD') return null;
  // The discounted price is what is paid.
  const price = numberOf(answer.discounted_price ?? answer.price);
  if (price !== null && price * 1e6 > MOST_FOR_ONE_CLIP) {
    throw new Failure('not-told', `WaveSpeed asks $${price} for a clip of ${model}: no clip costs that`, {
      hint: 'Nothing was submitted. Run the same command again later; if this repeats, ask WaveSpeed.',
      exitCode: EXIT.refused,
    });
  }
  const micros = toMicros(price);
  return micros === 0 ? null : micros; // nothing is free here: a zero is a missing price
}

/** What the account has left; null where the service does not say. A debt is nothing left. */
export async function balance(api: Api, signal: AbortSignal): Promise<Micros | null> {
  const { status, data } = await api.get('balance', signal);
  const dollars = numberOf(asObject(data)?.balance);
  if (status !== 200 || dollars === null) return null;
  return toMicros(Math.max(0, dollars));
}

const PAGE_SIZE = 100;
const MAX_PAGES = 100;

/**
 * The account's predictions since a time, newest first. Pages shift while they are read, because new predictions
 * push the older ones down: rows that come twice count once. `keep` takes of each row what is needed, or nothing.
 */
export async function predictionsSince<T>(
  api: Api,
  since: number,
  signal: AbortSignal,
  keep: (prediction: PredictionAnswer & { id: string }) => T | null,
  model?: string,
): Promise<T[]> {
  const found = new Map<string, T | null>();
  const question = {
    ...(model === undefined ? {} : { model }),
    created_after: new Date(since).toISOString(),
  };
  for await (const rows of pagesOf(api, 'predictions', question, 'its history', signal)) {
    let older = true;
    for (const row of rows) {
      const prediction = readPrediction(row);
      if (prediction?.id == null) continue;
      if ((prediction.createdAt ?? Number.POSITIVE_INFINITY) >= since) {
        older = false;
        if (!found.has(prediction.id)) found.set(prediction.id, keep({ ...prediction, id: prediction.id }));
      }
    }
    if (older) break;
  }
  return [...found.values()].filter(kept => kept !== null) as T[];
}

/**
 * The pages of a list. A page that is not full is no end: a service may give fewer rows than it is asked for. One that
 * knows no pages gives the same again.
 */
async function* pagesOf(
  api: Api,
  path: string,
  question: Readonly<Record<string, Json>>,
  what: string,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  let [before, wasFull] = ['', true];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const asked = { ...question, page, page_size: PAGE_SIZE };
    const { status, data, message } = await api.ask(path, asked, signal);
    const rows = readRows(data);
    if (status !== 200 || rows === null) {
      // Behind the last page there may be none that could be asked for.
      if (!wasFull && status < 500 && status !== 429) return;
      throw notTold(what, message);
    }
    const text = JSON.stringify(rows);
    if (rows.length === 0 || text === before) return;
    yield rows;
    before = text;
    wasFull = rows.length >= PAGE_SIZE;
  }
}

/** One that is there, and of this model as far as the service says. */
export async function knows(
  api: Api,
  model: string,
  predictionId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { status, data } = await api.get(`predictions/${encodeURIComponent(predictionId)}/result`, signal);
  const prediction = readPrediction(data);
  return status === 200 && prediction?.id === predictionId && (prediction.model ?? model) === model;
}

export async function history(api: Api, since: number, signal: AbortSignal): Promise<RemotePrediction[]> {
  return await predictionsSince(api, since, signal, ({ id, model, status, createdAt }) => ({
    id,
    model: model ?? '',
    status,
    createdAt,
  }));
}

/** Bills are asked for in portions. */
const BILLS_AT_ONCE = 50;

export async function bills(
  api: Api,
  predictionIds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Bill>> {
  const found = new Map<string, Bill>();
  for (let start = 0; start < predictionIds.length; start += BILLS_AT_ONCE) {
    const uuids = predictionIds.slice(start, start + BILLS_AT_ONCE);
    const seen = new Set<string>();
    const question = { prediction_uuids: uuids };
    for await (const rows of pagesOf(api, 'billings/search', question, 'its bills', signal))
      for (const row of rows) addBill(found, row, seen);
  }
  return found;
}

function addBill(found: Map<string, Bill>, row: unknown, seen: Set<string>): void {
  const object = asObject(row);
  const order = asObject(object?.order);
  const id =
    object?.prediction_uuid ?? object?.prediction_id ?? order?.prediction_uuid ?? order?.prediction_id;
  const price = numberOf(object?.price);
  if (typeof id !== 'string' || object === null || price === null) return;
  const name = object.uuid ?? object.id;
  if (typeof name === 'string' || typeof name === 'number') {
    if (seen.has(String(name))) return; // pages shift
    seen.add(String(name));
  }
  const micros = toMicros(Math.abs(price)) ?? 0;
  const refund =
    price < 0 || (typeof object.billing_type === 'string' && /refund/i.test(object.billing_type));
  const { chargedMicros, refundedMicros } = found.get(id) ?? { chargedMicros: 0, refundedMicros: 0 };
  if (chargedMicros + refundedMicros + micros > MOST_FOR_ONE_CLIP) return; // it is no bill
  found.set(id, {
    chargedMicros: chargedMicros + (refund ? 0 : micros),
    refundedMicros: refundedMicros + (refund ? micros : 0),
  });
}

/** Null for what is no amount of money. */
function toMicros(value: unknown): Micros | null {
  const dollars = numberOf(value);
  if (dollars === null || dollars < 0 || dollars >= 1e8) return null;
  return dollarsToMicros(dollars);
}

function notTold(what: string, message: string): Failure {
  return new Failure('not-told', `WaveSpeed does not tell ${what}: ${message}`, {
    hint: 'Run the same command again later.',
  });
}
