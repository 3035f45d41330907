import type { ErrorObject, SchemaObject } from 'ajv';
import type { Json } from '../plan/request.ts';
import { type PriceTable, tableOf, type WrittenPrice } from './price.ts';

/**
 * What a model accepts, how it names references and what it costs: one file of `schemas/models/` or of a
 * project's own `models/`, which is the JSON Schema of the request body with an `x-model` block beside it. Adding a model is adding a file.
 */
export interface Model {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The service that renders it. */
  readonly provider: string;
  readonly properties: Readonly<Record<string, ModelProperty>>;
  /** The same as a list, made once. */
  readonly propertyList: readonly (readonly [string, ModelProperty])[];
  readonly required: readonly string[];
  readonly references: {
    readonly videos: MediaField | null;
    readonly image: MediaField | null;
  };
  /** The names of the fields that are filled from references; the author never sets them. */
  readonly mediaFields: ReadonlySet<string>;
  /** The inputs that are files: their bytes are uploaded, and their digests shape the key. */
  readonly fileInputs: ReadonlySet<string>;
  readonly fps: number;
  /** Output pixels by resolution and aspect ratio. */
  readonly sizes: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;
  /** The fields of a request that its price depends on: takes that agree in them cost the same. */
  readonly priceInputs: readonly string[];
  /** Null where prices are not known: the service is asked. */
  readonly price: PriceTable | null;
  /** Checks a request body; returns everything wrong with it. */
  readonly check: (body: Json) => readonly ErrorObject[];
}

export interface ModelProperty {
  readonly type?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: ModelProperty;
}

export interface MediaField {
  readonly field: string;
  /** How a prompt calls the n-th item: "Video {n}". */
  readonly token: string;
  /** More items than this get a warning. */
  readonly warnAbove?: number;
  readonly warning?: string;
}

/** Reads a model file's JSON; `check` checks a request by it. Throws TypeError for what `checkModel` would have refused. */
export function parseModel(json: unknown, check: Model['check']): Model {
  const schema = json as SchemaObject & Record<string, unknown>;
  const meta = schema['x-model'] as ModelBlock | undefined;
  if (meta?.id === undefined || meta.price === undefined)
    throw new TypeError('a model file needs an x-model block');
  return {
    id: meta.id,
    title: String(schema.title),
    description: String(schema.description ?? ''),
    provider: meta.provider,
    properties: schema.properties as Model['properties'],
    propertyList: Object.entries(schema.properties as Model['properties']),
    required: (schema.required as string[] | undefined) ?? [],
    references: { videos: meta.references.videos ?? null, image: meta.references.image ?? null },
    mediaFields: new Set(
      [meta.references.videos?.field, meta.references.image?.field].filter(field => field !== undefined),
    ),
    fps: meta.fps,
    sizes: meta.sizes,
    fileInputs: new Set(meta.references.files ?? []),
    priceInputs: meta.price.inputs,
    price: tableOf(meta.price),
    check,
  };
}

/** The `x-model` block as it stands in the file. */
export interface ModelBlock {
  id: string;
  provider: string;
  references: { videos?: MediaField; image?: MediaField; files?: string[] };
  fps: number;
  sizes: Record<string, Record<string, [number, number]>>;
  price: WrittenPrice;
}
