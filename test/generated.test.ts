import { promises as fs } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error: plain modules without types
import { generateDocs } from '../scripts/generate-docs.mjs';
// @ts-expect-error: plain modules without types
import { generateSchemas } from '../scripts/generate-schemas.mjs';
// @ts-expect-error: plain modules without types
import { generateTypes } from '../scripts/generate-types.mjs';

const read = (file: string) => fs.readFile(new URL(`../${file}`, import.meta.url), 'utf8');

test('the types of the written storyboard are those of the schema (npm run generate)', async () => {
  expect(await read('src/storyboard/written.ts')).toBe(await generateTypes());
});

test('the pages of the format and the models are those of the schemas (npm run generate)', async () => {
  for (const [file, text] of Object.entries<string>(generateDocs())) expect(await read(file)).toBe(text);
});

test('the schema of included files is a part of the storyboard’s (npm run generate)', async () => {
  for (const [file, text] of Object.entries<string>(generateSchemas()))
    expect(JSON.parse(await read(file))).toEqual(JSON.parse(text));
});

test('every field of the storyboard has a description and an example', async () => {
  const schema = JSON.parse(await read('schemas/storyboard.schema.json'));
  const lacking: string[] = [];
  const visit = (holder: { properties?: Record<string, Field> }, name: string) => {
    for (const [field, property] of Object.entries(holder.properties ?? {})) {
      const target =
        property.$ref === undefined
          ? {}
          : (schema.definitions[property.$ref.split('/').at(-1) ?? ''] as Field);
      if ((property.description ?? target.description) === undefined)
        lacking.push(`${name}.${field}: description`);
      if ((property.examples ?? target.examples)?.[0] === undefined)
        lacking.push(`${name}.${field}: example`);
    }
  };
  visit(schema, 'storyboard');
  for (const [name, definition] of Object.entries<Field>(schema.definitions)) visit(definition, name);
  expect(lacking).toEqual([]);
});

interface Field {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Record<string, Field>;
}
