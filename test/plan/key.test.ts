import { promises as fs } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/index.ts';
import { canonicalJson, type Key, requestKey } from '../../src/plan/key.ts';
import type { Json, Request } from '../../src/plan/request.ts';
import { type TestProject, testProject } from '../support/project.ts';

/** The bytes that the golden vectors were made of. */
const REFERENCES = { 'refs/mira.mp4': 'mira, as bytes', 'refs/bo.mp4': 'bo, as other bytes' };

const VECTORS = JSON.parse(await fs.readFile(new URL('../golden/keys.json', import.meta.url), 'utf8'));

const REQUEST: Request = {
  provider: 'wavespeed',
  providerVersion: null,
  model: 'alibaba/wan-2.7/reference-to-video',
  inputs: {
    prompt: 'Video 1 walks along the sea wall',
    videos: [`sha256:${'a'.repeat(64)}`],
    resolution: '720p',
    aspect_ratio: '16:9',
    duration: 5,
    enable_prompt_expansion: false,
    seed: 1977,
  },
};

describe('golden vectors: if one of these changes, every author pays for every clip again', () => {
  const image = `sha256:${'b'.repeat(64)}`;
  test.each<[string, Request]>([
    ['a bought clip', REQUEST],
    [
      'with an image and a negative prompt',
      { ...REQUEST, inputs: { ...REQUEST.inputs, image, negative_prompt: 'blurry' } },
    ],
    ['drawn on this machine', { ...REQUEST, provider: 'animatic', providerVersion: '1' }],
    [
      'a prompt in several scripts',
      { ...REQUEST, inputs: { ...REQUEST.inputs, prompt: 'Ångström, Мира, 港, 😀' } },
    ],
  ])('%s', (name, request) => {
    expect({ [name]: requestKey(request) }).toEqual({ [name]: VECTORS[name] });
  });

  test('a storyboard from end to end', async () => {
    expect(await keysOf(await film(BASE))).toEqual(VECTORS['a storyboard']);
  });
});

describe('canonical JSON (RFC 8785)', () => {
  test('the order of members, and the Unicode form of text, do not matter', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'é'] })).toBe(
      canonicalJson({ a: [true, null, 'e\u0301'], b: 1 }),
    );
  });

  test('members sort by UTF-16 units, numbers print as ECMAScript prints them', () => {
    expect(canonicalJson({ '€': 1, '\r': 2, '1': 1e21, '😀': 0.000001, ö: 333333333.3333333 })).toBe(
      '{"\\r":2,"1":1e+21,"ö":333333333.3333333,"€":1,"😀":0.000001}',
    );
  });

  test('reads back as the same value, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', undefined])(
    '%s has no canonical form',
    value => {
      expect(() => canonicalJson([value] as Json)).toThrow(TypeError);
    },
  );
});

interface Film {
  readonly title?: string;
  readonly shots: readonly FilmShot[];
}

interface FilmShot {
  readonly id: string;
  readonly title?: string;
  readonly prompt: string;
  readonly more?: Readonly<Record<string, Json>>;
}

const BASE: Film = {
  shots: [
    { id: 'a', prompt: '{mira} walks' },
    { id: 'b', prompt: '{mira} and {bo} talk', more: { duration: 7, takes: 2 } },
    { id: 'c', prompt: '{bo} waits', more: { resolution: '1080p' } },
  ],
};

/** Writes a film with its members in the order that `shuffle` gives. */
function write(
  { title = 'T', shots }: Film,
  shuffle: (members: string[]) => string[] = members => members,
  space = '',
): string {
  const shotText = shots.map(({ id, title: own, prompt, more }) => {
    const members = Object.entries({ id, prompt, ...(own === undefined ? {} : { title: own }), ...more }).map(
      ([name, value]) => `"${name}": ${JSON.stringify(value)}`,
    );
    return `  - {${space}${shuffle(members).join(`,${space} `)}} # ${id}`;
  });
  const top = shuffle([
    'version: 1',
    `title: ${JSON.stringify(title)}`,
    `characters:${space}\n  bo: { videos: [refs/bo.mp4] }\n  mira:\n    videos: [refs/mira.mp4]`,
    `shots:\n${shotText.join('\n')}`,
  ]);
  return `${top.join(`\n# a comment${space}\n`)}\n`;
}

async function film(content: Film, text = write(content)): Promise<TestProject> {
  return await testProject({ ...REFERENCES, 'reel.yaml': text });
}

async function keysOf(project: TestProject): Promise<Record<string, Key>> {
  const { plan: made } = await plan(['reel.yaml'], { cwd: project.folder, provider: 'wavespeed' });
  return Object.fromEntries(made.takes.map(({ shot, take, key }) => [`${shot} ${take}`, key]));
}

