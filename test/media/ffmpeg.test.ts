import { promises as fs } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { command, makeClip, ourFfmpeg, type TestProject, testProject } from '../support/project.ts';

/** Long enough ago to be remembered: what was touched just now may change without a new time stamp. */
const SETTLED_MS = 150;

describe('the version of an ffmpeg', () => {
  test('is asked once: the next films take it from the store', async () => {
    const project = await reel();
    const { path, version } = await ourFfmpeg();
    expect(await cutWith(path, project)).toBe(version);
    const kept = await project.read('.storyreel/ffmpegs.json');
    await project.write('.storyreel/ffmpegs.json', kept.replace(version, '99.9'));
    expect(await cutWith(path, project)).toBe('99.9');
  });

  test('is asked again of another one in its place', async () => {
    const project = await reel();
    const { path, version } = await ourFfmpeg();
    const own = project.path('ffmpeg');
    await fs.copyFile(path, own);
    await setTimeout(SETTLED_MS);
    await cutWith(own, project);
    const kept = await project.read('.storyreel/ffmpegs.json');
    await project.write('.storyreel/ffmpegs.json', kept.replace(version, '99.9'));
    await fs.utimes(own, 1, 1);
    expect(await cutWith(own, project)).toBe(version);
  });

  test('is asked each time of what starts another program: that may change', async () => {
    const project = await reel();
    const { path, version } = await ourFfmpeg();
    const script = await project.write('ffmpeg', `#!/bin/sh\nexec '${path}' "$@"\n`);
    const launcher = project.path('launcher');
    await fs.copyFile(path, launcher);
    for (const file of [script, launcher]) {
      await fs.chmod(file, 0o755);
      await setTimeout(SETTLED_MS);
      expect(await cutWith(file, project)).toBe(version);
    }
    await expect(project.read('.storyreel/ffmpegs.json')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function reel(): Promise<TestProject> {
  const project = await testProject();
  await makeClip(project.path('a.mp4'));
  return project;
}

let films = 0;

/** Makes a film, other than those before, and returns the version that its report names. */
async function cutWith(ffmpeg: string, project: TestProject): Promise<string> {
  const reel = `version: 1\ntitle: Film ${++films}\nshots:\n  - { id: a, clip: a.mp4 }\n`;
  await project.write('reel.yaml', reel);
  const env = { STORYREEL_FFMPEG: ffmpeg };
  const { code, stderr } = await command(['cut', 'reel.yaml'], { cwd: project.folder, env });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(await project.read('out/reel/report.json')).film.ffmpeg;
}
