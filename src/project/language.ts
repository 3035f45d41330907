import { promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { type Model, parseModel } from '../model/model.ts';
import type { Json } from '../plan/request.ts';
import type { Language } from '../storyboard/check.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
/** The schemas as functions; `npm run build` writes them. */
const VALIDATORS = new URL('../../dist/validators/', import.meta.url);

/** Where a published schema stands in the package. */
export function schemaPath(name: string): string {
  return fileURLToPath(new URL(name, SCHEMAS));
}

let loaded: Promise<Language> | null = null;

/** The storyboard's schema and every model file, read once. */
export function loadLanguage(): Promise<Language> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Language> {
  const folder = new URL('models/', SCHEMAS);
  const names = (await fs.readdir(folder)).filter(name => name.endsWith('.json')).sort();
  const models = await Promise.all(
    names.map(async name => {
      const json: unknown = JSON.parse(await fs.readFile(new URL(name, folder), 'utf8'));
      return parseModel(json, validator(`models/${name.replace(/\.json$/, '')}`));
    }),
  );
  return {
    checkShape: validator('storyboard'),
    checkInclude: validator('include'),
    models: new Map<string, Model>(models.map(model => [model.id, model])),
  };
}

type Check = (data: Json) => readonly ErrorObject[];

/** Loaded when it is first asked: most commands ask no model. */
function validator(name: string): Check {
  const path = fileURLToPath(new URL(`${name}.cjs`, VALIDATORS));
  let validate: ValidateFunction | undefined;
  return data => {
    validate ??= createRequire(import.meta.url)(path) as ValidateFunction;
    return validate(data) ? [] : (validate.errors ?? []);
  };
}
