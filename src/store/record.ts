import type { Key, Sha256 } from '../plan/key.ts';
import type { RenderedMedia } from '../plan/reasons.ts';
import type { Json } from '../plan/request.ts';
import type { Labels } from '../plan/take.ts';

/** What is known of a rendered clip: one file, `records/<2 hex>/<key>.json`. */
export interface ClipRecord {
  readonly version: 1;
  readonly key: Key;
  readonly clip: {
    readonly sha256: Sha256;
    readonly bytes: number;
    readonly width: number;
    readonly height: number;
    readonly durationSeconds: number;
    readonly audio: boolean;
  };
  readonly provider: string;
  readonly providerVersion: string | null;
  readonly model: string;
  /** The request's inputs, with digests for media. */
  readonly inputs: Readonly<Record<string, Json>>;
  readonly references: readonly RenderedMedia[];
  readonly predictionId: string | null;
  /** Dollars that were paid. */
  readonly cost: string;
  /** What is written in the picture, where the provider draws it; another name needs another picture. */
  readonly labels: Labels | null;
}

/** Reads a record's text; null if it is none: the clip is then rendered again, or found through the lock. */
export function parseRecord(text: string): ClipRecord | null {
  try {
    const record = JSON.parse(text) as ClipRecord;
    const sound =
      record.version === 1 && /^[0-9a-f]{64}$/.test(record.clip.sha256) && typeof record.inputs === 'object';
    return sound ? record : null;
  } catch {
    return null;
  }
}
