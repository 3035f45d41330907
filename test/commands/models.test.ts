import { promises as fs } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareModel } from '../../src/model/compare-model.ts';
import type { Json } from '../../src/plan/request.ts';
import { checkFiles } from '../../src/project/check-files.ts';
import { loadLanguage } from '../../src/project/language.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { emulate, paidProject } from '../support/paid.ts';
import { command, type TestProject, testProject } from '../support/project.ts';
import { inRepository } from '../support/repository.ts';
import { asPublished, publishedSchema } from '../support/schema.ts';

const ID = 'acme/mine/text-to-video';

/** A model file of a project's own. */
function modelFile(id = ID, price: object = {}): string {
  return JSON.stringify({
    title: 'Mine',
    type: 'object',
    additionalProperties: false,
    required: ['prompt'],
    properties: {
      prompt: { type: 'string' },
      resolution: { type: 'string', enum: ['720p'], default: '720p' },
      duration: { type: 'integer', minimum: 2, maximum: 10, default: 5 },
      mood: { type: 'string', enum: ['calm', 'wild'], default: 'calm' },
      seed: { type: 'integer', default: -1 },
    },
    'x-model': {
      ...{ id, provider: 'wavespeed', fps: 24, references: {} },
      sizes: { '720p': { '16:9': [1280, 720] } },
      price: { currency: 'USD', inputs: ['resolution', 'duration', 'mood'], ...price },
    },
  });
}

const RULE = { rule: { base: '0.10', perSecond: '0.05', factor: { '720p': '1' } } };
const SHOTS = `  - { id: a, prompt: Waves, model: ${ID}, duration: 2, inputs: { mood: wild } }\n`;

function run(project: TestProject, emulator: Emulator, ...args: string[]) {
  return command(args, { cwd: project.folder, env: emulator.environment });
}

