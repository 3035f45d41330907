import type { Json } from '../plan/request.ts';
import type { Model, ModelProperty } from './model.ts';
import { formatDollars, type Micros } from './money.ts';
import { priceOf } from './price.ts';

/** A model in the service's own words; null where it does not say. */
export interface DescribedModel {
  readonly basePriceMicros: Micros | null;
  readonly properties: ReadonlyMap<string, Readonly<Record<string, unknown>>> | null;
  readonly required: readonly string[] | null;
}

/** One thing that a model file says and the service says otherwise; null where one of them does not have it. */
export interface Drift {
  readonly model: string;
  /** `duration.maximum`, `price of 5 s at 720p`, or `model` itself. */
  readonly what: string;
  readonly ours: Json;
  readonly theirs: Json;
}

const LIMITS = [
  ...['type', 'default', 'enum', 'minimum', 'maximum'],
  ...['minItems', 'maxItems', 'minLength', 'maxLength'],
] as const;

/**
 * Compares a model's file with the service's description. Limits that the service does not tell are no drift: its
 * descriptions leave many out, and it is the file that keeps authors from what the service would refuse.
 */
export function compareModel(model: Model, described: DescribedModel | undefined): Drift[] {
  const drift = (what: string, ours: Json, theirs: Json): Drift => ({ model: model.id, what, ours, theirs });
  if (described === undefined) return [drift('model', model.id, null)];
  const drifts: Drift[] = [];
  const { properties, required, basePriceMicros } = described;
  for (const name of properties === null
    ? []
    : new Set([...Object.keys(model.properties), ...properties.keys()])) {
    const own = Object.hasOwn(model.properties, name) ? model.properties[name] : undefined;
    const their = properties?.get(name);
    if (own === undefined) drifts.push(drift(name.slice(0, MAX_TEXT), null, 'a property'));
    else if (their === undefined) drifts.push(drift(name, 'a property', null));
    else drifts.push(...limitsOf(name, own, their).map(([what, ...values]) => drift(what, ...values)));
  }
  for (const name of required === null ? [] : new Set([...model.required, ...required])) {
    const [ours, theirs] = [model.required.includes(name), required?.includes(name) === true];
    if (ours !== theirs) drifts.push(drift(`${name.slice(0, MAX_TEXT)}.required`, ours, theirs));
  }
  const prices = new Set(pricesOf(model).map(({ micros }) => micros));
  if (basePriceMicros !== null && prices.size > 0 && !prices.has(basePriceMicros))
    drifts.push(drift('base_price', 'none of its prices', `$${formatDollars(basePriceMicros)}`));
  return drifts;
}

function limitsOf(
  name: string,
  own: ModelProperty,
  their: Readonly<Record<string, unknown>>,
): [string, Json, Json][] {
  return LIMITS.flatMap((limit): [string, Json, Json][] => {
    const [ours, theirs] = [(own as Record<string, Json>)[limit], plain(their[limit])];
    if (theirs === null || same(limit, ours, theirs)) return [];
    return [[`${name}.${limit}`, ours ?? null, theirs]];
  });
}

const MAX_TEXT = 200;

/** A service may send anything: of it a value, or a list of values, of a length that can be shown. Null for nothing. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) {
    const isOdd = value.length > MAX_TEXT || value.some(item => item !== null && typeof item === 'object');
    return isOdd ? 'something else' : value.map(plain);
  }
  if (typeof value === 'string') return value.slice(0, MAX_TEXT).toWellFormed();
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? 'something else' : (value as Json);
}

/** The order of an enum says nothing. */
function same(limit: string, ours: Json | undefined, theirs: Json): boolean {
  const sorted = (value: Json | undefined) =>
    limit === 'enum' && Array.isArray(value) ? value.map(item => JSON.stringify(item)).sort() : value;
  return JSON.stringify(sorted(ours)) === JSON.stringify(sorted(theirs));
}

/** A price of the model's file, and the question that the service answers with its own. */
export interface PriceQuestion {
  readonly what: string;
  readonly micros: Micros;
  readonly inputs: Readonly<Record<string, Json>>;
}

/** So many requests for one model, and no more. */
const MAX_QUESTIONS = 12;

/** Every listed price that can be asked for, then the shortest and longest clip of each resolution. */
export function priceQuestions(model: Model): PriceQuestion[] {
  const { minimum, maximum } = model.properties.duration ?? {};
  const isEnd = ({ durationSeconds }: { durationSeconds: number }) =>
    durationSeconds === minimum || durationSeconds === maximum;
  const prices = pricesOf(model);
  const asked = [
    ...prices.filter(({ source }) => source === 'listed'),
    ...prices.filter(price => price.source !== 'listed' && isEnd(price)),
  ];
  return asked.slice(0, MAX_QUESTIONS).map(({ resolution, durationSeconds, micros }) => ({
    what: `price of ${durationSeconds} s at ${resolution}`,
    micros,
    inputs: { ...exampleInputs(model), resolution, duration: durationSeconds },
  }));
}

function pricesOf({ price, properties }: Model) {
  const { minimum = 1, maximum = minimum } = properties.duration ?? {};
  const prices = [];
  for (const resolution of Object.keys(price?.factor ?? {})) {
    for (let durationSeconds = minimum; durationSeconds <= maximum; durationSeconds++) {
      const { micros, source } = priceOf(price, { resolution, durationSeconds });
      if (micros !== null) prices.push({ resolution, durationSeconds, micros, source });
    }
  }
  return prices;
}

/** All that a request must have: a quote for less is a quote for the cheapest. */
function exampleInputs(model: Model): Record<string, Json> {
  const inputs: Record<string, Json> = {};
  for (const [name, { type, default: preset }] of model.propertyList) {
    const isFile = model.mediaFields.has(name) || model.fileInputs.has(name);
    const text = isFile ? 'https://storyreel.invalid/reference.mp4' : 'A harbour at dawn';
    if (preset !== undefined) inputs[name] = preset;
    else if (model.required.includes(name) || name === 'prompt')
      inputs[name] = type === 'array' ? [text] : text;
  }
  return inputs;
}
