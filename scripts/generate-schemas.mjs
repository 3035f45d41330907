// Writes schemas/include.schema.json, of a file that storyboards include: a part of the storyboard's own schema,
// so that there is one truth for each field.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SCHEMAS = new URL('../schemas/', import.meta.url);
const FIELDS = [
  'version',
  'include',
  'variables',
  'style',
  'defaults',
  'characters',
  'props',
  'locations',
  'fonts',
];

/** @returns {Record<string, string>} texts by file name */
export function generateSchemas() {
  const storyboard = JSON.parse(readFileSync(new URL('storyboard.schema.json', SCHEMAS), 'utf8'));
  return { 'schemas/include.schema.json': `${JSON.stringify(includeSchema(storyboard), null, 2)}\n` };
}

function includeSchema({ $schema, properties, definitions }) {
  const own = Object.fromEntries(FIELDS.map(name => [name, properties[name]]));
  const used = new Set();
  collectUsed(own, definitions, used);
  return {
    $schema,
    $id: 'urn:storyreel:include:1',
    title: 'Included file',
    description: 'What several storyboards share: a cast, a look, fonts, variables.',
    type: 'object',
    additionalProperties: false,
    properties: own,
    definitions: Object.fromEntries(Object.entries(definitions).filter(([name]) => used.has(name))),
  };
}

function collectUsed(value, definitions, used) {
  if (value === null || typeof value !== 'object') return;
  const name = typeof value.$ref === 'string' ? value.$ref.split('/').at(-1) : undefined;
  if (name !== undefined && !used.has(name)) {
    used.add(name);
    collectUsed(definitions[name], definitions, used);
  }
  for (const member of Object.values(value)) collectUsed(member, definitions, used);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, text] of Object.entries(generateSchemas()))
    writeFileSync(new URL(`../${name}`, import.meta.url), text);
}
