import { createHash } from 'node:crypto';
import { closeSync, open, writeFile } from 'node:fs';
import { promisify } from 'node:util';
import got, { RequestError } from 'got';
import { Failure } from '../failure.ts';
import { limitedSignal } from '../limited-signal.ts';
import type { Sha256 } from '../plan/key.ts';
import { type AddressGuard, NOT_PUBLIC } from './address-guard.ts';

const MAX_REDIRECTS = 3;

// Not those of `fs.promises`, whose handles cost several times as much.
const openLater = promisify(open);
const writeLater = promisify(writeFile);

/** What a file may be, how long it may take to come, and how it is said that it did not. */
export interface FetchContext {
  /** Where it is written to. */
  readonly file: string;
  readonly maxBytes: number;
  readonly accept: string;
  /** What is surely something else is told by its type; what the type promises decides nothing. */
  readonly isWelcome: (contentType: string) => boolean;
  readonly guard: AddressGuard;
  readonly pace: FetchPace;
  readonly signal: AbortSignal;
  readonly failed: (why: string) => Failure;
  /** It is not safe, or not what it should be: trying again is of no use. */
  readonly refused: (why: string) => Failure;
  readonly tooLarge: () => Failure;
}

/** In milliseconds. */
export interface FetchPace {
  readonly connectMs: number;
  /** Without a byte. */
  readonly idleMs: number;
  readonly downloadMs: number;
}

/** A fetched file: what of it is known without another look. */
export interface Fetched {
  readonly sha256: Sha256;
  readonly bytes: number;
}

/**
 * Fetches a file of somebody else's: without any key, from public addresses over https alone, of bounded size and
 * time. Each hop is checked like the first. Throws a Failure.
 */
export async function fetchFile(url: URL, context: FetchContext): Promise<Fetched> {
  const { signal, pace, guard, failed, refused } = context;
  const limit = limitedSignal(signal, pace.downloadMs);
  let at = url;
  try {
    for (let hop = 0; ; hop++) {
      const objection = guard.objection(at);
      if (objection !== null) throw refused(objection);
      const fetched = await fetchFrom(at, { ...context, signal: limit.signal });
      if (!(fetched instanceof URL)) return fetched;
      if (hop === MAX_REDIRECTS) throw failed('it is redirected again and again');
      at = fetched;
    }
  } catch (error) {
    signal.throwIfAborted();
    // What was found out before the time was over says more.
    const told = [error, (error as Error).cause].find(one => one instanceof Failure);
    if (told !== undefined) throw told;
    throw limit.isOver() ? failed(`it took more than ${pace.downloadMs / 1000} s`) : readably(error, context);
  } finally {
    limit.release();
  }
}

/** One hop: the file, or where it is to be fetched from instead. */
async function fetchFrom(url: URL, context: FetchContext): Promise<Fetched | URL> {
  const { maxBytes, guard, pace, signal, failed, tooLarge } = context;
  let promised: number | null = null;
  let elsewhere: URL | null = null;
  const source = got.stream(url, {
    decompress: false,
    followRedirect: false,
    retry: { limit: 0 },
    throwHttpErrors: false,
    dnsLookup: guard.lookup,
    agent: guard.agents,
    headers: { accept: context.accept },
    timeout: { connect: pace.connectMs, socket: pace.idleMs, request: pace.downloadMs },
    signal,
  });
  source.once('response', ({ statusCode, headers }) => {
    const type = headers['content-type'];
    const { location } = headers;
    promised = headers['content-length'] === undefined ? null : Number(headers['content-length']);
    if (statusCode >= 300 && statusCode < 400 && location !== undefined && URL.canParse(location, url.href)) {
      elsewhere = new URL(location, url);
      source.destroy(new Error('redirected'));
    } else if (statusCode !== 200) source.destroy(failed(`HTTP ${statusCode}`));
    else if (type !== undefined && !context.isWelcome(type))
      source.destroy(failed(`it is ${type.slice(0, 60)}`));
    else if (promised !== null && promised > maxBytes) source.destroy(tooLarge());
  });
  source.on('error', () => {}); // told to whoever reads; it may come before anybody does
  try {
    const fetched = await writeDown(source, context);
    if (promised !== null && promised !== fetched.bytes)
      throw failed(`${fetched.bytes} of ${promised} bytes came`);
    if (fetched.bytes === 0) throw failed('it is empty');
    return fetched;
  } catch (error) {
    if (elsewhere !== null) return elsewhere;
    throw error;
  } finally {
    source.destroy();
  }
}

async function writeDown(
  source: AsyncIterable<Buffer>,
  { file, maxBytes, tooLarge }: FetchContext,
): Promise<Fetched> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await openLater(file, 'w');
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      hash.update(chunk);
      await writeLater(handle, chunk);
    }
  } finally {
    closeSync(handle);
  }
  return { sha256: hash.digest('hex') as Sha256, bytes };
}

function readably(error: unknown, { failed, refused }: FetchContext): unknown {
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
