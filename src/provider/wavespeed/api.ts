import got, { type Got, RequestError } from 'got';
import { Failure } from '../../failure.ts';
import type { Json } from '../../plan/request.ts';
import { type Envelope, readEnvelope } from './answers.ts';
import type { ApiKey } from './api-key.ts';
import type { WavespeedPace } from './pace.ts';
import { refusal, retryAfterMs } from './refusals.ts';
import { getOnce, postOnce, type Sent } from './send-once.ts';

/** What became of an order. */
export type Ordered =
  | Exclude<Sent, { kind: 'answered' }>
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly envelope: Envelope;
    };

/** An answer, and how long the service asks us to wait; null where it does not say. */
export interface Told extends Envelope {
  readonly retryAfterMs: number | null;
}

/** What is worth another try at once. */
const TRY_AGAIN = [408, 500, 502, 503, 504];

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** The API's own host: the only one that ever sees the key. */
export class Api {
  readonly host: string;
  private readonly base: URL;
  private readonly key: ApiKey;
  private readonly pace: WavespeedPace;
  private readonly client: Got;

  constructor(base: URL, key: ApiKey, pace: WavespeedPace) {
    this.base = base;
    this.host = base.host;
    this.key = key;
    this.pace = pace;
    this.client = got.extend({
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
      timeout: { connect: pace.connectMs, request: pace.answerMs },
      retry: {
        limit: 4,
        methods: ['GET', 'POST'],
        statusCodes: [429, ...TRY_AGAIN],
        maxRetryAfter: Math.min(pace.busy.most, 30_000),
        calculateDelay: ({ computedValue }) => computedValue * pace.retryScale,
      },
    });
  }

  async get(path: string, signal: AbortSignal): Promise<Envelope> {
    return await this.repeatably('GET', path, undefined, signal);
  }

  /** One look at something that is looked at again anyway. */
  async look(path: string, signal: AbortSignal): Promise<Told> {
    signal.throwIfAborted();
    const sent = await getOnce(this.url(path), this.headers(), this.pace, signal);
    signal.throwIfAborted();
    if (sent.kind !== 'answered') throw unreachable(this.host, sent.error);
    return this.understood(this.read(sent.status, sent.text, sent.retryAfter));
  }

  /** A question that is asked with POST: safe to ask again. */
  async ask(path: string, question: Readonly<Record<string, Json>>, signal: AbortSignal): Promise<Envelope> {
    return await this.repeatably('POST', path, question, signal);
  }

  /** An upload, or the question where to put one. What is to be done when it is one too many is up to its sender. */
  async upload(
    path: string,
    content: Readonly<Record<string, Json>> | FormData,
    signal: AbortSignal,
  ): Promise<Told> {
    return await this.repeatably('POST', path, content, signal, { statusCodes: TRY_AGAIN });
  }

  /** An order: sent once, whatever happens. */
  async order(path: string, body: Readonly<Record<string, Json>>): Promise<Ordered> {
    const posted = await postOnce(this.url(path), this.headers(), JSON.stringify(body), this.pace);
    if (posted.kind !== 'answered') return posted;
    const { kind, status, retryAfter, text } = posted;
    return { kind, status, retryAfter, envelope: this.read(status, text, retryAfter) };
  }

  private read(status: number, text: string, retryAfter: string | undefined): Told {
    const envelope = readEnvelope(status, text, word => this.key.redact(word));
    return { ...envelope, retryAfterMs: retryAfterMs(retryAfter) };
  }

  /** Where the key is refused, nothing else can be asked either. */
  private understood<T extends Envelope>(envelope: T): T {
    const { status, message, errorCode } = envelope;
    if (status === 401 || status === 403) throw refusal(status, errorCode, message);
    return envelope;
  }

  private async repeatably(
    method: 'GET' | 'POST',
    path: string,
    content: Readonly<Record<string, Json>> | FormData | undefined,
    signal: AbortSignal,
    retry: { readonly statusCodes?: number[] } = {},
  ): Promise<Told> {
    signal.throwIfAborted();
    const body =
      content instanceof FormData ? { body: content } : content === undefined ? {} : { json: content };
    try {
      const promise = this.client(this.url(path), {
        method,
        headers: this.headers(),
        ...body,
        retry,
        signal,
      });
      promise.on('downloadProgress', ({ transferred }) => {
        if (transferred > MAX_ANSWER_BYTES) promise.cancel('the answer is too long');
      });
      const { statusCode, body: text, headers } = await promise;
      return this.understood(this.read(statusCode, text, headers['retry-after']));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      if (error instanceof RequestError || (error instanceof Error && error.name === 'CancelError'))
        throw unreachable(this.host, error);
      throw error;
    }
  }

  private url(path: string): URL {
    return new URL(`api/v3/${path}`, this.base);
  }

  private headers(): Record<string, string> {
    return { authorization: this.key.authorization(), accept: 'application/json' };
  }
}

function unreachable(host: string, error: Error): Failure {
  return new Failure('unreachable', `${host} cannot be reached: ${error.message}`, {
    hint: 'Check the network, then run the same command again: what is paid for is kept.',
    // Without the cause: got's errors carry the request, and with it the key.
  });
}
