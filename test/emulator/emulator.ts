import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDollars } from '../../src/model/money.ts';
import type { Json } from '../../src/plan/request.ts';
import { Clips, corrupted } from './clips.ts';
import { type FaultPoint, type FaultScript, Faults } from './faults.ts';
import {
  ApiError,
  type Charge,
  identityOf,
  type Prediction,
  Service,
  type ServiceOptions,
} from './service.ts';

export interface EmulatorOptions extends Partial<ServiceOptions> {
  readonly port?: number;
  readonly faults?: FaultScript;
  /** Pixels are divided by this: small clips for tests of something else. */
  readonly shrink?: number;
  /** All predictions of one shape have the same bytes. */
  readonly sameBytes?: boolean;
  /** Older services have no upload tickets, no prices, no history. */
  readonly without?: readonly ('tickets' | 'price' | 'balance' | 'history')[];
  /** Rows of a page of a list, whatever is asked for; default 100. */
  readonly mostRows?: number;
  readonly uploadTtlMs?: number;
  readonly webhookSecret?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What it says of its models, where that is not the truth. */
  readonly describe?: (models: Json) => Json;
  /** What it answers to a question for a price. */
  readonly quoted?: (quote: Json) => Json;
}

/** What an emulator has seen: the oracle of tests. */
export interface Ledger {
  readonly charges: readonly Charge[];
  readonly chargedMicros: number;
  /** Requests by what they were for. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests that carried the key to where it does not belong. */
  readonly leaks: readonly string[];
  /** Faults that were injected, by name. */
  readonly injected: Readonly<Record<string, number>>;
}

export const EMULATOR_KEY = 'rehearsal-key-0123456789';

/** The WaveSpeed API on this machine: real HTTP, real clips, its own ledger, and faults on demand. */
export class Emulator {
  readonly service: Service;
  readonly faults: Faults;
  private readonly options: EmulatorOptions;
  private readonly server: Server;
  private readonly clips: Clips;
  private readonly uploads = new Map<string, { size: number; type: string; bytes: number; at: number }>();
  private readonly requests: Record<string, number> = {};
  private readonly injected: Record<string, number> = {};
  url = '';
  private readonly leaks: string[] = [];
  private readonly signing = randomBytes(16);

  private constructor(options: EmulatorOptions) {
    this.options = options;
    this.faults = new Faults(options.faults);
    this.service = new Service(
      {
        key: EMULATOR_KEY,
        balance: 1_000_000,
        serviceMs: 300,
        discount: 1,
        priceFactor: 1,
        perMinute: null,
        minuteMs: 60_000,
        atOnce: null,
        historyLagMs: 0,
        historyInputs: true,
        refundMs: 0,
        modelFiles: [],
        ...options,
      },
      this.faults,
    );
    this.clips = new Clips(options.environment ?? process.env);
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.keepAliveTimeout = 30_000;
  }

  static async start(options: EmulatorOptions = {}): Promise<Emulator> {
    const emulator = new Emulator(options);
    await new Promise<void>(resolve => emulator.server.listen(options.port ?? 0, '127.0.0.1', resolve));
    emulator.url = `http://127.0.0.1:${(emulator.server.address() as AddressInfo).port}`;
    return emulator;
  }

  /** What a client needs in its environment. */
  get environment(): { WAVESPEED_API_KEY: string; STORYREEL_WAVESPEED_URL: string } {
    return { WAVESPEED_API_KEY: this.service.options.key, STORYREEL_WAVESPEED_URL: this.url };
  }

  ledger(): Ledger {
    const { charges } = this.service;
    const chargedMicros = charges.reduce((sum, { micros }) => sum + micros, 0);
    return {
      ...{ charges, chargedMicros, leaks: this.leaks },
      requests: { ...this.requests },
      injected: { ...this.injected },
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
    await this.clips.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', this.url);
      const path = url.pathname.split('/').filter(Boolean);
      if (path[0] === 'api' && path[1] === 'v3') await this.answerApi(path.slice(2), url, request, response);
      else await this.answerOther(path, url, request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
      } else if (error instanceof ApiError) {
        const { status, message, errorCode, headers } = error;
        const body = { code: status, message, ...(errorCode === undefined ? {} : { error_code: errorCode }) };
        sendJson(response, status, body, headers);
      } else {
        sendJson(response, 500, { code: 500, message: `the emulator failed: ${(error as Error).message}` });
      }
    }
  }

