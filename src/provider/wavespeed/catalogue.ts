import { Failure } from '../../failure.ts';
import type { DescribedModel } from '../../model/compare-model.ts';
import { dollarsToMicros, type Micros } from '../../model/money.ts';
import { asObject, type JsonObject, numberOf, readRows } from './answers.ts';
import type { Api } from './api.ts';

/** What the service says of its models, by id; what cannot be read of one counts as not said. */
export async function catalogue(api: Api, signal: AbortSignal): Promise<Map<string, DescribedModel>> {
  const { status, data, message } = await api.get('models', signal);
  const rows = readRows(data) ?? readRows(asObject(data)?.models);
  if (status !== 200 || rows === null) {
    throw new Failure('not-told', `WaveSpeed does not tell its models: ${message}`, {
      hint: 'Run the same command again later.',
    });
  }
  const models = new Map<string, DescribedModel>();
  for (const row of rows) {
    const object = asObject(row);
    const id = object?.model_id ?? object?.id;
    if (object !== null && typeof id === 'string') models.set(id, describe(object));
  }
  return models;
}

function describe(row: JsonObject): DescribedModel {
  const schemas = asObject(row.api_schema)?.api_schemas;
  const first = asObject(Array.isArray(schemas) ? schemas[0] : null);
  const request = asObject(first?.request_schema);
  const properties = asObject(request?.properties);
  const { required } = request ?? {};
  return {
    basePriceMicros: priceIn(row.base_price),
    properties:
      properties === null
        ? null
        : new Map(Object.entries(properties).map(([name, property]) => [name, asObject(property) ?? {}])),
    required: Array.isArray(required) ? required.filter(name => typeof name === 'string') : null,
  };
}

function priceIn(value: unknown): Micros | null {
  const dollars = numberOf(value);
  return dollars === null || dollars <= 0 || dollars >= 1e8 ? null : dollarsToMicros(dollars);
}
