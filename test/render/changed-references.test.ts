import { copyFileSync, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RenderOptions, render } from '../../src/index.ts';
import { hashFile } from '../../src/store/digests.ts';
import { emulate } from '../support/paid.ts';
import { makeClip, makeMedia, type TestProject, testFfmpeg, testProject } from '../support/project.ts';
import { shot } from '../support/storyboards.ts';

const FONT = new URL(import.meta.resolve('@fontsource/inter/files/inter-latin-400-normal.woff'));

/** Shots that are shown `mo`, a video, and `ada`, a picture. */
async function reel(shots: string, rest = ''): Promise<TestProject> {
  const project = await testProject({
    'reel.yaml': `version: 1
title: Test
cut: { size: 320x180 }
${rest}characters: { mo: { videos: [mo.mp4] }, ada: { videos: [mo.mp4], image: ada.png } }
shots:
${shots}`,
  });
  await makeClip(project.path('mo.mp4'), { color: 'red', size: '160x90', tone: null });
  await makeClip(project.path('other.mp4'), { color: 'blue', size: '90x160', tone: null });
  await makeMedia(project.path('ada.png'), { generators: ['color=red:s=160x90:d=0.04'] });
  await makeMedia(project.path('other.png'), { generators: ['color=blue:s=90x160:d=0.04'] });
  return project;
}

const run = (project: TestProject, options: Partial<RenderOptions> = {}) =>
  render(['reel.yaml'], {
    cwd: project.folder,
    provider: 'animatic',
    environment: process.env,
    confirm: async () => true,
    cut: false,
    concurrency: 1,
    ...options,
  });

/** An ffmpeg before which something happens once: when it is first given `words`. */
async function ffmpegWith(project: TestProject, words: string, bash: string): Promise<RenderOptions> {
  const { path } = await testFfmpeg();
  const script = `#!/bin/bash
cd '${project.folder}'
[[ "$*" == *${words}* && ! -e once ]] && touch once && ${bash}
exec ${path} "$@"
`;
  await fs.writeFile(project.path('ffmpeg'), script, { mode: 0o755 });
  return { environment: { ...process.env, STORYREEL_FFMPEG: project.path('ffmpeg') } };
}

/** Every clip and every derived piece of a store by its name, with its digest. */
async function kept(store: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const kind of ['clips', 'records', 'derived']) {
    const folder = join(store, kind);
    for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(path.slice(store.length), await hashFile(path));
    }
  }
  return files;
}

const swap = (file: string, other: string) => `cp ${other} tmp && mv tmp ${file}`;