describe('a project’s own model', () => {
  test('is bought like ours, at the price that the service quotes', async () => {
    const emulator = await emulate({ modelFiles: [modelFile()] });
    const project = await paidProject(SHOTS);
    await project.write('models/mine.json', modelFile());
    const plan = await run(project, emulator, 'plan', 'reel.yaml', '--json');
    expect(JSON.parse(plan.stdout).takes[0]).toMatchObject({ model: ID, price: null });
    const quoted = await run(project, emulator, 'plan', 'reel.yaml', '--quote', '--json');
    expect(JSON.parse(quoted.stdout).takes[0]).toMatchObject({ price: '0.50', priceSource: 'quoted' });
    const rendered = await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    expect([rendered.code, rendered.stderr]).toEqual([0, expect.anything()]);
    const { charges, chargedMicros } = emulator.ledger();
    expect([charges.length, charges[0]?.dropped, chargedMicros]).toEqual([1, [], 500_000]);
    const [prediction] = emulator.service.predictions.values();
    expect(prediction).toMatchObject({ model: ID, inputs: { prompt: 'Waves', mood: 'wild', duration: 2 } });
    const again = await run(project, emulator, 'render', 'reel.yaml', '--yes', '--no-cut');
    expect([again.code, emulator.ledger().charges.length]).toEqual([0, 1]);
  });

  test('checks what a shot asks of it, at its place in the storyboard', async () => {
    const shots = `version: 1\nshots:\n  - { id: a, prompt: Waves, model: ${ID}, inputs: { mood: odd } }\n`;
    const project = await testProject({
      'film/storyboard.yaml': shots,
      'film/models/mine.json': modelFile(),
    });
    const { diagnostics } = await checkFiles(['film'], project.folder);
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['not-allowed', `\`mood\` must be one of calm, wild, not "odd" (${ID})`],
    ]);
  });

  test('is known to the storyboards of its folder alone', async () => {
    const film = `version: 1\nshots:\n  - { id: a, prompt: Waves, model: ${ID} }\n`;
    const project = await testProject({
      'one/one.yaml': film,
      'one/models/mine.json': modelFile(),
      'two/two.yaml': film,
    });
    const { diagnostics } = await checkFiles(['one/one.yaml', 'two/two.yaml'], project.folder);
    expect(diagnostics.map(({ file, code }) => [file, code])).toEqual([['two/two.yaml', 'unknown-model']]);
  });

  test('is listed with its file, also where it stands for a built-in one', async () => {
    const id = 'alibaba/wan-2.7/text-to-video';
    const project = await testProject({
      'models/mine.json': modelFile(ID, RULE),
      'models/other.json': modelFile(id),
    });
    const { code, stdout } = await command(['models', '.'], { cwd: project.folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^acme\/mine\/text-to-video {2}Mine, on wavespeed\n {2}from models\/mine\.json\n/m,
    );
    expect(stdout).toContain('from models/other.json, in the place of the built-in model');
    expect(stdout).toMatch(/720p +\$0\.20/);
    const told = await command(['models', '.', '--json'], { cwd: project.folder });
    const { models } = asPublished('models.schema.json', told.stdout);
    expect(models.map(({ id, file }: { id: string; file: string | null }) => [id, file])).toEqual(
      expect.arrayContaining([
        [ID, 'models/mine.json'],
        [id, 'models/other.json'],
        ['alibaba/wan-2.7/image-to-video', null],
      ]),
    );
  });

  test('that is broken is told of at its place', async () => {
    const project = await testProject({ 'models/mine.json': modelFile().replace('wavespeed', 'wave') });
    const { code, stderr } = await command(['models', '.'], { cwd: project.folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/models\/mine\.json:1:\d+ error `provider` must be one of wavespeed/);
  });

  test.each([
    ['a factor', { ...RULE.rule, factor: { '720p': '999999' } }],
    ['a second', { ...RULE.rule, perSecond: '999999' }],
  ])('with an absurd price of %s is told of, and no sum of it is made', async (_, rule) => {
    const project = await testProject({
      'models/mine.json': modelFile(ID, { rule }),
      'reel.yaml': `version: 1\nshots:\n${SHOTS}`,
    });
    const { code, stderr } = await command(['plan', 'reel.yaml'], { cwd: project.folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('more than $10,000: no clip does')]);
  });

  test('begins as a copy of one of ours: each of them may be changed', async () => {
    const names = await fs.readdir(inRepository('schemas/models'));
    const project = await testProject({ 'storyboard.yaml': 'version: 1\n' });
    for (const name of names)
      await project.write(
        `models/${name}`,
        await fs.readFile(inRepository(`schemas/models/${name}`), 'utf8'),
      );
    const { code, stderr } = await command(['models', '.'], { cwd: project.folder });
    expect([code, stderr, names.length > 2]).toEqual([0, '', true]);
  });

  test('of the page about models is one', async () => {
    const page = await fs.readFile(inRepository('docs/models.md'), 'utf8');
    const example = /```json\n(.*?)```/s.exec(page)?.[1] ?? '';
    const project = await testProject({ 'models/mine.json': example });
    const { code, stdout } = await command(['models', '.'], { cwd: project.folder });
    expect([code, stdout]).toEqual([0, expect.stringContaining('acme/mine/image-to-video')]);
  });

  test('follows no link out of the project', async () => {
    const outside = await testProject({ 'mine.json': modelFile() });
    const project = await testProject({ 'storyboard.yaml': 'version: 1\n', 'models/keep.txt': '' });
    await fs.symlink(outside.path('mine.json'), project.path('models/mine.json'));
    const { diagnostics } = await checkFiles(['storyboard.yaml'], project.folder);
    expect(diagnostics.map(({ code }) => code)).toContain('file-outside');
  });

  test('may hold anything, and never more than diagnostics come of it', async () => {
    const project = await testProject({ 'storyboard.yaml': 'version: 1\nshots: []\n' });
    const valid = JSON.parse(modelFile(ID, RULE));
    const paths = ['title', 'required', 'properties', 'x-model'];
    const within = ['id', 'references', 'sizes', 'price', 'prompt', 'duration', 'resolution', 'seed'];
    const mutant = fc
      .tuple(fc.constantFrom(...paths), fc.constantFrom(...within), fc.boolean(), fc.jsonValue())
      .map(([path, inner, deep, value]) => {
        const copy = structuredClone(valid);
        if (deep && typeof copy[path] === 'object') copy[path][inner] = value;
        else copy[path] = value;
        return JSON.stringify(copy);
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), mutant), async text => {
        await project.write('models/mine.json', text);
        const { diagnostics } = await checkFiles(['storyboard.yaml'], project.folder);
        expect(Array.isArray(diagnostics)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('models --verify', () => {
  const checkJson = publishedSchema('model-drift.schema.json');
  const verify = async (emulator: Emulator) => {
    const project = await testProject();
    const { code, stdout } = await run(project, emulator, 'models', '--verify', '--json');
    const json = JSON.parse(stdout) as { models: { id: string; drifts: object[]; notes: string[] }[] };
    expect(checkJson(json) ? [] : checkJson.errors).toEqual([]);
    return { code, json, drifts: json.models.flatMap(({ drifts }) => drifts) };
  };

  test('finds no difference where there is none, and buys nothing', async () => {
    const emulator = await emulate();
    const { code, drifts } = await verify(emulator);
    expect([code, drifts]).toEqual([0, []]);
    const { charges, requests } = emulator.ledger();
    expect([charges.length, requests.price]).toEqual([0, 6]); // 5 and 10 s are listed, 2 s computed, at two sizes
  });

  test('tells of each thing that differs', async () => {
    const model = 'alibaba/wan-2.7/reference-to-video';
    const emulator = await emulate({
      priceFactor: 1.1,
      describe: models => {
        const [first] = (models as Record<string, never>[]).filter(({ model_id }) => model_id === model);
        const copy = JSON.parse(JSON.stringify(first));
        const { request_schema } = copy.api_schema.api_schemas[0];
        request_schema.properties.duration.maximum = 15;
        request_schema.properties.resolution.enum = ['1080p', '720p'];
        request_schema.properties.reference_images = { type: 'array' };
        delete request_schema.properties.image;
        request_schema.required = ['prompt'];
        copy.base_price = 0.33;
        return [copy];
      },
    });
    const { code, drifts } = await verify(emulator);
    expect(code).toBe(10);
    expect(drifts).toContainEqual({ model, what: 'duration.maximum', ours: 10, theirs: 15 });
    expect(drifts).toContainEqual({ model, what: 'reference_images', ours: null, theirs: 'a property' });
    expect(drifts).toContainEqual({ model, what: 'image', ours: 'a property', theirs: null });
    expect(drifts).toContainEqual({ model, what: 'videos.required', ours: true, theirs: false });
    expect(drifts).toContainEqual({ model, what: 'base_price', ours: 'none of its prices', theirs: '$0.33' });
    expect(drifts).toContainEqual({ model, what: 'price of 5 s at 720p', ours: '$1.00', theirs: '$1.10' });
    const gone = 'alibaba/wan-2.7/text-to-video';
    expect(drifts).toContainEqual({ model: gone, what: 'model', ours: gone, theirs: null });
    expect(drifts.filter(drift => 'what' in drift && drift.what === 'resolution.enum')).toEqual([]);
  });

  test('cleans what the service says before it is printed, and needs no whole answer', async () => {
    const emulator = await emulate({
      without: ['price'],
      describe: () => [
        7,
        { model_id: 'alibaba/wan-2.7/text-to-video', base_price: 'much' },
        {
          model_id: 'alibaba/wan-2.7/reference-to-video',
          api_schema: {
            api_schemas: [{ request_schema: { properties: { '\u001b[31mred': 1 }, required: 7 } }],
          },
        },
      ],
    });
    const { code, stdout } = await run(await testProject(), emulator, 'models', '--verify');
    expect(code).toBe(10);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('does not tell what it takes');
    expect(stdout).toContain('did not quote 6 prices');
  });

  test('says so where the service tells of no models at all', async () => {
    const emulator = await emulate({ describe: () => 'none' });
    const { code, stderr } = await run(await testProject(), emulator, 'models', '--verify');
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not tell its models')]);
  });

  test('needs a key', async () => {
    const env = { WAVESPEED_API_KEY: '' };
    const { code, stderr } = await command(['models', '--verify'], { env });
    expect([code, stderr]).toEqual([1, expect.stringContaining('needs an API key')]);
  });

  test('takes any description, and tells of it in text that can be written', async () => {
    const model = [...(await loadLanguage()).models.values()][0];
    if (model === undefined) throw new TypeError('there are no models');
    const names = fc.oneof(fc.string(), fc.constantFrom(...Object.keys(model.properties)));
    // JSON writes -0 as 0: what a service sends is compared as JSON writes it.
    const value = fc.jsonValue().map(any => JSON.parse(JSON.stringify(any)) as Json);
    const property = fc.dictionary(fc.constantFrom('type', 'enum', 'default', 'maximum'), value);
    fc.assert(
      fc.property(fc.array(fc.tuple(names, property)), fc.array(names), (properties, required) => {
        const described = { basePriceMicros: null, properties: new Map(properties), required };
        const drifts = compareModel(model, described) as unknown as Json;
        expect(JSON.parse(JSON.stringify(drifts))).toEqual(drifts);
      }),
      { numRuns: 80 },
    );
  });
});
