import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FilmDiff } from '../../src/plan/diff-films.ts';
import { diffToJson } from '../../src/plan/diff-json.ts';
import { type DiffOptions, diffStoryboards, diffWithCommit } from '../../src/project/diff-files.ts';
import { InvalidStoryboard } from '../../src/project/invalid-storyboard.ts';
import { formatDiff } from '../../src/terminal/format-diff.ts';
import { commitAll, hasGit } from '../support/git.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { publishedSchema } from '../support/schema.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const PAID = { provider: 'wavespeed' };

async function compare(before: string, after: string, options: DiffOptions = PAID): Promise<FilmDiff> {
  const { folder } = await testProject({ ...REFERENCES, 'old.yaml': before, 'new.yaml': after });
  const diff = await diffStoryboards('old.yaml', 'new.yaml', { cwd: folder, ...options });
  const validate = publishedSchema('diff.schema.json');
  expect([validate(diffToJson(diff)), validate.errors]).toEqual([true, null]);
  return diff.films[0] as FilmDiff;
}

const fieldsOf = (film: FilmDiff) =>
  Object.fromEntries(film.items.map(({ id, changes }) => [id, changes.map(({ field }) => field)]));

describe('two storyboards', () => {
  test('a storyboard and itself differ in nothing, however it is written', async () => {
    const film = await compare(
      storyboardText(shot('a') + shot('b')),
      `# a comment\n${storyboardText(shot('a', { resolution: '720p', seed: 0 }) + shot('b', { takes: 1 }), 'defaults: { duration: 2 }\n')}`,
    );
    expect([film.changes, film.items]).toEqual([[], []]);
  });

  test('shots added, removed, moved, renamed and changed, with length and price', async () => {
    const film = await compare(
      storyboardText(shot('a') + shot('b') + shot('c') + shot('d') + shot('e')),
      storyboardText(
        shot('b', { prompt: '{mira} waits', takes: 2, caption: 'Noon', duration: 3 }) +
          shot('c-2', { prompt: '{mira} does c' }) +
          shot('a') +
          shot('f') +
          shot('e', { transition: { type: 'dissolve', duration: 0.5 } }),
      ),
    );
    expect(
      film.items.map(({ id, change, renamedFrom, moved, follows }) => [
        id,
        change,
        renamedFrom,
        moved,
        follows,
      ]),
    ).toEqual([
      ['b', 'kept', null, false, null],
      ['c-2', 'kept', 'c', false, 'b'],
      ['d', 'removed', null, false, 'c'],
      ['a', 'kept', null, true, 'c-2'],
      ['f', 'added', null, false, 'a'],
      ['e', 'kept', null, false, 'f'],
    ]);
    expect(film.items[0]).toMatchObject({
      changes: [
        { field: 'prompt', before: '{mira} does b', after: '{mira} waits' },
        { field: 'duration', before: 2, after: 3 },
        { field: 'caption', before: null, after: 'Noon' },
        { field: 'takes', before: 1, after: 2 },
      ],
      before: { durationSeconds: 2, takeCount: 1, price: { micros: 700_000, unpriced: 0 } },
      after: { durationSeconds: 3, takeCount: 2, renderCount: 2, cost: { micros: 1_600_000, unpriced: 0 } },
    });
    expect(fieldsOf(film).e).toEqual(['transition.type', 'transition.duration']);
    expect(film).toMatchObject({
      before: { durationSeconds: 10, itemCount: 5, takeCount: 5, price: { micros: 3_500_000, unpriced: 0 } },
      after: { durationSeconds: 10.5, itemCount: 5, takeCount: 6, price: { micros: 4_400_000, unpriced: 0 } },
    });
  });

  test('what concerns the whole film is told once, a default in each shot that it shapes', async () => {
    const before = `style: cold\ncut: { fps: 24, transition: { type: cut } }\ndeliverables: { web: { size: 640x360 } }\n`;
    const after = `style: warm light\nbudget: 12.5\ncut: { fps: 29.97, transition: { type: cut } }\ndeliverables: { web: { size: 1280x720 } }\ndefaults: { resolution: 1080p }\n`;
    const film = await compare(
      storyboardText(shot('a') + shot('b'), before),
      storyboardText(shot('a') + shot('b'), after),
    );
    expect(film.changes).toEqual([
      { field: 'style', before: 'cold', after: 'warm light' },
      { field: 'budget', before: null, after: '12.50' },
      { field: 'cut.fps', before: 24, after: 29.97 },
      { field: 'deliverables.web.cut.size', before: '640x360', after: '1280x720' },
    ]);
    expect(fieldsOf(film)).toEqual({ a: ['resolution'], b: ['resolution'] });
  });

  test('cards and footage belong to the film', async () => {
    const card = (id: string, fields: object) =>
      `  - id: ${id}\n    card: ${JSON.stringify(fields)}\n    duration: 2\n`;
    const film = await compare(
      storyboardText(card('title', { title: 'Salt' }) + shot('a') + card('end', { title: 'Fin' })),
      storyboardText(
        card('title', { title: 'The Salt Road' }) + shot('a') + card('credits', { title: 'Fin' }) + shot('b'),
      ),
    );
    expect(film.items).toMatchObject([
      {
        id: 'title',
        kind: 'card',
        changes: [{ field: 'card.title', before: 'Salt', after: 'The Salt Road' }],
      },
      { id: 'credits', renamedFrom: 'end', changes: [] },
      { id: 'b', change: 'added', after: { content: '{mira} does b' } },
    ]);
  });

  test('an unknown price is named, and never counted as nothing', async () => {
    const film = await compare(
      storyboardText(shot('a')),
      storyboardText(shot('a') + shot('b', { model: 'alibaba/wan-2.7/text-to-video', prompt: 'the sea' })),
    );
    expect(film.after.price).toEqual({ micros: 700_000, unpriced: 1 });
    const diff = { films: [film], base: null, provider: { name: 'wavespeed', version: null, priced: true } };
    const sums = { before: { micros: 0, unpriced: 0 }, after: film.after.price, cost: film.after.price };
    expect(formatDiff({ ...diff, ...sums }, false, 100)).toMatch(
      /list price +\$0\.70 → \$0\.70 and 1 price not known/,
    );
    expect(diffToJson({ ...diff, ...sums })).toMatchObject({
      cost: { before: '0.00', after: null, difference: null, new: null },
    });
  });

  test('a shot whose pictures come from another one that was changed is told of', async () => {
    const shots = (prompt: string, at: string) =>
      storyboardText(
        shot('a', { prompt }) +
          shot('b', { image: { from: 'a', at }, priority: 2 }) +
          shot('c', { videos: [{ from: 'a' }] }),
      );
    const film = await compare(shots('{mira} walks', 'last'), shots('{mira} runs', 'first'));
    expect(fieldsOf(film)).toEqual({ a: ['prompt'], b: ['image.at', 'shots.a'], c: ['shots.a'] });
  });

  test('equal requests are counted once', async () => {
    const same = { prompt: '{mira} waits' };
    const film = await compare(
      storyboardText(shot('a', same)),
      storyboardText(shot('a', same) + shot('b', same) + shot('c', same)),
    );
    expect([film.before?.price.micros, film.after.price.micros]).toEqual([700_000, 700_000]);
    expect(film.items.map(({ after }) => after?.cost.micros)).toEqual([0, 0]);
  });
});

