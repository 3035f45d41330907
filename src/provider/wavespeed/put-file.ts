import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import got from 'got';
import { Failure, systemFailure } from '../../failure.ts';
import { type AddressGuard, NOT_PUBLIC } from '../../network/address-guard.ts';
import { HashingStream } from '../../network/hashing-stream.ts';
import type { JobMedia } from '../provider.ts';
import { asObject } from './answers.ts';
import type { WavespeedPace } from './pace.ts';
import { retryAfterMs } from './refusals.ts';

/** What a storage service has to say about a file. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Where the service wants a file, and with which headers. */
export interface PutTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PutContext {
  readonly guard: AddressGuard;
  readonly pace: WavespeedPace;
  readonly signal: AbortSignal;
}

export type PutOutcome =
  | { readonly kind: 'arrived' }
  | TooMany
  /** `again`: the next try may be luckier. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly again: boolean };

/** It was one too many for now. */
export interface TooMany {
  readonly kind: 'too-many';
  readonly retryAfterMs: number | null;
}

/** Sends raw bytes with exactly the ticket's headers: no key. */
export async function putFile(
  { url, headers }: PutTarget,
  media: JobMedia,
  size: number,
  { guard, pace, signal }: PutContext,
): Promise<PutOutcome> {
  const hashing = new HashingStream();
  const file = createReadStream(media.path);
  const read = pipeline(file, hashing).catch((error: unknown) => error);
  const failed = (failure: Failure, again: boolean): PutOutcome => ({ kind: 'failed', failure, again });
  try {
    const promise = got.put(url, {
      body: hashing,
      decompress: false,
      headers: { ...headers, 'content-length': String(size) },
      followRedirect: false,
      throwHttpErrors: false,
      retry: { limit: 0 },
      dnsLookup: guard.lookup,
      timeout: { connect: pace.connectMs, socket: pace.idleMs, request: pace.downloadMs },
      signal,
    });
    promise.on('downloadProgress', ({ transferred }) => {
      if (transferred > MAX_ANSWER_BYTES) promise.cancel('the answer is too long');
    });
    const { statusCode, headers: told } = await promise;
    if (statusCode === 429) return { kind: 'too-many', retryAfterMs: retryAfterMs(told['retry-after']) };
    if (statusCode < 200 || statusCode >= 300)
      return failed(notTaken(media, `HTTP ${statusCode}`), statusCode >= 500 || statusCode === 408);
    if (hashing.bytes < size) return failed(notTaken(media, 'it was answered too early'), true);
    return hashing.digest() === media.sha256 ? { kind: 'arrived' } : failed(changed(media), false);
  } catch (error) {
    signal.throwIfAborted();
    file.destroy();
    const unreadable = systemFailure(await read, `cannot read ${media.file}`);
    if (unreadable instanceof Failure) return failed(unreadable, false);
    const { message, code } = error as NodeJS.ErrnoException;
    return failed(notTaken(media, message), code !== NOT_PUBLIC);
  } finally {
    file.destroy();
    hashing.destroy();
  }
}

/** The ticket's own; never one that would carry a secret of ours, or frame the request otherwise. */
export function plainHeaders(value: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(asObject(value) ?? {})) {
    if (typeof text !== 'string' || !/^[\w-]+$/.test(name) || /[^\x20-\x7e]/.test(text)) continue;
    if (
      /^(authorization|cookie|host|connection|transfer-encoding|content-length|expect|upgrade|te|trailer|keep-alive|proxy-.*)$/i.test(
        name,
      )
    )
      continue;
    headers[name.toLowerCase()] = text;
  }
  return headers;
}

export function changed(media: JobMedia): Failure {
  return new Failure('reference-changed', `${media.file} changed while it was uploaded`, {
    hint: 'Nothing was submitted. Run the same command again for a plan with the new file.',
  });
}

function notTaken(media: JobMedia, why: string): Failure {
  return new Failure('upload-failed', `${media.file} could not be uploaded: ${why}`, {
    hint: 'Nothing was submitted. Run the same command again later.',
  });
}