  private async answerApi(
    path: readonly string[],
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const key = request.headers.authorization?.replace(/^Bearer /, '');
    if (key !== this.service.options.key)
      throw new ApiError(401, `unauthorized: ${request.headers.authorization ?? 'no key'}`);
    const call = `${request.method} ${path.join('/')}`;
    const without = this.options.without ?? [];
    const ok = (data: Json) =>
      sendJson(response, 200, { code: 200, message: 'success', data: this.placed(data) });
    if (call === 'GET balance') {
      this.count('balance');
      if (without.includes('balance')) throw new ApiError(404, 'not found');
      return ok({ balance: Number(formatDollars(Math.max(0, this.service.balanceMicros))) });
    }
    if (call === 'GET models') {
      this.count('models');
      return ok((this.options.describe ?? same)(this.describeModels()));
    }
    if (call === 'POST model/price') {
      this.count('price');
      if (without.includes('price')) throw new ApiError(404, 'not found');
      return ok((this.options.quoted ?? same)(this.quote(await readJson(request))));
    }
    if (call === 'POST predictions') {
      this.count('history');
      if (without.includes('history')) throw new ApiError(404, 'not found');
      return ok(this.history(await readJson(request)));
    }
    if (call === 'POST billings/search') {
      this.count('billings');
      return ok(this.searchBills(await readJson(request)));
    }
    if (call === 'POST media/uploads') {
      this.count('upload');
      this.refuseUpload();
      if (without.includes('tickets')) throw new ApiError(404, 'not found');
      return ok(this.uploadTicket(await readJson(request)));
    }
    if (call === 'POST media/upload/binary') {
      this.count('upload-binary');
      this.refuseUpload();
      return ok(await this.takeForm(request));
    }
    if (request.method === 'GET' && path[0] === 'predictions' && path.length >= 2) {
      this.count('poll');
      return await this.poll(path[1] as string, response, ok);
    }
    if (request.method !== 'POST' || path.length < 2) throw new ApiError(404, `no such endpoint: ${call}`);
    this.count('submit');
    await this.submit(path.join('/'), url, request, response, ok);
  }