describe('a file that changes while the animatic is drawn with it is told, and nothing is kept of it', () => {
  const CASES: readonly [
    string,
    { file: string; shots: string; words: string; bash: string; rest?: string },
  ][] = [
    ['a video, replaced', video(swap('mo.mp4', 'other.mp4'))],
    ['a video, taken away', video('mv mo.mp4 gone.mp4')],
    ['a picture, replaced', picture(swap('ada.png', 'other.png'))],
    ['a picture, taken away', picture('mv ada.png gone.png')],
    [
      'a font',
      {
        ...video('cat other.mp4 >> own.woff'),
        ...{ file: 'own.woff', rest: 'fonts: [own.woff]\n' },
        shots: shot('a', { prompt: '{mo} runs', title: '\u5857\u306e\u9053' }),
      },
    ],
  ];
  function video(bash: string) {
    return { file: 'mo.mp4', shots: shot('a', { prompt: '{mo} runs' }), words: 'mo.mp4', bash };
  }
  function picture(bash: string) {
    return { file: 'ada.png', shots: shot('a', { prompt: '{ada} runs' }), words: 'ada.png', bash };
  }

  test.each(CASES)('%s', async (_, { file, shots, words, bash, rest }) => {
    const project = await reel(shots, rest);
    await fs.copyFile(FONT, project.path('own.woff'));
    const before = await fs.readFile(project.path(file));
    const { failed } = await run(project, await ffmpegWith(project, words, bash));
    expect(failed.map(({ failure }) => [failure.code, failure.message])).toEqual([
      ['reference-changed', `${file} was changed while a clip was drawn with it`],
    ]);
    await project.write(file, before);
    expect((await run(project)).plan.takes.map(({ action }) => action)).toEqual(['render']);
    await run(project, { store: 'fresh' });
    expect(await kept(project.path('.storyreel'))).toEqual(await kept(project.path('fresh')));
  });

  test('the clip that a frame is taken from', async () => {
    const project = await reel(
      shot('a', { prompt: '{mo} runs' }) + shot('b', { prompt: '{mo} rests', image: { from: 'a' } }),
    );
    const bash = `for word; do case "$word" in file:*/clips/*) ${swap('"${word#file:}"', 'other.mp4')} ;; esac; done`;
    const { failed } = await run(project, await ffmpegWith(project, 'rgb24', bash));
    expect(failed.map(({ shot, failure }) => [shot, failure.code])).toEqual([['b', 'upstream-missing']]);
    await run(project);
    await run(project, { store: 'fresh' });
    expect(await kept(project.path('.storyreel'))).toEqual(await kept(project.path('fresh')));
  });

  test('of a clip that is drawn again under other names', async () => {
    const project = await reel(shot('a', { prompt: '{mo} runs' }));
    await run(project);
    await fs.rm(project.path('.storyreel/derived'), { recursive: true });
    const text = await project.read('reel.yaml');
    await project.write('reel.yaml', text.replace('id: a', 'id: renamed'));
    const swapping = await ffmpegWith(project, 'mo.mp4', swap('mo.mp4', 'other.mp4'));
    await expect(run(project, { ...swapping, cut: true })).rejects.toMatchObject({
      code: 'reference-changed',
    });
    const names = [...(await kept(project.path('.storyreel'))).keys()];
    expect(names.filter(name => /labelled|insets/.test(name))).toEqual([]);
  });
});

test('nothing is drawn with a file that was changed since it was planned with', async () => {
  const project = await reel(shot('a', { prompt: '{mo} runs' }));
  const onEvent: RenderOptions['onEvent'] = ({ type }) => {
    if (type === 'planned') copyFileSync(project.path('other.mp4'), project.path('mo.mp4'));
  };
  const { failed } = await run(project, { onEvent });
  expect(failed.map(({ failure }) => failure.code)).toEqual(['reference-changed']);
  expect([...(await kept(project.path('.storyreel'))).keys()]).toEqual([]);
});

test('a kept frame that is damaged is taken again', async () => {
  const project = await reel(
    shot('a', { prompt: '{mo} runs' }) + shot('b', { prompt: '{mo} rests', image: { from: 'a' } }),
  );
  await run(project);
  const before = await kept(project.path('.storyreel'));
  const frame = [...before.keys()].find(name => name.endsWith('.png')) as string;
  const bytes = await fs.readFile(project.path(`.storyreel${frame}`));
  await project.write(`.storyreel${frame}`, bytes.fill(0, 100));
  for (const name of before.keys())
    if (/clips|records/.test(name)) await fs.rm(project.path(`.storyreel${name}`), { force: true });
  expect((await run(project)).failed).toEqual([]);
  expect(await kept(project.path('.storyreel'))).toEqual(before);
});

describe('what is bought', () => {
  test.each([
    ['with a ticket', []],
    ['as a form', ['tickets' as const]],
  ])('is bought with the bytes that its key names, or not at all: uploaded %s', async (_, without) => {
    const emulator = await emulate({ without });
    const project = await reel(shot('a', { prompt: '{mo} runs' }), 'provider: wavespeed\n');
    const planned = await fs.readFile(project.path('mo.mp4'));
    const environment = { ...process.env, ...emulator.environment };
    const confirm = async () => {
      await fs.copyFile(project.path('other.mp4'), project.path('mo.mp4'));
      return true;
    };
    const buying = { provider: 'wavespeed', environment } as const;
    const { failed } = await run(project, { ...buying, confirm });
    expect(failed.map(({ failure }) => failure.code)).toEqual(['reference-changed']);
    expect(emulator.ledger().charges).toEqual([]);
    await project.write('mo.mp4', planned);
    expect((await run(project, buying)).exitCode).toBe(0);
    expect(emulator.ledger().charges).toHaveLength(1);
  });
});