describe('what leaves every key as it was', () => {
  test('the order of keys, comments and formatting', async () => {
    const project = await film(BASE);
    const expected = await keysOf(project);
    const ranks = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(ranks, fc.constantFrom('', ' ', '   '), async (numbers, space) => {
        let next = 0;
        const shuffle = (members: string[]) =>
          members
            .map(member => ({ member, rank: numbers[next++ % numbers.length] ?? 0 }))
            .sort((x, y) => x.rank - y.rank)
            .map(({ member }) => member);
        await project.write('reel.yaml', write(BASE, shuffle, space));
        expect(await keysOf(project)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test('renaming and retitling shots and the film, and their order', async () => {
    const project = await film(BASE);
    const keys = Object.values(await keysOf(project)).sort();
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{4,12}$/), {
      minLength: 3,
      maxLength: 3,
    });
    const titles = fc.stringMatching(/^[\w éü港-]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(ids, titles, fc.boolean(), async (names, title, reverse) => {
        const shots = BASE.shots.map((shot, index) => ({ ...shot, id: names[index] as string, title }));
        await project.write('reel.yaml', write({ title, shots: reverse ? shots.reverse() : shots }));
        expect(Object.values(await keysOf(project)).sort()).toEqual(keys);
      }),
      { numRuns: 30 },
    );
  });

  test('moving shots into scenes, and the project to another folder and name', async () => {
    const project = await film(BASE);
    const expected = await keysOf(project);
    const moved = await testProject();
    await fs.cp(project.folder, moved.path('elsewhere'), { recursive: true });
    await fs.rename(moved.path('elsewhere/reel.yaml'), moved.path('elsewhere/another.yaml'));
    const { plan: made } = await plan(['another.yaml'], {
      cwd: moved.path('elsewhere'),
      provider: 'wavespeed',
    });
    expect(made.takes.map(({ key }) => key)).toEqual(Object.values(expected));
    const inScenes = write(BASE)
      .replace('shots:\n', 'scenes:\n - id: one\n   shots:\n')
      .replace(/^ {2}- \{/gm, '    - {');
    expect(await keysOf(await film(BASE, inScenes))).toEqual(expected);
  });

  test('spelling out a default, or moving a value into `defaults`', async () => {
    const expected = await keysOf(await film(BASE));
    const defaults = {
      resolution: '720p',
      aspect_ratio: '16:9',
      duration: 5,
      enable_prompt_expansion: false,
      seed: 0,
      pick: 1,
    };
    const spelled = BASE.shots.map(shot => ({ ...shot, more: { ...defaults, ...shot.more } }));
    expect(await keysOf(await film({ shots: spelled }))).toEqual(expected);
    const inherited = `defaults: { resolution: 720p, duration: 5 }\n${write(BASE)}`;
    expect(await keysOf(await film(BASE, inherited))).toEqual(expected);
  });

  test('the Unicode form in which a prompt was typed', async () => {
    const inForm = async (form: string) =>
      keysOf(await film({ shots: [{ id: 'a', prompt: '{mira} in Ålesund'.normalize(form) }] }));
    expect(await inForm('NFC')).toEqual(await inForm('NFD'));
  });
});

describe('what changes exactly the keys of the takes that it shapes', () => {
  const changed = (before: Record<string, Key>, after: Record<string, Key>) =>
    Object.keys(after).filter(name => before[name] !== after[name]);
  const withShot = (id: string, more: Readonly<Record<string, Json>>, prompt?: string): Film => ({
    shots: BASE.shots.map(shot =>
      shot.id === id ? { ...shot, prompt: prompt ?? shot.prompt, more: { ...shot.more, ...more } } : shot,
    ),
  });

  test.each<[string, Film, string[]]>([
    ['the prompt', withShot('a', {}, '{mira} runs'), ['a 1']],
    ['the duration', withShot('b', { duration: 8 }), ['b 1', 'b 2']],
    ['the resolution', withShot('a', { resolution: '1080p' }), ['a 1']],
    ['the ratio', withShot('c', { aspect_ratio: '1:1' }), ['c 1']],
    ['the negative prompt', withShot('c', { negative_prompt: 'blurry' }), ['c 1']],
    ['prompt expansion', withShot('a', { enable_prompt_expansion: true }), ['a 1']],
    ['the seed', withShot('b', { seed: 5 }), ['b 1', 'b 2']],
    ['another reference', withShot('a', { references: ['bo'] }), ['a 1']],
    ['the number of takes: only the new one', withShot('a', { takes: 2 }), ['a 2']],
    ['the pick: none', withShot('b', { pick: 2 }), []],
    ['the transition: none', withShot('b', { transition: { type: 'dissolve', duration: 0.5 } }), []],
  ])('%s', async (_, edited, expected) => {
    expect(changed(await keysOf(await film(BASE)), await keysOf(await film(edited)))).toEqual(expected);
  });

  test('one byte of a reference', async () => {
    const before = await keysOf(await film(BASE));
    const project = await film(BASE);
    await project.write('refs/mira.mp4', `${REFERENCES['refs/mira.mp4']}.`);
    expect(changed(before, await keysOf(project))).toEqual(['a 1', 'b 1', 'b 2']);
  });

  test('the seed and style of the storyboard: every take', async () => {
    const before = await keysOf(await film(BASE));
    expect(changed(before, await keysOf(await film(BASE, `seed: 3\n${write(BASE)}`)))).toHaveLength(4);
    expect(changed(before, await keysOf(await film(BASE, `style: dusk\n${write(BASE)}`)))).toHaveLength(4);
  });

  test('take n has the key of a shot whose seed is n − 1 more', async () => {
    const { 'b 2': second } = await keysOf(await film(BASE));
    const { 'b 1': first } = await keysOf(await film(withShot('b', { seed: 1 })));
    expect(first).toBe(second);
  });
});