  private async submit(
    model: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    ok: (data: Json) => void,
  ): Promise<void> {
    const body = await readJson(request);
    const served = this.service.models.get(model);
    const inputs = (body ?? {}) as Record<string, unknown>;
    const identity = served === undefined ? model : identityOf(served.model, inputs);
    // A redirected order is an order like any other: whoever follows pays twice.
    const fault = url.searchParams.has('redirected')
      ? null
      : this.fault('submit', identity, String(inputs.prompt ?? ''));
    const accept = () =>
      this.service.submit(model, body, url.searchParams.get('webhook'), media => this.knowsMedia(media));
    refuseAsTold(fault);
    switch (fault) {
      case 'bad-request':
        throw new ApiError(400, 'prompt is not acceptable', 1400);
      case 'unauthorized':
        throw new ApiError(401, `invalid key ${request.headers.authorization}`);
      case 'no-credit':
        throw new ApiError(402, 'Insufficient credits', 1407);
      case 'redirect-307':
        response.writeHead(307, { location: `${url.pathname}?redirected=1` }).end();
        return;
      case 'reset-before':
        request.socket.destroy();
        return;
      case 'hang-before':
        return;
      case 'error-500-before':
        throw new ApiError(500, 'internal error', 5000);
      case 'error-502-before':
        return sendHtml(response, 502);
      case 'error-503-before':
        throw new ApiError(503, 'unavailable', 5003);
    }
    const { lastId: earlier } = this.service;
    const prediction = accept();
    this.notifyLater(prediction);
    const data = this.service.tell(prediction);
    switch (fault) {
      case 'error-500-after':
        throw new ApiError(500, 'internal error', 5000);
      case 'error-502-after':
        return sendHtml(response, 502);
      case 'error-503-after':
        throw new ApiError(503, 'unavailable', 5003);
      case 'reset-after':
        request.socket.destroy();
        return;
      case 'hang-after':
        return;
      case 'html-200':
        return sendHtml(response, 200);
      case 'broken-json':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"code":200,"data":{"id":"');
        return;
      case 'server-code-200':
        return sendJson(response, 200, { code: 500, message: 'internal error', data: null });
      case 'server-code-with-id':
        return sendJson(response, 200, { code: 500, message: 'internal error', data });
      case 'zero-codes':
        return sendJson(response, 200, {
          code: 0,
          error_code: 0,
          message: 'success',
          data: { ...data, error_code: 0 },
        });
      case 'no-id':
        return ok({ ...data, id: '' });
      case 'duplicate-id':
        return ok({ ...data, id: earlier ?? '' });
      case 'slow-drip': {
        const text = JSON.stringify({ code: 200, message: 'success', data: this.placed(data) });
        response.writeHead(200, { 'content-type': 'application/json' });
        for (let at = 0; at < text.length; at += 20) {
          response.write(text.slice(at, at + 20));
          await sleep(10);
        }
        response.end();
        return;
      }
    }
    ok(data);
  }

  private async poll(id: string, response: ServerResponse, ok: (data: Json) => void): Promise<void> {
    const prediction = this.service.predictions.get(id);
    if (prediction === undefined) throw new ApiError(404, 'prediction not found');
    prediction.polls++;
    if (prediction.fault === 'not-found-first' && prediction.polls < 3)
      throw new ApiError(404, 'prediction not found');
    const fault = this.fault('poll', prediction.identity, String(prediction.inputs.prompt));
    refuseAsTold(fault);
    switch (fault) {
      case 'html-502':
        return sendHtml(response, 502);
      case 'reset':
        response.socket?.destroy();
        return;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'application/json' }).end('[null, {"status": 7}]');
        return;
      case 'hang':
        return;
    }
    ok(this.service.tell(prediction));
  }

  private quote(question: unknown): Json {
    const { model_id, inputs } = (question ?? {}) as { model_id?: string; inputs?: Record<string, unknown> };
    const served = this.service.models.get(String(model_id));
    if (served === undefined) throw new ApiError(404, `model not found: ${model_id}`);
    const missing = served.model.required.some(name => inputs?.[name] === undefined);
    const paid = this.service.price(served.model, missing ? {} : (inputs ?? {}));
    const full = Math.round(paid / this.service.options.discount);
    return {
      model_id: served.model.id,
      price: Number(formatDollars(full)),
      discounted_price: Number(formatDollars(paid)),
      discount_rate: this.service.options.discount,
      currency: 'USD',
    };
  }

  private history(question: unknown): Json {
    const {
      page = 1,
      page_size = 20,
      model,
      created_after,
      created_before,
    } = (question ?? {}) as {
      page?: number;
      page_size?: number;
      model?: string;
      created_after?: string;
      created_before?: string;
    };
    const size = Math.min(this.options.mostRows ?? 100, page_size);
    const rows = this.service
      .history({
        ...(model === undefined ? {} : { model }),
        after: created_after === undefined ? 0 : Date.parse(created_after),
        before: created_before === undefined ? Number.POSITIVE_INFINITY : Date.parse(created_before),
      })
      .flatMap(prediction => {
        const row = this.historyRow(prediction);
        const fault = this.fault('history', prediction.identity, String(prediction.inputs.prompt));
        if (fault === 'error-500') throw new ApiError(500, 'internal error');
        if (fault === 'missing-row') return [];
        if (fault === 'two-matches') return [row, { ...row, id: `${prediction.id.slice(0, -4)}twin` }];
        return fault === 'shifted-page' ? [row, row] : [row];
      });
    const start = (page - 1) * size;
    return { page, page_size: size, total: rows.length, items: rows.slice(start, start + size) };
  }

  private historyRow(prediction: Prediction): { [name: string]: Json } {
    const row = this.service.tell(prediction);
    return this.service.options.historyInputs ? { ...row, inputs: prediction.inputs } : row;
  }

  private searchBills(question: unknown): Json {
    const {
      prediction_uuids = [],
      page = 1,
      page_size = 20,
    } = (question ?? {}) as {
      prediction_uuids?: string[];
      page?: number;
      page_size?: number;
    };
    const size = Math.min(this.options.mostRows ?? 100, page_size);
    const rows = this.service.bills(new Set(prediction_uuids));
    return { page, page_size: size, total: rows.length, items: rows.slice((page - 1) * size, page * size) };
  }

  private describeModels(): Json {
    return [...this.service.models.values()].map(({ model, schema }) => ({
      model_id: model.id,
      name: model.title,
      type: 'video',
      base_price: Number(formatDollars(model.price?.listed[0]?.micros ?? 500_000)),
      formula: '',
      api_schema: {
        api_schemas: [
          { request_schema: { properties: schema.properties as Json, required: schema.required as Json } },
        ],
      },
    }));
  }

  private refuseUpload(): void {
    const fault = this.fault('ticket', '', '');
    refuseAsTold(fault);
    if (fault === 'too-large') throw new ApiError(413, 'at most 100 MB');
  }

  private uploadTicket(question: unknown): Json {
    const { filename, size, content_type } = (question ?? {}) as {
      filename?: unknown;
      size?: unknown;
      content_type?: unknown;
    };
    if (typeof filename !== 'string' || typeof size !== 'number')
      throw new ApiError(400, 'filename and size are required');
    const id = randomBytes(12).toString('hex');
    const type = typeof content_type === 'string' ? content_type : 'application/octet-stream';
    this.uploads.set(id, { size, type, bytes: -1, at: Date.now() });
    return {
      download_url: `${this.url}/media/${id}`,
      upload: {
        method: 'PUT',
        url: `${this.url}/put/${id}?signature=${this.sign(id)}`,
        headers: { 'content-type': type },
      },
      expires_at: new Date(Date.now() + this.uploadTtlMs()).toISOString(),
    };
  }

  private async takeForm(request: IncomingMessage): Promise<Json> {
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('multipart/form-data')) throw new ApiError(400, 'multipart/form-data is expected');
    const form = await new Response(await readBody(request), {
      headers: { 'content-type': type },
    }).formData();
    const file = form.get('file');
    if (!(file instanceof Blob)) throw new ApiError(400, 'the form has no file');
    const id = randomBytes(12).toString('hex');
    this.uploads.set(id, { size: file.size, type: file.type, bytes: file.size, at: Date.now() });
    return { type: file.type, download_url: `${this.url}/media/${id}`, filename: id, size: file.size };
  }

  private knowsMedia(url: string): boolean {
    if (!url.startsWith(this.url))
      return /^https?:\/\//.test(url) && !new URL(url).hostname.endsWith('.invalid');
    const upload = this.uploads.get(url.split('/').at(-1) ?? '');
    return (
      upload !== undefined && upload.bytes === upload.size && Date.now() - upload.at < this.uploadTtlMs()
    );
  }

  private uploadTtlMs(): number {
    return this.options.uploadTtlMs ?? 7 * 24 * 60 * 60 * 1000;
  }

  /** Everything that is not the API: storage, downloads, and the controls of the emulator. */
  private async answerOther(
    path: readonly string[],
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.headers.authorization !== undefined) this.leaks.push(`${request.method} ${url.pathname}`);
    const call = `${request.method} ${path[0]}`;
    if (call === 'PUT put') return await this.takeUpload(path[1] ?? '', url, request, response);
    if (call === 'GET outputs')
      return await this.sendOutput(path[1]?.replace(/\.mp4$/, '') ?? '', url, response);
    if (call === 'GET emulator' && path[1] === 'ledger')
      return sendJson(response, 200, this.ledger() as unknown as Json);
    if (call === 'POST emulator' && path[1] === 'faults') {
      this.faults.replace((await readJson(request)) as FaultScript);
      return sendJson(response, 200, {});
    }
    throw new ApiError(404, 'not found');
  }

  private async takeUpload(
    id: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.count('put');
    const upload = this.uploads.get(id);
    if (upload === undefined || url.searchParams.get('signature') !== this.sign(id))
      throw new ApiError(403, 'bad signature');
    const body = await readBody(request);
    const fault = this.fault('upload', `${upload.size}`, '');
    if (fault === 'put-rate-limit') throw tooMany();
    if (fault === 'put-500') throw new ApiError(500, 'storage error');
    if (fault === 'put-reset') return void request.socket.destroy();
    if (request.headers['content-type'] !== upload.type || body.length !== upload.size)
      throw new ApiError(403, 'signature mismatch');
    upload.bytes = body.length;
    response.writeHead(200).end();
  }

  private async sendOutput(id: string, url: URL, response: ServerResponse): Promise<void> {
    this.count('download');
    const prediction = this.service.predictions.get(id);
    if (prediction === undefined || url.searchParams.get('signature') !== this.sign(id))
      throw new ApiError(403, 'AccessDenied');
    prediction.downloads++;
    const fault = this.fault('download', prediction.identity, String(prediction.inputs.prompt));
    if (fault === 'expired') throw new ApiError(403, 'Request has expired');
    if (fault === 'redirect-private') return redirect(response, 'http://169.254.169.254/latest/meta-data');
    if (fault === 'redirect-loop') return redirect(response, `${this.url}${url.pathname}${url.search}`);
    if (fault === 'html') return sendHtml(response, 200);
    const clip = await this.clipOf(prediction, fault === 'wrong-duration' ? 3 : 0);
    const head = { 'content-type': 'video/mp4' };
    switch (fault) {
      case 'oversize':
        response.writeHead(200, { ...head, 'content-length': String(2 ** 40) });
        response.write(clip);
        return;
      case 'truncated':
        response.writeHead(200, { ...head, 'content-length': String(clip.length) });
        response.write(clip.subarray(0, clip.length / 2), () => response.destroy());
        return;
      case 'closed-early':
        response.writeHead(200, head);
        response.write(clip.subarray(0, clip.length / 2), () => response.destroy());
        return;
      case 'wrong-length':
        response.writeHead(200, { ...head, 'content-length': String(Math.floor(clip.length / 2)) });
        response.end(clip.subarray(0, clip.length / 2));
        return;
      case 'corrupt':
        response.writeHead(200, { ...head, 'content-length': String(clip.length) }).end(corrupted(clip));
        return;
    }
    response.writeHead(200, { ...head, 'content-length': String(clip.length) }).end(clip);
  }

  private async clipOf({ id, model, inputs }: Prediction, longerSeconds: number): Promise<Buffer> {
    const served = this.service.models.get(model);
    const [width, height] = served?.model.sizes[String(inputs.resolution)]?.[String(inputs.aspect_ratio)] ?? [
      1280, 720,
    ];
    const even = (pixels: number) => Math.max(16, 2 * Math.round(pixels / (this.options.shrink ?? 1) / 2));
    const durationSeconds = Number(inputs.duration ?? 5) + longerSeconds;
    const seed = this.options.sameBytes === true ? 0 : Number(inputs.seed ?? 0);
    const spec = { width: even(width), height: even(height), durationSeconds, seed, audio: true };
    return await this.clips.get(spec, this.options.sameBytes === true ? null : id);
  }

  /** Tells the address that the order named, signed as the documentation says. */
  private notifyLater(prediction: Prediction): void {
    const { webhook } = prediction;
    if (webhook === null) return;
    setTimeout(() => {
      const body = JSON.stringify(this.placed(this.service.tell(prediction)));
      const id = `msg_${prediction.id}`;
      const timestamp = String(Math.floor(Date.now() / 1000));
      const secret = (this.options.webhookSecret ?? 'whsec_rehearsal').replace(/^whsec_/, '');
      const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('hex');
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v3,${signature}`,
      };
      fetch(webhook, { method: 'POST', headers, body }).catch(() => {});
    }, this.service.options.serviceMs + 10).unref();
  }

  /** Puts addresses into a prediction: signed ones for its clip, as storage services give them. */
  private placed(data: Json): Json {
    const text = JSON.stringify(data)
      .replace(
        /"OUTPUT\/([0-9a-f]+)"/g,
        (_, id: string) => `"${this.url}/outputs/${id}.mp4?signature=${this.sign(id)}"`,
      )
      .replaceAll('"API/', `"${this.url}/api/v3/`);
    return JSON.parse(text) as Json;
  }

  private sign(id: string): string {
    return createHash('sha256').update(this.signing).update(id).digest('hex').slice(0, 24);
  }

  private fault(point: FaultPoint, subject: string, prompt: string): string | null {
    const fault = this.faults.pick(point, subject, prompt);
    if (fault !== null) this.injected[`${point}:${fault}`] = (this.injected[`${point}:${fault}`] ?? 0) + 1;
    return fault;
  }

  private count(what: string): void {
    this.requests[what] = (this.requests[what] ?? 0) + 1;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'the body is no JSON');
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** What may be answered to any question, whatever it is. */
function refuseAsTold(fault: string | null): void {
  if (fault === 'rate-limit') throw tooMany('1');
  if (fault === 'rate-limit-bare') throw tooMany();
  if (fault === 'error-500') throw new ApiError(500, 'internal error');
}

function tooMany(retryAfter?: string): ApiError {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return new ApiError(429, 'Too many requests', undefined, headers);
}

function sendHtml(response: ServerResponse, status: number): void {
  response
    .writeHead(status, { 'content-type': 'text/html' })
    .end(`<html><head><title>${status}</title></head><body><h1>${status}</h1><hr>gateway</body></html>`);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

function same(data: Json): Json {
  return data;
}
