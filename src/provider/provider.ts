/**
 * The seam behind which clips are made: free on this machine (animatic/), or bought from a service.
 * A provider turns one job into one video file; it knows nothing of stores, plans or terminals.
 */
import type { Key } from '../plan/key.ts';
import type { MediaUse, Request } from '../plan/request.ts';
import type { ClipFormat, Labels } from '../plan/take.ts';

export type { ClipFormat, Labels };

/** One of the request's media fields, with the file on this machine that has these bytes. */
export interface JobMedia extends MediaUse {
  /** Absolute path. Untrusted content: any bytes may be in it. */
  readonly path: string;
}

export interface Job {
  readonly key: Key;
  readonly request: Request;
  readonly labels: Labels;
  readonly media: readonly JobMedia[];
  /** What the model is to deliver. */
  readonly output: ClipFormat;
}

export interface CollectContext {
  /** Where the clip is to be written; the folder exists, the file does not. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

export interface Provider {
  readonly name: string;
  /** Set for local renderers: their drawing is part of the clip's key. Null for a remote service. */
  readonly version: string | null;
  /** Whether a submission costs money. What is free is neither confirmed nor locked. */
  readonly priced: boolean;
  /** True if `Labels` are drawn into the picture. */
  readonly drawsLabels: boolean;
  /**
   * Orders the clip. Called at most once per job by anyone: for a priced provider this is the moment that
   * money is spent. Free providers return at once and do the work in `collect`.
   */
  submit(job: Job, signal: AbortSignal): Promise<Submission>;
  /** Waits for the clip of a submission and writes it to `context.file`. May be called again after a crash. */
  collect(job: Job, submission: Submission, context: CollectContext): Promise<void>;
}

export interface Submission {
  /** The service's own id, by which a paid clip is found again; null where nothing was ordered. */
  readonly predictionId: string | null;
}
