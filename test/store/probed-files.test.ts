import { promises as fs } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { probe } from '../../src/media/probe.ts';
import { ProbedFiles } from '../../src/store/probed-files.ts';
import { cli, command, makeClip, type TestProject, testProject } from '../support/project.ts';

const REEL = `version: 1
shots:
  - { id: a, clip: a.mp4, voice: { file: voice.wav } }
  - { id: b, clip: b.mp4 }
`;

/** Long enough ago to be remembered: what was touched just now may change without a new time stamp. */
const SETTLED_MS = 150;

describe('what the headers of a film’s files say', () => {
  test('is read once: the next runs take it from the store, as long as a file stays as it is', async () => {
    const project = await planned();
    const check = async () => (await cli(['check', 'reel.yaml'], { cwd: project.folder })).stdout;
    await edit(project, 'sounds', () => 100);
    expect(await check()).toContain('voice.wav lasts 100 s');
    await edit(project, 'videos', facts => ({ ...facts, torn: true }));
    expect(await check()).toMatch(/a\.mp4 is damaged.*b\.mp4 is damaged/s);
    await fs.utimes(project.path('a.mp4'), 1, 1);
    expect(await check()).not.toContain('a.mp4 is damaged');
  });

  test('is the same from the store as from the file', async () => {
    const project = await planned();
    const clip = project.path('a.mp4');
    const elsewhere = project.path('copy.mp4');
    await fs.copyFile(clip, elsewhere);
    const kept = JSON.parse(await project.read('.storyreel/videos.json'));
    expect(Object.values(kept.videos)[0]).toEqual(await probe(elsewhere));
  });

  test('is known to every `probe` of the process once it is found in the store', async () => {
    const project = await planned();
    await edit(project, 'videos', facts => ({ ...facts, frameCount: 7 }));
    const link = project.path('link.mp4'); // another path: this process has probed the first one
    await fs.symlink(project.path('a.mp4'), link);
    await new ProbedFiles(project.path('.storyreel')).video(link);
    expect((await probe(link)).frameCount).toBe(7);
  });

  test.each<[string, string]>([
    ['cut off', '{"version":2,"videos":{"1:2'],
    ['of another version', '{"version":0,"videos":{}}'],
    ['without anything', 'null'],
    ['with something else in it', '{"version":2,"videos":[1,null,"x"]}'],
  ])('in a file that is %s costs time alone', async (_, content) => {
    const project = await planned();
    await project.write('.storyreel/videos.json', content);
    const { code } = await command(['plan', 'reel.yaml'], { cwd: project.folder });
    expect(code).toBe(0);
    await fs.utimes(project.path('a.mp4'), 1, 1); // this process knows what it was before
    await setTimeout(SETTLED_MS);
    await command(['plan', 'reel.yaml'], { cwd: project.folder });
    expect(JSON.parse(await project.read('.storyreel/videos.json'))).toMatchObject({
      version: 2,
      videos: { [await identityOf(project.path('a.mp4'))]: { torn: false } },
    });
  });

  test.each<[string, (file: string) => Promise<void>]>([
    [
      'larger than can be read',
      async file => await fs.writeFile(file, '').then(() => fs.truncate(file, 3e9)),
    ],
    ['a link to itself', async file => await fs.symlink(file, file)],
  ])('in a file that is %s costs time alone', async (_, make) => {
    const project = await reel();
    await make(project.path('.storyreel/videos.json'));
    const { code } = await command(['plan', 'reel.yaml'], { cwd: project.folder });
    expect(code).toBe(0);
  });

  test('is read from the file again where the store has but a part of it', async () => {
    const project = await planned();
    await edit(project, 'videos', ({ colors, ...facts }) => ({ ...facts, torn: true }));
    await edit(project, 'sounds', () => 'long');
    const { code, stdout } = await cli(['check', 'reel.yaml'], { cwd: project.folder });
    expect([code, stdout]).toEqual([0, 'No problems in 1 storyboard\n']);
  });

  test('is not kept where that cannot be written', async () => {
    const project = await reel();
    await fs.mkdir(project.path('.storyreel/videos.json'));
    const { code } = await command(['plan', 'reel.yaml'], { cwd: project.folder });
    expect(code).toBe(0);
    expect((await fs.readdir(project.path('.storyreel'))).sort()).toEqual([
      ...['digests.json', 'sounds.json', 'videos.json'],
    ]);
  });

  test('is not written by `check`', async () => {
    const project = await reel();
    await fs.rm(project.path('.storyreel'), { recursive: true });
    await fs.mkdir(project.path('.git'));
    const { code } = await command(['check', 'reel.yaml'], { cwd: project.folder });
    expect(code).toBe(0);
    await expect(fs.stat(project.path('.storyreel'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('of two processes is kept together', async () => {
    const project = await reel();
    const one = new ProbedFiles(project.path('.storyreel'));
    const other = new ProbedFiles(project.path('.storyreel'));
    await one.video(project.path('a.mp4'));
    await other.video(project.path('b.mp4'));
    await one.save();
    await other.save();
    const { videos } = JSON.parse(await project.read('.storyreel/videos.json'));
    expect(Object.keys(videos)).toHaveLength(2);
  });
});

/** A film of two clips and a voice, which were not touched just now. */
async function reel(): Promise<TestProject> {
  const project = await testProject({ 'reel.yaml': REEL });
  await makeClip(project.path('a.mp4'));
  await makeClip(project.path('b.mp4'));
  await makeClip(project.path('voice.mp4'));
  await fs.rename(project.path('voice.mp4'), project.path('voice.wav'));
  await setTimeout(SETTLED_MS);
  return project;
}

async function planned(): Promise<TestProject> {
  const project = await reel();
  const { code, stderr } = await command(['plan', 'reel.yaml'], { cwd: project.folder });
  expect([code, stderr]).toEqual([0, '']);
  return project;
}

/** Writes something else into the store than what the files say. */
async function edit(
  project: TestProject,
  name: string,
  change: (fact: Record<string, unknown>) => unknown,
): Promise<void> {
  const content = JSON.parse(await project.read(`.storyreel/${name}.json`));
  for (const [identity, fact] of Object.entries(content[name]))
    content[name][identity] = change(fact as Record<string, unknown>);
  await project.write(`.storyreel/${name}.json`, JSON.stringify(content));
}

async function identityOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await fs.stat(path, { bigint: true });
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
