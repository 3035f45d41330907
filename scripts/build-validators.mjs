// Writes dist/validators: for the schemas of what authors write and each model file a plain function that checks it.
// Compiling the schemas in each process would be half of the time that a command takes to start.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const SCHEMAS = new URL('../schemas/', import.meta.url);
const VALIDATORS = new URL('../dist/validators/', import.meta.url);
/** What patterns let through for editors alone: before we check anything, variables are filled in. */
const VARIABLE = String.raw`\\$\\{[a-z0-9_-]+\\}|`;

const models = readdirSync(new URL('models/', SCHEMAS)).map(name => `models/${name}`);
mkdirSync(new URL('models/', VALIDATORS), { recursive: true });
for (const name of ['storyboard.schema.json', 'include.schema.json', 'model.schema.json', ...models]) {
  const text = readFileSync(new URL(name, SCHEMAS), 'utf8');
  const schema = JSON.parse(text.replaceAll(VARIABLE, ''));
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    keywords: ['x-model'],
    code: { source: true },
  });
  const target = new URL(name.replace(/(\.schema)?\.json$/, '.cjs'), VALIDATORS);
  writeFileSync(target, standalone.default(ajv, ajv.compile(schema)));
}
