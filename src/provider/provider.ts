/**
 * The seam behind which clips are made: drawn on this machine (animatic/), or bought from a service (wavespeed/).
 * A provider knows nothing of stores, plans or terminals; when to call what is decided in render/.
 */
import type { Failure } from '../failure.ts';
import type { Micros } from '../model/money.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import type { Json, MediaUse, Request } from '../plan/request.ts';
import type { ClipFormat, Labels } from '../plan/take.ts';

export type { ClipFormat, Labels };

export type Provider = FreeProvider | PaidProvider;

/** One of the request's media fields, with the file on this machine that has these bytes. */
export interface JobMedia extends Omit<MediaUse, 'source'> {
  /** How messages call it. */
  readonly file: string;
  readonly sha256: Sha256;
  /** Absolute path. Untrusted content: any bytes may be in it. */
  readonly path: string;
  /** Of the file while it has these bytes; what is drawn is made of them alone, what is sent is hashed on its way. */
  readonly stamp?: string;
}

export interface Job {
  readonly key: Key;
  readonly request: Request;
  readonly labels: Labels;
  readonly media: readonly JobMedia[];
  /** Font files for what the built-in one cannot write: absolute paths. */
  readonly fonts: readonly string[];
  /** What the model is to deliver. */
  readonly output: ClipFormat;
}

export interface DrawContext {
  /** Where the clip is to be written; the folder exists, the file does not. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/** Renders here, for nothing: what is free is neither confirmed, journalled nor locked. */
export interface FreeProvider {
  readonly name: string;
  /** Its drawing is part of the clip's key. */
  readonly version: string;
  readonly priced: false;
  /** True if `Labels` are drawn into the picture. */
  readonly drawsLabels: boolean;
  /** The same job gives the same bytes. */
  draw(job: Job, context: DrawContext): Promise<void>;
}

/** The exact body of a submission. */
export type Payload = Readonly<Record<string, Json>>;

/** A service that charges for each clip. */
export interface PaidProvider {
  readonly name: string;
  /** A service's renderer has no version that we know. */
  readonly version: null;
  readonly priced: true;
  /** Whose money it is: the service's host, or 'a rehearsal'. */
  readonly service: string;
  readonly pace: Pace;
  /** Uploads what the request refers to, and composes the body. Costs nothing, and may be done again. */
  prepare(job: Job, signal: AbortSignal): Promise<Payload>;
  /**
   * Orders a clip: the moment in which money is spent. Sends the body once, whatever happens, and never throws for
   * what the network or the service does. Takes no signal: a request under way is let finish, to keep its id.
   */
  submit(model: string, payload: Payload): Promise<Answer>;
  /** The service could not read what was uploaded for it: next time it is uploaded anew. */
  forgetMedia(payload: Payload): void;
  /** The ids of predictions that the service made of exactly this body, since then (milliseconds since 1970). */
  findPredictions(
    model: string,
    payload: Payload,
    since: number,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Whether the service knows a prediction of this model by that id. */
  knows(model: string, predictionId: string, signal: AbortSignal): Promise<boolean>;
  /** Waits until a prediction has ended. */
  wait(prediction: { id: string; submittedAt: number | null }, context: WaitContext): Promise<Outcome>;
  /** Fetches a clip. Throws a Failure for anything but a whole file of the promised kind. */
  download(url: string, context: DownloadContext): Promise<{ sha256: Sha256; bytes: number }>;
  /** What a clip with these inputs would be charged now; null if the service does not say. */
  quote(model: string, inputs: Payload, signal: AbortSignal): Promise<Micros | null>;
  /** What the account has left, in micro-dollars; null if the service does not say. */
  balance(signal: AbortSignal): Promise<Micros | null>;
  /** What the service remembers of the account, newest first. */
  history(since: number, signal: AbortSignal): Promise<readonly RemotePrediction[]>;
  /** What was charged for predictions, and given back. */
  bills(predictionIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Bill>>;
  close(): void;
}

/** How a service wants to be treated; times in milliseconds. */
export interface Pace {
  /** When to look through the history after an answer got lost, counted from that moment. */
  readonly lookUps: readonly number[];
  /** How much earlier than our own a time of the service's clock may look. */
  readonly clockSkewMs: number;
  /** How long to hold submissions back when the service says "too many" and not for how long. */
  readonly busy: { readonly first: number; readonly most: number };
  /** When to try again what certainly did not happen, such as a request that could not be sent; one for each try. */
  readonly again: readonly number[];
}

/** What the answer to a submission means for the money. */
export type Answer =
  | { readonly kind: 'accepted'; readonly predictionId: string }
  /** Certainly not accepted. `forAll`: no other job would be either (a wrong key, no credit). */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly forAll: boolean }
  /** Certainly not accepted, for now. */
  | { readonly kind: 'busy'; readonly failure: Failure; readonly retryAfterMs: number | null }
  /** No byte of the body has left this machine. */
  | { readonly kind: 'unsent'; readonly failure: Failure }
  /** It may have been accepted, and charged. `predictionId`: one that the answer names all the same. */
  | { readonly kind: 'unknown'; readonly failure: Failure; readonly predictionId?: string | null };

export interface WaitContext {
  readonly signal: AbortSignal;
  /** 0 to 1: an estimate. */
  readonly onProgress: (fraction: number) => void;
}

/** How a prediction ended. */
export type Outcome =
  | { readonly kind: 'completed'; readonly outputUrl: string }
  /** There is no clip, or none that may be used as it is. `charged`: the service keeps the money, as far as we know. */
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly charged: boolean;
      /** The clip of a flagged prediction, for an author who wants it all the same. */
      readonly flaggedUrl?: string | undefined;
    };

export interface DownloadContext {
  readonly file: string;
  /** A clip of this length can have so many bytes and no more. */
  readonly durationSeconds: number;
  readonly signal: AbortSignal;
}

export interface RemotePrediction {
  readonly id: string;
  readonly model: string;
  readonly status: string;
  /** Milliseconds since 1970; null if the service does not say. */
  readonly createdAt: number | null;
}

export interface Bill {
  readonly chargedMicros: Micros;
  readonly refundedMicros: Micros;
}
