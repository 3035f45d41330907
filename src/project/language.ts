import { promises as fs } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SchemaObject } from 'ajv';
import { type Model, parseModel } from '../model/model.ts';
import type { Language } from '../storyboard/check.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);

/** Where a published schema stands in the package. */
export function schemaPath(name: string): string {
  return fileURLToPath(new URL(name, SCHEMAS));
}

let loaded: Promise<Language> | null = null;

/** The storyboard's schema and every model file, read and compiled once. */
export function loadLanguage(): Promise<Language> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Language> {
  const [{ Ajv }, schema, models] = await Promise.all([
    import('ajv'),
    readJson(new URL('storyboard.schema.json', SCHEMAS)),
    readModels(),
  ]);
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    validateSchema: false, // ours, and tested: compiling the meta-schema would be half of the start-up
    strictRequired: false,
    keywords: ['x-model'],
  });
  const validate = ajv.compile(schema as SchemaObject);
  const parsed = models.map(json => parseModel(json, ajv));
  return {
    checkShape: data => (validate(data) ? [] : (validate.errors ?? [])),
    models: new Map<string, Model>(parsed.map(model => [model.id, model])),
  };
}

async function readModels(): Promise<unknown[]> {
  const folder = new URL('models/', SCHEMAS);
  const names = (await fs.readdir(folder)).filter(name => name.endsWith('.json')).sort();
  return await Promise.all(names.map(name => readJson(new URL(name, folder))));
}

async function readJson(url: URL): Promise<unknown> {
  return JSON.parse(await fs.readFile(url, 'utf8'));
}
