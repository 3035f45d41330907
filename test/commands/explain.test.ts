import { expect, test } from 'vitest';
import { TOPICS } from '../../src/explanations/explanations.ts';
import { FILM_WARNINGS } from '../../src/explanations/film-warnings.ts';
import { formatExplanation, formatTopics } from '../../src/terminal/format-explanations.ts';
import { cli } from '../support/project.ts';
import { publishedSchema } from '../support/schema.ts';

const plain = { outColor: false, columns: 80 };

test('what a person reads', () => {
  const topic = TOPICS.find(({ explanations }) => Object.hasOwn(explanations, 'unknown-reference'));
  if (topic === undefined) throw new Error('the code is gone');
  expect(formatExplanation('unknown-reference', topic, plain)).toMatchInlineSnapshot(`
    "error unknown-reference: a shot names a reference that does not exist

    The model would be told of somebody whom it has never seen.

    What to do: Correct the name, or add it under \`characters\`, \`props\` or
    \`locations\`.

        version: 1
        characters: { mira: { videos: [refs/mira.mp4] } }
        shots:
          - id: arrival
      -     prompt: "{mria} walks along the sea wall"
      +     prompt: "{mira} walks along the sea wall"
    "
  `);
});

test('the list has a line for every code', () => {
  const lines = formatTopics(TOPICS, plain).split('\n');
  for (const { explanations } of TOPICS)
    for (const code of Object.keys(explanations))
      expect(lines.some(line => line.startsWith(`  ${code} `))).toBe(true);
});

test('--json is as its schema says; a name that two things have explains both', async () => {
  const { code, stdout } = await cli(['explain', '[Not-Allowed]', '--json']);
  const told = JSON.parse(stdout);
  const validate = publishedSchema('explain.schema.json');
  expect([code, validate(told), validate.errors]).toEqual([0, true, null]);
  expect(told.explanations).toMatchObject([
    { code: 'not-allowed', kind: 'error', example: expect.stringContaining('\n+ cut: { fit: cover }\n') },
    { code: 'not-allowed', kind: 'failure', why: null, example: null },
  ]);
});

test('--json of every code is as its schema says', async () => {
  const { code, stdout } = await cli(['explain', '--json']);
  const told = JSON.parse(stdout);
  const validate = publishedSchema('explain.schema.json');
  expect([code, validate(told), validate.errors]).toEqual([0, true, null]);
  expect(told.explanations.map(({ code }: { code: string }) => code)).toEqual(
    TOPICS.flatMap(({ explanations }) => Object.keys(explanations)),
  );
});

test('every warning of a film has its code in the schemas that name them', () => {
  const codes = Object.keys(FILM_WARNINGS);
  const { oneOf } = publishedSchema('render-event.schema.json').schema as { oneOf: EventSchema[] };
  const warned = oneOf.find(({ properties }) => properties.type.const === 'film-warned');
  expect(warned?.properties.code?.enum).toEqual(codes);
  const report = publishedSchema('report.schema.json').schema as ReportSchema;
  expect(report.properties.warnings.items.properties.code.enum).toEqual(codes);
});

interface EventSchema {
  readonly properties: { readonly type: { readonly const: string }; readonly code?: Values };
}

interface ReportSchema {
  readonly properties: {
    readonly warnings: { readonly items: { readonly properties: { readonly code: Values } } };
  };
}

interface Values {
  readonly enum?: readonly string[];
}

test('an unknown code gets a suggestion, and exit 2', async () => {
  expect(await cli(['explain', 'unknown-refrence'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'storyreel: there is no code "unknown-refrence"; did you mean "unknown-reference"?\n  `storyreel explain` lists them all.\n',
  });
});
