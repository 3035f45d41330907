import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CompletionItem, getLanguageService, TextDocument } from 'yaml-language-server';
import { inRepository } from './support/repository.ts';

/** What editors with YAML support run; it finds the schema by the first line of the file, as theirs does. */
const service = getLanguageService({
  schemaRequestService: uri => fs.readFile(new URL(uri), 'utf8'),
  workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
});
service.configure({ validate: true, hover: true, completion: true, yamlVersion: '1.2' });

const HEAD = '# yaml-language-server: $schema=../../schemas/storyboard.schema.json\nversion: 1\n';
let files = 0;

type OpenDocument = Parameters<typeof service.doHover>[0];

function open(text: string, folder = 'storyboards/editor/'): OpenDocument {
  const url = new URL(`${folder}${files++}.yaml`, inRepository('package.json'));
  // A new name, or an answer is remembered. The package's own types come from two versions of another.
  return TextDocument.create(url.href, 'yaml', 1, text) as OpenDocument;
}

/** `|` is the cursor. */
function cursorIn(text: string) {
  const whole = HEAD + text;
  const document = open(whole.replace('|', ''));
  return [document, document.positionAt(whole.indexOf('|'))] as const;
}

async function complete(text: string): Promise<CompletionItem[]> {
  const [document, position] = cursorIn(text);
  return (await service.doComplete(document, position, false)).items;
}

async function labels(text: string): Promise<string[]> {
  return (await complete(text)).map(({ label }) => label);
}

async function hover(text: string): Promise<string> {
  const help = await service.doHover(...cursorIn(text));
  return JSON.stringify(help?.contents ?? '').replaceAll('\\', '');
}

async function complaints(text: string, folder?: string): Promise<string[]> {
  const found = await service.doValidation(open(text, folder), false);
  return found.map(({ range, message }) => `${range.start.line}:${range.start.character} ${message}`);
}

describe('an editor completes', () => {
  const schema = fs
    .readFile(inRepository('schemas/storyboard.schema.json'), 'utf8')
    .then(text => JSON.parse(text));

  test('the keys of a storyboard', async () => {
    const { properties } = await schema;
    expect((await labels('|')).sort()).toEqual(
      Object.keys(properties)
        .filter(name => name !== 'version')
        .sort(),
    );
  });

  test.each([
    ['a shot', 'shots:\n  - id: a\n    |', 'shot', ['id']],
    ['a shot of a scene', 'scenes:\n  - id: s\n    shots:\n      - id: a\n        |', 'shot', ['id']],
    ['what shots share', 'defaults:\n  |', 'defaults', []],
    ['a character', 'characters:\n  mira:\n    |', 'reference', []],
    ['the cut', 'cut:\n  |', 'cut', []],
    ['a profile', 'profiles:\n  draft:\n    |', 'profile', []],
    ['music', 'audio:\n  music:\n    |', 'music', []],
  ])('the fields of %s', async (_, text, definition, written) => {
    const { definitions } = await schema;
    const fields = Object.keys(definitions[definition].properties).filter(name => !written.includes(name));
    expect(await labels(text)).toEqual(expect.arrayContaining(fields));
  });

  test.each([
    ['provider: |', ['animatic', 'wavespeed']],
    ['defaults:\n  resolution: |', ['720p', '1080p']],
    ['defaults:\n  aspect_ratio: |', ['16:9', '9:16', '1:1', '4:3', '3:4']],
    ['cut:\n  fit: |', ['contain', 'cover', 'blur']],
    ['cut:\n  fps: |', ['24', '25', '29.97', '30']],
    ['cut:\n  transition: { type: d| }', ['cut', 'dissolve', 'fade', 'wipeleft']],
    ['shots:\n  - id: a\n    transition:\n      type: |', ['cut', 'dissolve', 'fade', 'wipeleft']],
    ['shots:\n  - id: a\n    move: |', ['zoom-in', 'pan-left']],
    ['shots:\n  - id: a\n    mute: |', ['true', 'false']],
    ['audio:\n  loudness: |', ['youtube', 'spotify', 'apple', 'r128']],
    ['cut:\n  background: |', ['"#101418"', 'black', 'white']],
  ])('the values of %s', async (text, values) => {
    expect(await labels(text)).toEqual(expect.arrayContaining(values));
  });

  test('the models that there are, and what they take', async () => {
    const folder = inRepository('schemas/models');
    const names = await fs.readdir(folder);
    const models = await Promise.all(
      names.map(async name => JSON.parse(await fs.readFile(new URL(`models/${name}`, folder), 'utf8'))),
    );
    expect(await labels('defaults:\n  model: |')).toEqual(models.map(model => model['x-model'].id));
    for (const field of ['resolution', 'aspect_ratio']) {
      const values = models.flatMap(model => model.properties[field]?.enum ?? []);
      expect(await labels(`defaults:\n  ${field}: |`)).toEqual([...new Set(values)]);
    }
  });

  test('a key with what belongs below it, and with nothing that goes without saying', async () => {
    const inserted = async (key: string) =>
      (await complete('|')).find(({ label }) => label === key)?.insertText;
    expect(await inserted('shots')).toBe('shots:\n  - id: ');
    expect(await inserted('cut')).toBe('cut:\n  ');
    expect(await inserted('characters')).toContain('${2:videos}:\n      - ${3:refs/mira.mp4}');
  });
});