/** Without git, what must hold is that it is missed in plain words. */
const withGit = (work: () => Promise<void>) => async () => {
  if (hasGit()) return await work();
  const { folder } = await testProject({ ...REFERENCES, 'reel.yaml': storyboardText(shot('a')) });
  await expect(diffWithCommit(['reel.yaml'], 'main', { cwd: folder })).rejects.toMatchObject({
    code: 'no-git',
  });
};

async function repository(files: Readonly<Record<string, string>> = {}): Promise<TestProject> {
  const project = await testProject({
    ...REFERENCES,
    '.gitignore': '.storyreel\n',
    'film/reel.yaml': storyboardText(shot('a') + shot('b', { prompt: '{bo} waits' })),
    ...files,
  });
  for (const [file, bytes] of Object.entries(REFERENCES)) await project.write(`film/${file}`, bytes);
  return project;
}

describe('a storyboard and a commit', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test(
    'are compared with the bytes that references had, and nothing is left behind',
    withGit(async () => {
      const project = await repository();
      const commit = await commitAll(project);
      await project.write('film/refs/bo.mp4', 'bo, in another coat');
      const temporary = await testProject();
      vi.stubEnv('TMPDIR', temporary.folder);
      expect(tmpdir()).toBe(temporary.folder);
      const left = await fs.readdir(temporary.folder);
      const { films, base } = await diffWithCommit(['film/reel.yaml'], 'main', {
        cwd: project.folder,
        ...PAID,
      });
      expect(base).toEqual({ ref: 'main', commit });
      expect(films[0]?.changes.map(({ field }) => field)).toEqual(['characters.bo.videos.1.sha256']);
      expect(fieldsOf(films[0] as FilmDiff)).toEqual({ b: ['references.bo.sha256'] });
      expect(await fs.readdir(temporary.folder)).toEqual(left);
    }),
  );

  test(
    'are read with what they include and link to, as it was then',
    withGit(async () => {
      const project = await repository({
        'shared/cast.yaml': 'characters:\n  nell: { videos: [media/nell.mp4] }\n',
        'shared/media/nell.mp4': 'nell',
        'film/other.yaml': `version: 1\ninclude: [../cast-link.yaml]\nshots:\n  - { id: a, prompt: "{nell} waits", duration: 2 }\n`,
      });
      await fs.symlink('shared/cast.yaml', project.path('cast-link.yaml'));
      await commitAll(project);
      await fs.rm(project.path('cast-link.yaml'));
      await fs.rm(project.path('shared'), { recursive: true });
      await project.write(
        'film/other.yaml',
        storyboardText(shot('a'), 'cut: {}\n').replaceAll('mira', 'nell'),
      );
      await project.write('film/refs/nell.mp4', 'nell');
      const { films } = await diffWithCommit(['film/other.yaml'], 'HEAD', { cwd: project.folder });
      expect(films[0]?.changes.map(({ field, before }) => [field, before])).toEqual([
        ['title', 'other'],
        ['characters.nell.videos.1', '../shared/media/nell.mp4'],
        ['characters.bo', null],
      ]);
      expect(fieldsOf(films[0] as FilmDiff)).toEqual({ a: ['prompt'] });
    }),
  );

  test(
    'all of a storyboard that the commit does not have is new; several are counted together',
    withGit(async () => {
      const project = await repository();
      await commitAll(project);
      await project.write('film/two.yaml', storyboardText(shot('a') + shot('z', { takes: 2 })));
      const { films, ...cost } = await diffWithCommit(['film/reel.yaml', 'film/two.yaml'], 'main', {
        cwd: project.folder,
        ...PAID,
      });
      expect(films.map(({ before, items }) => [before?.file, items.map(({ change }) => change)])).toEqual([
        ['main:film/reel.yaml', []],
        [undefined, ['added', 'added']],
      ]);
      // `a` is the same shot in both.
      expect(cost).toMatchObject({
        before: { micros: 1_400_000 },
        after: { micros: 2_800_000 },
        cost: { micros: 2_800_000 },
      });
    }),
  );

  test(
    'what was wrong then is told with its place there',
    withGit(async () => {
      const project = await repository({
        'film/reel.yaml': storyboardText(shot('a', { prompt: '{mria} waits' })),
      });
      await commitAll(project);
      await project.write('film/reel.yaml', storyboardText(shot('a')));
      const failure = await diffWithCommit(['film/reel.yaml'], 'main', { cwd: project.folder }).catch(
        error => error,
      );
      expect(failure).toBeInstanceOf(InvalidStoryboard);
      expect(failure).toMatchObject({ message: 'the storyboard at main has one error', exitCode: 2 });
      expect(failure.diagnostics[0]).toMatchObject({
        code: 'unknown-reference',
        file: 'main:film/reel.yaml',
      });
    }),
  );

  test(
    'variables that are new since then may be set',
    withGit(async () => {
      const project = await repository();
      await commitAll(project);
      await project.write(
        'film/reel.yaml',
        `variables: { client: us }\n${storyboardText(shot('a', { caption: 'For ${client}' }))}`,
      );
      const variables = new Map([['client', 'you']]);
      const { films } = await diffWithCommit(['film/reel.yaml'], 'main', { cwd: project.folder, variables });
      expect(films[0]?.items[0]?.changes).toEqual([{ field: 'caption', before: null, after: 'For you' }]);
    }),
  );

  test(
    'no commit, no repository, no git: told in plain words, and nothing is taken for an option',
    withGit(async () => {
      const project = await repository();
      const diff = async (ref: string) =>
        await diffWithCommit(['film/reel.yaml'], ref, { cwd: project.folder }).catch(error => error);
      const away = { code: 'no-repository', exitCode: 2, hint: expect.stringContaining('diff OLD NEW') };
      vi.stubEnv('GIT_CEILING_DIRECTORIES', tmpdir());
      expect(await diff('main')).toMatchObject(away);
      await commitAll(project);
      for (const ref of ['mian', '--output=x', '', '-', 'main:film', 'HEAD~1', '^main', 'main..main'])
        expect([ref, await diff(ref)]).toMatchObject([ref, { code: 'no-commit', exitCode: 2 }]);
      expect(await fs.readdir(project.folder)).not.toContain('x');
      vi.stubEnv('PATH', project.folder);
      expect(await diff('main')).toMatchObject({ code: 'no-git', exitCode: 1 });
    }),
  );
});
