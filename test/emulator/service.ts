import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type SchemaObject, type ValidateFunction } from 'ajv';
import { type Model, parseModel } from '../../src/model/model.ts';
import { dollarsToMicros, formatDollars, type Micros } from '../../src/model/money.ts';
import { priceOf } from '../../src/model/price.ts';
import type { Json } from '../../src/plan/request.ts';
import { inRepository } from '../support/repository.ts';
import type { Faults } from './faults.ts';

export interface ServiceOptions {
  readonly key: string;
  readonly balance: number;
  /** What a task takes. */
  readonly serviceMs: number;
  readonly discount: number;
  /** Multiplies all prices. */
  readonly priceFactor: number;
  readonly perMinute: number | null;
  /** How long the minute of `perMinute` is. */
  readonly minuteMs: number;
  readonly atOnce: number | null;
  readonly historyLagMs: number;
  /** Whether the history tells what a prediction was made of. */
  readonly historyInputs: boolean;
  readonly refundMs: number;
  /** Model files that it serves beside ours. */
  readonly modelFiles: readonly string[];
}

export interface Prediction {
  readonly id: string;
  readonly model: string;
  /** With defaults, without what the model does not know. */
  readonly inputs: Readonly<Record<string, Json>>;
  readonly createdAt: number;
  /** Equal for equal orders: what chance is tied to, so that a script can be replayed. */
  readonly identity: string;
  readonly fault: string | null;
  readonly webhook: string | null;
  polls: number;
  downloads: number;
}

export interface Charge {
  readonly predictionId: string;
  readonly micros: Micros;
  readonly at: number;
  /** What was asked for, less the addresses of its media: equal for equal orders. */
  readonly identity: string;
  /** Keys that the model does not know: dropped, and billed all the same. */
  readonly dropped: readonly string[];
  refundedAt: number | null;
}

/** A refusal as the API words it. */
export class ApiError extends Error {
  readonly status: number;
  readonly errorCode: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errorCode?: number,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.headers = headers;
  }
}

interface ServedModel {
  readonly model: Model;
  readonly schema: SchemaObject;
  readonly validate: ValidateFunction;
}

const MODELS = inRepository('schemas/models/');

/** The state of the emulated service: what was ordered, what it cost, and what has become of it. */
export class Service {
  readonly options: ServiceOptions;
  readonly faults: Faults;
  readonly predictions: Map<string, Prediction> = new Map();
  readonly charges: Charge[] = [];
  readonly models: ReadonlyMap<string, ServedModel>;
  balanceMicros: Micros;
  /** A test may let the history catch up: to wait for it would be to bet on how fast this machine is. */
  historyLagMs: number;
  /** Of the prediction that was made last. */
  lastId: string | null = null;
  private readonly accepted: number[] = [];
  private readonly instance = randomBytes(16);

  constructor(options: ServiceOptions, faults: Faults) {
    this.options = options;
    this.models = new Map([...loadModels(), ...options.modelFiles.map(serve)]);
    this.faults = faults;
    this.historyLagMs = options.historyLagMs;
    this.balanceMicros = dollarsToMicros(options.balance);
  }

  /** Accepts an order: makes the prediction, and charges for it. Throws an ApiError, and charges nothing, if it refuses. */
  submit(
    modelId: string,
    body: unknown,
    webhook: string | null,
    knownMedia: (url: string) => boolean,
  ): Prediction {
    const served = this.models.get(modelId);
    if (served === undefined) throw new ApiError(404, `model not found: ${modelId}`);
    if (body === null || typeof body !== 'object' || Array.isArray(body))
      throw new ApiError(400, 'the body is no object');
    const dropped = Object.keys(body).filter(name => !Object.hasOwn(served.model.properties, name));
    const inputs = structuredClone(body) as Record<string, Json>;
    if (!served.validate(inputs)) {
      const [error] = served.validate.errors ?? [];
      throw new ApiError(400, `${error?.instancePath.slice(1) || 'input'} ${error?.message}`);
    }
    this.refuseTooMany();
    const micros = this.price(served.model, inputs);
    if (micros > this.balanceMicros) throw new ApiError(400, 'Insufficient credits. Please top up.');
    const identity = identityOf(served.model, inputs);
    const unreachable = [
      inputs.videos,
      ...[...served.model.mediaFields, ...served.model.fileInputs].map(name => inputs[name]),
    ]
      .flat()
      .some(url => typeof url === 'string' && !knownMedia(url));
    const fault = unreachable
      ? 'media-unreachable'
      : this.faults.pick('task', identity, String(inputs.prompt ?? ''));
    const number = this.predictions.size + 1;
    const prediction: Prediction = {
      // Never the same again, also after a restart: a journal remembers those it has seen.
      id: createHash('sha256')
        .update(this.instance)
        .update(`prediction ${number}`)
        .digest('hex')
        .slice(0, 32),
      identity,
      model: modelId,
      inputs,
      createdAt: Date.now(),
      fault,
      webhook,
      polls: 0,
      downloads: 0,
    };
    this.predictions.set(prediction.id, prediction);
    this.lastId = prediction.id;
    this.balanceMicros -= micros;
    this.charges.push({
      ...{ predictionId: prediction.id, micros, at: prediction.createdAt, identity, dropped },
      refundedAt: REFUNDED.has(fault ?? '') ? prediction.createdAt + this.options.refundMs : null,
    });
    return prediction;
  }

