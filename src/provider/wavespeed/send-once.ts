import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface SendLimits {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** From then until the answer has arrived whole. */
  readonly answerMs: number;
}

/** `unsent`: not a byte of the body has left. `lost`: it may have arrived, and the answer did not. */
export type Sent =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly text: string;
    }
  | { readonly kind: 'unsent'; readonly error: Error }
  | { readonly kind: 'lost'; readonly error: Error };

type Headers = Readonly<Record<string, string>>;

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Sends a body once. On a connection of its own, so that no pool sends it again on a fresh one; no redirect is
 * followed, since a 307 means the body twice; nothing is tried again. Node's own client, because here we must know
 * whether anything was sent: bytes leave when the connection stands, and not before.
 */
export async function postOnce(url: URL, headers: Headers, body: string, limits: SendLimits): Promise<Sent> {
  const length = String(Buffer.byteLength(body));
  const all = { ...headers, 'content-type': 'application/json', 'content-length': length };
  return await sendOnce(url, { method: 'POST', agent: false, headers: all }, body, limits);
}

/**
 * Asks once, on a connection that was used before where there is one. For what is asked again and again: it needs
 * nothing of what got can do beside.
 */
export async function getOnce(
  url: URL,
  headers: Headers,
  limits: SendLimits,
  signal: AbortSignal,
): Promise<Sent> {
  return await sendOnce(url, { method: 'GET', headers, signal }, undefined, limits);
}

function sendOnce(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
  limits: SendLimits,
): Promise<Sent> {
  const secure = url.protocol === 'https:';
  return new Promise(resolve => {
    let sent = false;
    const request = (secure ? httpsRequest : httpRequest)(url, options);
    const end = (outcome: Sent) => {
      clearTimeout(timer);
      resolve(outcome);
      // A connection that others may use after us stays.
      if (outcome.kind !== 'answered' || options.agent === false) request.destroy();
    };
    const fail = (error: Error) => end({ kind: sent ? 'lost' : 'unsent', error });
    let timer = setTimeout(
      () => fail(new Error(`no connection within ${limits.connectMs / 1000} s`)),
      limits.connectMs,
    );
    const connected = () => {
      sent = true;
      clearTimeout(timer);
      timer = setTimeout(
        () => fail(new Error(`no answer within ${limits.answerMs / 1000} s`)),
        limits.answerMs,
      );
    };
    request.once('socket', socket => {
      if (request.reusedSocket) connected();
      else socket.once(secure ? 'secureConnect' : 'connect', connected);
    });
    request.on('error', fail);
    request.once('response', response => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) fail(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.once('aborted', () =>
        fail(new Error('the connection was closed in the middle of the answer')),
      );
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const retryAfter = response.headers['retry-after'];
        end({ kind: 'answered', status: response.statusCode ?? 0, retryAfter, text });
      });
    });
    request.end(body);
  });
}
