// Writes src/storyboard/written.ts from schemas/storyboard.schema.json, the single truth of the format.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { compile } from 'json-schema-to-typescript';

const SCHEMA = new URL('../schemas/storyboard.schema.json', import.meta.url);
const TARGET = new URL('../src/storyboard/written.ts', import.meta.url);

/** @returns {Promise<string>} the module's text */
export async function generateTypes() {
  const schema = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  const { $id, ...shape } = withoutExamples(schema); // the name comes from $id where there is one
  shape.definitions.inputs.tsType = 'Record<string, Json>';
  return await compile(shape, 'WrittenStoryboard', {
    bannerComment:
      "/* Made from schemas/storyboard.schema.json by `npm run generate`: the storyboard as an author writes it. */\nimport type { Json } from '../plan/request.ts';",
    format: true,
    style: { singleQuote: true, printWidth: 110, arrowParens: 'avoid' },
    additionalProperties: false,
    strictIndexSignatures: false,
  });
}

// Descriptions alone make the comments; the list limits would otherwise become tuples.
function withoutExamples(value) {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => !(name === 'examples' && Array.isArray(member)))
      .filter(([name, member]) => !(['minItems', 'maxItems'].includes(name) && typeof member === 'number'))
      .filter(([name, member]) => !(name === 'title' && member === 'Storyboard'))
      .map(([name, member]) => [name, withoutExamples(member)]),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(TARGET, await generateTypes());
