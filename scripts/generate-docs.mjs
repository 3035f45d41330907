// Writes docs/storyboard.md from schemas/storyboard.schema.json, docs/models.md from schemas/models/, and
// docs/diagnostics.md from src/explanations/, as `npm run build` has compiled it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { exampleLines } from '../dist/explanations/explanation.js';
import { TOPICS } from '../dist/explanations/explanations.js';

const ROOT = new URL('../', import.meta.url);
const read = name => JSON.parse(readFileSync(new URL(name, ROOT), 'utf8'));

/** @returns {Record<string, string>} texts by file name */
export function generateDocs() {
  return {
    'docs/storyboard.md': storyboardPage(read('schemas/storyboard.schema.json')),
    'docs/models.md': modelsPage(),
    'docs/diagnostics.md': diagnosticsPage(),
  };
}

const SECTIONS = [
  ['A scene', 'scene'],
  ['A shot', 'shot'],
  ['A picture', 'frame'],
  ['A video', 'footage'],
  ['A character, prop or location', 'reference'],
  ['A profile', 'profile'],
  ['A transition', 'transition'],
  ['The part of a clip that is used', 'trim'],
  ['A card', 'card'],
  ['A lower third', 'lower_third'],
  ['The cut', 'cut'],
  ['A watermark', 'watermark'],
  ['A leader', 'leader'],
  ['The sound', 'audio'],
  ['Music', 'music'],
  ['A voice', 'voice'],
  ['A line of dialogue', 'line'],
  ['The subtitles', 'subtitles'],
  ['A deliverable', 'deliverable'],
];

/** What many fields hold, and what has no fields of its own. */
const VALUES = { id: 'id', path: 'file', color: 'colour' };
const VALUES_TITLE = 'Ids, files and colours';

function storyboardPage(schema) {
  const { definitions } = schema;
  const section = (title, definition) =>
    `## ${title}\n\n${definition.description}\n\n${fieldTable(definition, definitions)}\n`;
  return [
    '# The storyboard, field by field\n',
    '<!-- Made from schemas/storyboard.schema.json by `npm run generate`; change it there. -->\n',
    `${schema.description}\n`,
    'A storyboard is one YAML 1.2 document in UTF-8. An unknown key is an error. Editors that know YAML show this page as you type when the first line is\n\n```yaml\n# yaml-language-server: $schema=path/to/schemas/storyboard.schema.json\n```\n',
    section('The top of the file', { ...schema, description: 'It has either `scenes` or `shots`.' }),
    ...SECTIONS.flatMap(([title, name]) => [
      section(title, definitions[name]),
      ...(name === 'shot' ? afterShots(definitions, section) : []),
    ]),
  ].join('\n');
}

function afterShots({ shot, defaults, ...others }, section) {
  return [
    `\`defaults\` takes the same fields but ${listOf(fieldsWithout(shot, defaults))}.\n`,
    section('Takes', shot.properties.takes),
    `## ${VALUES_TITLE}\n\n${valueTable(others)}\n`,
  ];
}

/** The names of the fields that one has and the other has not. */
function fieldsWithout(one, other) {
  return Object.keys(one.properties).filter(name => !Object.hasOwn(other.properties, name));
}

function listOf(names) {
  const quoted = names.map(name => `\`${name}\``);
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter(Boolean).join(' and ');
}

