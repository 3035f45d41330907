import type { Payload } from '../provider.ts';
import { predictionsSince } from './account.ts';
import { isMadeOf } from './answers.ts';
import type { Api } from './api.ts';

interface Query {
  readonly model: string;
  readonly payload: Payload;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly resolve: (ids: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks for lost submissions in the service's history. Whoever asks while it is being read waits for the next
 * reading, and all who wait share that one: fifty answers that were lost together cost as many requests as one.
 */
export class HistorySearch {
  private readonly api: Api;
  private waiting: Query[] = [];
  private reading = false;

  constructor(api: Api) {
    this.api = api;
  }

  /** The ids of predictions of exactly this body. What does not tell its inputs is not taken for ours. */
  async find(
    model: string,
    payload: Payload,
    since: number,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const ids = await new Promise<readonly string[]>((resolve, reject) => {
      this.waiting.push({ model, payload, since, resolve, reject });
      if (!this.reading) void this.readAll(signal);
    });
    signal.throwIfAborted();
    return ids;
  }

  private async readAll(signal: AbortSignal): Promise<void> {
    this.reading = true;
    while (this.waiting.length > 0) {
      const queries = this.waiting;
      this.waiting = [];
      try {
        const found = await this.read(queries, signal);
        for (const query of queries) query.resolve(found.get(query) ?? []);
      } catch (error) {
        for (const { reject } of queries) reject(error);
      }
    }
    this.reading = false;
  }

  private async read(queries: readonly Query[], signal: AbortSignal): Promise<Map<Query, string[]>> {
    const models = new Set(queries.map(({ model }) => model));
    const since = Math.min(...queries.map(query => query.since));
    const found = new Map<Query, string[]>();
    const see = ({ id, model, inputs, createdAt }: Parameters<Parameters<typeof predictionsSince>[3]>[0]) => {
      for (const query of queries) {
        const isYounger = (createdAt ?? Number.POSITIVE_INFINITY) >= query.since;
        if (!isYounger || model !== query.model || inputs === null || !isMadeOf(inputs, query.payload))
          continue;
        found.set(query, [...(found.get(query) ?? []), id]);
      }
      return null;
    };
    const [only] = models;
    await predictionsSince(this.api, since, signal, see, models.size === 1 ? only : undefined);
    return found;
  }
}
