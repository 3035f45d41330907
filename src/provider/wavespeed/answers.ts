import type { Json } from '../../plan/request.ts';

/** An answer's body, read as far as it can be: the service's own envelope, or what a gateway sent in its place. */
export interface Envelope {
  /** What counts as the answer's status: the envelope's `code` where it has one, else that of HTTP. */
  readonly status: number;
  /** Null unless the body was a JSON object. */
  readonly body: JsonObject | null;
  /** `data` of the envelope, or the body itself where it comes bare. */
  readonly data: unknown;
  /** The service's words, or what came in their place. */
  readonly message: string;
  /** A task's error code, such as 1200. */
  readonly errorCode: number | null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads any body: nothing that a server sends makes it throw. `redact` takes secrets out of every text in it, after
 * whatever escapes it was written with.
 */
export function readEnvelope(
  httpStatus: number,
  text: string,
  redact: (text: string) => string = same => same,
): Envelope {
  const body = asObject(parse(text, redact));
  if (body === null) {
    const words = /^\s*</.test(text) ? 'a web page' : text.trim() === '' ? 'nothing' : 'no JSON';
    const message = `HTTP ${httpStatus} with ${words} in place of an answer`;
    return { status: httpStatus, body, data: null, message, errorCode: null };
  }
  const code = codeOf(body.code);
  const status = httpStatus >= 200 && httpStatus < 300 && code !== null ? code : httpStatus;
  const data = Object.hasOwn(body, 'data') ? body.data : body;
  const message = textOf(body.message) ?? textOf(body.error) ?? textOf(body.detail) ?? `HTTP ${httpStatus}`;
  return { status, body, data, message, errorCode: codeOf(body.error_code) ?? taskCode(code) };
}

export interface PredictionAnswer {
  readonly id: string | null;
  readonly model: string | null;
  /** As the service says it, in lower case; it may be a word that we do not know. */
  readonly status: string;
  /** Null unless it is a list of addresses. */
  readonly outputs: readonly string[] | null;
  readonly flagged: boolean;
  /** The service's words about what went wrong. */
  readonly error: string;
  readonly errorCode: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
  /** How long the service worked on it, in milliseconds. */
  readonly tookMs: number | null;
  /** What it was made of, where the service says so. */
  readonly inputs: JsonObject | null;
}

/** A prediction as the service describes it; null if this is none. */
export function readPrediction(data: unknown): PredictionAnswer | null {
  const object = asObject(data);
  if (object === null) return null;
  const outputs = Array.isArray(object.outputs) ? object.outputs : null;
  const error = textOf(object.error) ?? textOf(asObject(object.error)?.message) ?? '';
  const written = /\b(1200|140[0-7]|500[0-9])\b/.exec(error)?.[1];
  return {
    id: predictionId(object.id),
    model: textOf(object.model),
    status: (textOf(object.status) ?? '').toLowerCase(),
    outputs: outputs?.every(output => typeof output === 'string') === true ? (outputs as string[]) : null,
    flagged: Array.isArray(object.has_nsfw_contents) && object.has_nsfw_contents.includes(true),
    error,
    errorCode:
      codeOf(object.error_code) ??
      taskCode(asInteger(object.code)) ??
      codeOf(asObject(object.error)?.code) ??
      (written === undefined ? null : Number(written)),
    createdAt: timeOf(object.created_at),
    tookMs: numberOf(asObject(object.timings)?.inference),
    inputs: asObject(object.inputs) ?? asObject(object.input),
  };
}

/** An id goes into addresses: nothing but what an id is made of. */
export function predictionId(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.:~-]{0,199}$/.test(value) ? value : null;
}

/** The rows of a list, wherever the service has put them. */
export function readRows(data: unknown): readonly unknown[] | null {
  if (Array.isArray(data)) return data;
  const object = asObject(data);
  for (const name of ['items', 'predictions', 'billings', 'list', 'rows', 'data', 'results']) {
    if (Array.isArray(object?.[name])) return object[name];
  }
  return null;
}

/** Whether the inputs that a service tells are those of a payload; what it adds is of no matter. */
export function isMadeOf(inputs: JsonObject, payload: Readonly<Record<string, Json>>): boolean {
  return Object.entries(payload).every(([name, value]) => isSame(inputs[name], value));
}

function isSame(a: unknown, b: Json): boolean {
  if (Array.isArray(b))
    return Array.isArray(a) && a.length === b.length && b.every((item, i) => isSame(a[i], item));
  if (b === null || typeof b !== 'object') return typeof a === 'string' ? a.normalize('NFC') === b : a === b;
  const object = asObject(a);
  return object !== null && isMadeOf(object, b as Readonly<Record<string, Json>>);
}

const END_OF_TIME = Date.UTC(9999, 0);

/** Milliseconds since 1970, from ISO text or from seconds or milliseconds. */
export function timeOf(value: unknown): number | null {
  const time =
    typeof value === 'string'
      ? Date.parse(value)
      : typeof value === 'number'
        ? value < 1e11
          ? value * 1000
          : value
        : Number.NaN;
  return time > 0 && time < END_OF_TIME ? Math.round(time) : null;
}

/** A number, also where it comes as text. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function asObject(value: unknown): JsonObject | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : null;
}

function parse(text: string, redact: (text: string) => string): unknown {
  try {
    return JSON.parse(text, (_, value) => (typeof value === 'string' ? redact(value) : value));
  } catch {
    return null;
  }
}

function asInteger(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

/** A zero is how some say that there is none. */
function codeOf(value: unknown): number | null {
  return asInteger(value) || null;
}

/** Codes of tasks have four digits; those of HTTP have three. */
function taskCode(code: number | null): number | null {
  return code !== null && code >= 1000 ? code : null;
}

/** At most so much of it: an error may be a whole page. */
const MAX_WORDS = 500;

function textOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  const text = value.toWellFormed();
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}…` : text;
}