  price(model: Model, inputs: Readonly<Record<string, unknown>>): Micros {
    // What is missing makes it the cheapest of its kind.
    const durationSeconds = Number(inputs.duration ?? model.properties.duration?.minimum ?? 2);
    const resolution = String(inputs.resolution ?? '720p');
    // Where the model's file has no prices, the service has them all the same.
    const micros =
      priceOf(model.price, { resolution, durationSeconds }).micros ??
      Math.max(5, durationSeconds) * 100_000 * (resolution === '1080p' ? 1.5 : 1);
    return Math.round(micros * this.options.priceFactor * this.options.discount);
  }

  /** The prediction as the API tells it now. */
  tell(prediction: Prediction): { [name: string]: Json } {
    const { id, model, createdAt, fault, polls } = prediction;
    const age = Date.now() - createdAt;
    const done = age >= this.options.serviceMs;
    let status = done ? 'completed' : age < this.options.serviceMs / 5 ? 'created' : 'processing';
    let error = '';
    let code: number | null = null;
    if (fault === 'stuck' && polls < 4) status = 'processing';
    if (fault === 'backwards' && polls % 2 === 0 && polls < 6) status = 'created';
    if (fault === 'unknown-status' && polls < 3) status = 'rendering_v2';
    if (done && FAILURES[fault ?? ''] !== undefined) {
      ({ status, error, code } = FAILURES[fault ?? ''] as Failing);
    }
    const flagged = fault === 'nsfw' && done;
    return {
      id,
      model,
      status,
      outputs: status === 'completed' ? [`OUTPUT/${id}`] : [],
      urls: { get: `API/predictions/${id}/result` },
      has_nsfw_contents: status === 'completed' ? [flagged] : [],
      created_at: new Date(createdAt).toISOString(),
      error,
      ...(code === null ? {} : { error_code: code }),
      timings: { inference: status === 'completed' ? this.options.serviceMs : 0 },
    };
  }

  /** As the history tells it: late, and perhaps without its inputs. Newest first. */
  history(filter: { model?: string; after: number; before: number }): Prediction[] {
    const now = Date.now();
    return [...this.predictions.values()]
      .filter(
        ({ model, createdAt }) =>
          (filter.model === undefined || model === filter.model) &&
          createdAt >= filter.after &&
          createdAt <= filter.before &&
          createdAt + this.historyLagMs <= now,
      )
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  bills(ids: ReadonlySet<string>): { [name: string]: Json }[] {
    const now = Date.now();
    return this.charges.flatMap(({ predictionId, micros, at, refundedAt }, index) => {
      if (!ids.has(predictionId)) return [];
      const row = (type: string, time: number) => ({
        uuid: `${type}-${index}`,
        prediction_uuid: predictionId,
        billing_type: type,
        price: Number(formatDollars(micros)),
        order: { model: this.predictions.get(predictionId)?.model ?? '' },
        created_at: new Date(time).toISOString(),
      });
      const refunded = refundedAt !== null && refundedAt <= now;
      return [row('deduct', at), ...(refunded ? [row('refund', refundedAt)] : [])];
    });
  }

  private refuseTooMany(): void {
    const { perMinute, minuteMs, atOnce, serviceMs } = this.options;
    const now = Date.now();
    while ((this.accepted[0] ?? now) <= now - Math.max(minuteMs, serviceMs)) this.accepted.shift();
    const thisMinute = this.accepted.filter(at => at > now - minuteMs);
    if (perMinute !== null && thisMinute.length >= perMinute) {
      const waitSeconds = Math.ceil(((thisMinute[0] ?? now) + minuteMs - now) / 1000);
      throw new ApiError(429, 'Too many requests', undefined, { 'retry-after': String(waitSeconds) });
    }
    const running = this.accepted.filter(at => at > now - serviceMs).length;
    if (atOnce !== null && running >= atOnce) throw new ApiError(429, 'Too many tasks at once');
    this.accepted.push(now);
  }
}

/** What two submissions of the same order have in common: everything but where their media lie. */
export function identityOf(model: Model, inputs: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(inputs).filter(([name]) => !model.mediaFields.has(name));
  return JSON.stringify(Object.fromEntries(rest.sort(([a], [b]) => (a < b ? -1 : 1))));
}

interface Failing {
  readonly status: string;
  readonly error: string;
  readonly code: number | null;
}

const FAILURES: Readonly<Record<string, Failing>> = {
  failed: { status: 'failed', error: 'the task failed in the renderer', code: 1403 },
  moderated: { status: 'failed', error: 'the content does not comply with the usage policies', code: 1200 },
  cancelled: { status: 'cancelled', error: 'cancelled by an operator', code: null },
  timeout: { status: 'timeout', error: 'the task took too long', code: 5004 },
  'media-unreachable': { status: 'failed', error: 'cannot download a reference video', code: 1402 },
};

const REFUNDED = new Set(['failed', 'timeout', 'media-unreachable']);

let loaded: Map<string, ServedModel> | undefined;

/** Compiling the schemas takes longer than most tests talk to their service: once a process is enough. */
function loadModels(): ReadonlyMap<string, ServedModel> {
  const files = readdirSync(MODELS).filter(file => file.endsWith('.json'));
  loaded ??= new Map(files.map(name => serve(readFileSync(new URL(name, MODELS), 'utf8'))));
  return loaded;
}

function serve(text: string): [string, ServedModel] {
  const { $id, ...schema } = JSON.parse(text) as SchemaObject;
  const validate = new Ajv({ strict: false, keywords: ['x-model'] }).compile(schema);
  // The service drops what it does not know, silently, and fills in the rest.
  const lax = new Ajv({ strict: false, removeAdditional: 'all', useDefaults: true, keywords: ['x-model'] });
  const model = parseModel(schema, body => (validate(body) ? [] : (validate.errors ?? [])));
  return [model.id, { model, schema, validate: lax.compile(schema) }];
}
