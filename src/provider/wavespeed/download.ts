import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import got, { RequestError } from 'got';
import { Failure } from '../../failure.ts';
import { limitedSignal } from '../../limited-signal.ts';
import type { Sha256 } from '../../plan/key.ts';
import type { DownloadContext } from '../provider.ts';
import { type AddressGuard, NOT_PUBLIC } from './address-guard.ts';
import { HashingStream } from './hashing-stream.ts';
import type { WavespeedPace } from './pace.ts';

/** More than any 1080p clip of the service has: 100 Mbit/s, and some for the rest. */
const MOST_BYTES_PER_SECOND = 12_500_000;
const MOST_BYTES_BESIDE = 32 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/**
 * Fetches a clip into a new file. Without the key, from public addresses over https alone, of bounded size and time;
 * the name and the type that the server gives decide nothing but what is surely no video. Throws a Failure.
 */
export async function download(
  url: string,
  { file, durationSeconds, signal }: DownloadContext,
  guard: AddressGuard,
  pace: WavespeedPace,
): Promise<{ sha256: Sha256; bytes: number }> {
  const mostBytes = MOST_BYTES_BESIDE + MOST_BYTES_PER_SECOND * durationSeconds;
  const limit = limitedSignal(signal, pace.downloadMs);
  let at = new URL(url);
  try {
    for (let hop = 0; ; hop++) {
      guard.check(at);
      const fetched = await fetchFrom(at, file, mostBytes, limit.signal, guard, pace);
      if (!(fetched instanceof URL)) return fetched;
      if (hop === MAX_REDIRECTS) throw failed('it is redirected again and again');
      at = fetched;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw limit.isOver() ? failed(`it took more than ${pace.downloadMs / 1000} s`) : readably(error);
  } finally {
    limit.release();
  }
}

/** One hop: the clip, or where it is to be fetched from instead. The connection ends with it. */
async function fetchFrom(
  url: URL,
  file: string,
  mostBytes: number,
  signal: AbortSignal,
  guard: AddressGuard,
  pace: WavespeedPace,
): Promise<{ sha256: Sha256; bytes: number } | URL> {
  const counting = new HashingStream(bytes => (bytes > mostBytes ? tooLarge() : null));
  let promised: number | null = null;
  let elsewhere: URL | null = null;
  const source = got.stream(url, {
    decompress: false,
    followRedirect: false,
    retry: { limit: 0 },
    throwHttpErrors: false,
    dnsLookup: guard.lookup,
    headers: { accept: 'video/mp4,video/*;q=0.9,*/*;q=0.1' },
    timeout: { connect: pace.connectMs, socket: pace.idleMs, request: pace.downloadMs },
  });
  source.once('response', ({ statusCode, headers }) => {
    const type = headers['content-type'];
    const { location } = headers;
    promised = headers['content-length'] === undefined ? null : Number(headers['content-length']);
    if (statusCode >= 300 && statusCode < 400 && location !== undefined && URL.canParse(location, url.href)) {
      elsewhere = new URL(location, url);
      source.destroy(new Error('redirected'));
    } else if (statusCode !== 200) source.destroy(failed(`HTTP ${statusCode}`));
    else if (type !== undefined && !/^(video\/|application\/(octet-stream|mp4)|binary\/)/i.test(type))
      source.destroy(failed(`it is ${type.slice(0, 60)}`));
    else if (promised !== null && promised > mostBytes) source.destroy(tooLarge());
  });
  try {
    await pipeline(source, counting, createWriteStream(file), { signal });
  } catch (error) {
    if (elsewhere !== null) return elsewhere;
    throw error;
  } finally {
    source.destroy();
  }
  const { bytes } = counting;
  if (promised !== null && promised !== bytes) throw failed(`${bytes} of ${promised} bytes came`);
  if (bytes === 0) throw failed('it is empty');
  return { sha256: counting.digest(), bytes };
}

function readably(error: unknown): unknown {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return error;
  const cause = error.cause ?? error;
  if (cause instanceof Failure) return cause;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if (code === NOT_PUBLIC) return refused(error.message);
  if (error instanceof RequestError || /^(ECONN|ERR_STREAM|ERR_HTTP|EPIPE|ETIMEDOUT|HPE_)/.test(code)) {
    return failed(error.message);
  }
  return error; // the disk's
}

function failed(why: string): Failure {
  return new Failure('download-failed', `the clip could not be fetched: ${why}`, {
    hint: 'It stays paid for: run the same command again to fetch it again.',
  });
}

function refused(why: string): Failure {
  return new Failure('download-refused', `the clip was not fetched: ${why}`, {
    hint: 'If this repeats, ask WaveSpeed about the prediction.',
  });
}

function tooLarge(): Failure {
  return refused('it is larger than a clip of that length can be');
}