describe('an editor explains', () => {
  test.each([
    ['shots:\n  - id: a\n    pro|mpt: x', 'What happens in the shot.'],
    ['shots:\n  - id: a\n    dura|tion: 5', 'Seconds of the clip'],
    ['cut:\n  fi|t: cover', 'What becomes of clips of another shape'],
    ['cut:\n  background: "#10|1418"', 'The colour of bars'],
    ['char|acters:\n  mira: { videos: [a.mp4] }', 'The people and creatures of the film'],
    ['characters:\n  mi|ra: { videos: [a.mp4] }', 'What a character, prop or location looks like'],
    ['profiles:\n  dr|aft: { duration: 3 }', 'What a profile says of every shot'],
    ['shots:\n  - id: a\n    lower_third: { tit|le: x }', 'The upper line.'],
  ])('%s', async (text, words) => {
    expect(await hover(text)).toContain(words);
  });
});

describe('an editor finds', () => {
  test('an unknown key, a wrong type, a wrong value, a name that is none', async () => {
    const text = `${HEAD}seed: soon
shots:
  - id: First Shot
    promt: x
    transition: { type: disolve }
`;
    expect(await complaints(text)).toEqual([
      '2:6 Incorrect type. Expected "integer".',
      expect.stringMatching(/^4:8 String does not match the pattern/),
      expect.stringMatching(/^6:24 Value is not accepted. Valid values: "cut", "dissolve"/),
      '5:4 Property promt is not allowed.',
    ]);
  });

  test('nothing in the examples', async () => {
    const storyboards = inRepository('storyboards/');
    const names = await fs.readdir(storyboards, { recursive: true });
    const found: Record<string, string[]> = {};
    for (const name of names.filter(name => name.endsWith('.yaml'))) {
      const text = await fs.readFile(new URL(name, storyboards), 'utf8');
      found[name] = await complaints(text, `storyboards/${name.split('/')[0]}/`);
    }
    expect(Object.keys(found).length).toBeGreaterThan(6);
    expect(Object.values(found).flat()).toEqual([]);
  });

  test('nothing in variables, aliases and included files', async () => {
    const text = `${HEAD}include: [cast.yaml]
variables: { client: Harbour & Sons, size: 1080x1920, ink: "#1b2a49" }
cut: { size: "\${size}", background: "\${ink}" }
shots:
  - id: opening
    card: { title: "For \${client}", color: "\${ink}" }
    transition: &slow { type: fade }
  - id: ending
    card: { title: "\${client}" }
    transition: *slow
`;
    expect(await complaints(text)).toEqual([]);
    const cast =
      '# yaml-language-server: $schema=../../schemas/include.schema.json\ncharacters:\n  mira: { videos: [refs/mira.mp4] }\n';
    expect(await complaints(cast)).toEqual([]);
    expect(await complaints(`${cast}shots: []\n`)).toEqual(['3:0 Property shots is not allowed.']);
  });
});