function valueTable(definitions) {
  const rows = Object.entries(VALUES).map(([name, word]) => {
    const { description, examples } = definitions[name];
    return `| ${word} | ${cell(description)} | ${examples.map(example => `\`${cell(flow(example))}\``).join(', ')} |`;
  });
  return `| value | what it is | example |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** Where a value is told of that several fields have; undefined for what is told in the table itself. */
function anchorOf(reference) {
  const name = nameOf(reference);
  const [title] = SECTIONS.find(([, definition]) => definition === name) ?? [];
  if (title !== undefined) return anchor(title);
  return Object.hasOwn(VALUES, name) ? anchor(VALUES_TITLE) : undefined;
}

/** Of a definition, in a reference to it. */
function nameOf(reference) {
  return reference?.split('/').at(-1);
}

function anchor(title) {
  return `#${title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-')}`;
}

function fieldTable({ properties, required = [] }, definitions) {
  const rows = Object.entries(properties).map(([name, property]) => {
    const whole = { ...definitions[nameOf(property.$ref)], ...property };
    const [example] = whole.examples ?? [];
    const must = required.includes(name) ? ' (required)' : '';
    return `| \`${name}\`${must} | ${linked(whole, definitions)} | ${cell(whole.description)} | ${example === undefined ? '' : `\`${cell(flow(example))}\``} |`;
  });
  return `| field | value | meaning | example |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

const KINDS = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
  object: 'map',
};

/** What a field may hold, with the way to where more is said of it. */
function linked({ $ref, ...own }, definitions) {
  const whole = { ...definitions[nameOf($ref)], ...own };
  const target = anchorOf($ref);
  if (target === undefined) return kindOf(whole) + membersOf(whole, definitions);
  return `[${VALUES[nameOf($ref)] ?? kindOf({ ...whole, maxLength: undefined })}](${target})`;
}

/** What each member of a list or a map may hold. */
function membersOf({ items, additionalProperties }, definitions) {
  const members = items ?? additionalProperties;
  return members ? `, each ${linked(members, definitions)}` : '';
}

function kindOf({
  type,
  enum: values,
  const: only,
  minimum,
  maximum,
  exclusiveMinimum,
  default: preset,
  ...most
}) {
  const kind =
    only !== undefined
      ? `${only}`
      : values !== undefined
        ? values.map(value => `\`${value}\``).join(', ')
        : [type]
            .flat()
            .map(name => KINDS[name] + mostOf(name, most))
            .join(' or ');
  const range =
    minimum !== undefined
      ? `, ${minimum} to ${maximum}`
      : exclusiveMinimum !== undefined
        ? `, over ${exclusiveMinimum} to ${maximum}`
        : '';
  return `${kind}${range}${preset === undefined ? '' : `; ${preset} if absent`}`;
}

function mostOf(type, { maxLength, maxItems, maxProperties }) {
  if (type === 'string') return maxLength === undefined ? '' : ` of at most ${maxLength} letters`;
  const most = type === 'array' ? maxItems : type === 'object' ? maxProperties : undefined;
  return most === undefined ? '' : ` of at most ${most}`;
}

/** A value in YAML's flow style. */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    return `{ ${Object.entries(value)
      .map(([name, member]) => `${name}: ${flow(member)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' && /[{}[\]:,#]/.test(value) ? JSON.stringify(value) : String(value);
}

function modelsPage() {
  const pages = readdirSync(new URL('schemas/models/', ROOT))
    .sort()
    .map(name => read(`schemas/models/${name}`))
    .map(model => {
      const block = model['x-model'];
      const rows = Object.entries(model.properties).map(([name, property]) => {
        const must = model.required.includes(name) ? ' (required)' : '';
        return `| \`${name}\`${must} | ${kindOf(property)} | ${cell(property.description)} |`;
      });
      const sizes = Object.entries(block.sizes).flatMap(([resolution, ratios]) =>
        Object.entries(ratios).map(
          ([ratio, [width, height]]) => `| ${resolution} | ${ratio} | ${width} × ${height} |`,
        ),
      );
      return `## \`${block.id}\`\n\n${model.title}, on ${block.provider}. ${model.description}\n\n| input | value | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n\n${pricesText(block.price)}\n\n| resolution | ratio | pixels |\n| --- | --- | --- |\n${sizes.join('\n')}\n`;
    });
  return `# The models\n\n<!-- Made from schemas/models/ by \`npm run generate\`; change it there. -->\n\nA model is a file: the JSON Schema of its request, with an \`x-model\` block for its price, sizes and references. Adding a model is adding a file. \`storyreel models\` prints this.\n\n${pages.join('\n')}\n${OWN_MODELS}`;
}

const OWN_MODELS = `## Your own models

A file in \`models/\` beside the storyboard describes a model like those above, and works like them in every command. It is known to the storyboards of that folder alone; files that they include bring none. One with the id of a built-in model takes its place; two files with the same id are an error. \`storyreel models my-film\` lists them with the others, \`storyreel check my-film\` tells what is wrong with them. \`$schema\` is for editors alone: the path from the model file to \`schemas/model.schema.json\` where storyreel is installed, or to a copy of it; \`init\` writes none.

\`\`\`json
{
  "$schema": "../node_modules/storyreel/schemas/model.schema.json",
  "title": "Mine",
  "type": "object",
  "additionalProperties": false,
  "required": ["prompt", "image"],
  "properties": {
    "prompt": { "type": "string", "minLength": 1 },
    "image": { "type": "string", "minLength": 1 },
    "resolution": { "type": "string", "enum": ["720p", "1080p"], "default": "720p" },
    "duration": { "type": "integer", "minimum": 2, "maximum": 10, "default": 5 },
    "seed": { "type": "integer", "default": -1 }
  },
  "x-model": {
    "id": "acme/mine/image-to-video",
    "provider": "wavespeed",
    "references": { "image": { "field": "image", "token": "the image" } },
    "fps": 30,
    "sizes": { "720p": { "16:9": [1280, 720] }, "1080p": { "16:9": [1920, 1080] } },
    "price": {
      "currency": "USD",
      "inputs": ["resolution", "duration"],
      "rule": { "base": "0.20", "perSecond": "0.08", "factor": { "720p": "1", "1080p": "1.5" } },
      "listed": [{ "resolution": "720p", "duration": 5, "price": "0.60" }]
    }
  }
}
\`\`\`

- \`properties\` needs \`prompt\`, \`resolution\`, \`duration\` and \`seed\`. Only plain keywords may be used: \`type\`, \`default\`, \`enum\`, \`minimum\`, \`maximum\`, \`minLength\`, \`maxLength\`, \`minItems\`, \`maxItems\`, \`items\`. There is no \`pattern\` and no \`$ref\`: a model file from elsewhere can neither hang nor fetch anything.
- \`references.videos\` is the list that reference videos go into, with \`{n}\` in its token; \`references.image\` the picture; \`references.files\` other inputs that are files. What is not named here is sent as it is written.
- \`sizes\` has every value of \`resolution\`, and of \`aspect_ratio\` where there is one.
- \`price.inputs\` are the inputs that the price depends on. Without a \`rule\` the plan says "quote needed", and the service is asked. With one, the price is (base + perSecond × seconds) × factor, and \`listed\` prices must lie on it. Money is text: \`"0.10"\`.

## Comparing with the service

\`storyreel models --verify\`, with a path for a project's own models, asks the service what it says of each model, and what it charges: every listed price, and the shortest and longest clip of each resolution, at most 12 questions for a model. It spends nothing, and needs the API key. It tells of a model that the service does not have, a property that one side lacks, and a range, values, a default, \`required\`, or a price that differs. A limit of which the service says nothing is no difference. It exits with 0 if nothing differs and with 10 if something does; \`--json\` follows \`schemas/model-drift.schema.json\`. The base price must be one that the model's file can come to. A discount shows as a difference, since a quote is what you would pay.
`;

function pricesText({ rule, listed }) {
  if (rule === undefined)
    return 'Its prices are not known here: the plan says "quote needed", and `plan --quote` asks the service.';
  const rows = listed.map(
    ({ resolution, duration, price }) => `| ${resolution} | ${duration} s | $${price} |`,
  );
  const factors = Object.entries(rule.factor)
    .map(([resolution, value]) => `${value} at ${resolution}`)
    .join(', ');
  return `Listed prices:\n\n| resolution | length | price |\n| --- | --- | --- |\n${rows.join('\n')}\n\nEvery other length is computed: ($${rule.base} + $${rule.perSecond} × seconds) × ${factors}. The plan says which prices are listed and which computed.`;
}

function diagnosticsPage() {
  const sections = TOPICS.map(({ title, explanations }) => {
    const entries = Object.entries(explanations);
    const list = entries.map(([code, explanation]) =>
      explanation.why === undefined
        ? `| \`${code}\` | ${cell(explanation.means)} | ${cell(explanation.mend)} |\n`
        : diagnosticSection(code, explanation),
    );
    const head = entries.some(([, { why }]) => why === undefined)
      ? '| code | meaning | what to do |\n| --- | --- | --- |\n'
      : '';
    return `## ${title}\n\n${head}${list.join(head === '' ? '\n' : '')}`;
  });
  return `# Diagnostics and failures\n\n<!-- Made from src/explanations/ by \`npm run generate\`; change it there. -->\n\nEach message of \`storyreel check\` ends with a code, and JSON carries codes. This page says what they mean, why it is a mistake, and how to mend it; \`storyreel explain CODE\` prints the same. Lines with \`-\` are the mistake, lines with \`+\` mend it.\n\n${sections.join('\n')}`;
}

function diagnosticSection(code, { means, why, mend, example }) {
  const difference = example === null ? '' : `\n\`\`\`diff\n${exampleLines(example).join('\n')}\n\`\`\`\n`;
  const [first = '', ...rest] = means;
  return `### \`${code}\`\n\n**${first.toUpperCase()}${rest.join('')}.** ${why}\n\n${mend}\n${difference}`;
}

const cell = text =>
  String(text ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, text] of Object.entries(generateDocs())) writeFileSync(new URL(name, ROOT), text);
}
