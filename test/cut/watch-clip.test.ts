import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clipSound } from '../../src/cut/conform-sound.ts';
import { watchClip } from '../../src/cut/watch-clip.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { Derived } from '../../src/store/derived.ts';
import { videoClip } from '../support/cut.ts';
import { withEdits } from '../support/edits.ts';
import { makeClip, testFfmpeg, testProject } from '../support/project.ts';

const WHOLE = { startSeconds: 0, speed: 1, samples: 2 * 48_000 + 1 };
const PART = { startSeconds: 0.5, speed: 2, samples: 24_001 };

/** A clip of two seconds, and an ffmpeg that writes down what it was started for. */
async function footage() {
  const project = await testProject();
  const path = await makeClip(project.path('clip.mp4'), { seconds: 2 });
  const ffmpeg = await testFfmpeg();
  const started = project.path('started.txt');
  const spy = await project.write(
    'ffmpeg',
    `#!/bin/sh\necho "$*" >> "${started}"\nexec ${ffmpeg.path} "$@"\n`,
  );
  await fs.chmod(spy, 0o755);
  let folders = 0;
  return {
    path,
    ffmpeg,
    /** With nothing kept. */
    context: () => ({
      ffmpeg: { ...ffmpeg, path: spy },
      derived: new Derived(project.path(`derived-${folders++}`)),
      signal: new AbortController().signal,
    }),
    /** What each process was started for, since this was last asked. */
    runs: async () => {
      const lines = (await fs.readFile(started, 'utf8').catch(() => '')).trim().split('\n');
      await fs.rm(started, { force: true });
      return lines.map(line =>
        ['rawvideo', 's16le'].filter(format => line.includes(`-f ${format}`)).join('+'),
      );
    },
  };
}

test('a clip that nobody has watched is watched in the process that takes its sound: neither differs', async () => {
  const { path, context, runs } = await footage();
  const clip = await videoClip(path, true);
  const apart = context();
  const sounds = [await clipSound(clip, WHOLE, apart), await clipSound(clip, PART, apart)];
  const seen = await watchClip(clip, apart, { whole: false });
  expect(await runs()).toEqual(['s16le', 's16le', 'rawvideo']);

  const together = context();
  const unwatched = { ...clip, unwatched: true };
  // Both wait for the same watching, and only one has its sound made there.
  const again = await Promise.all([WHOLE, PART].map(part => clipSound(unwatched, part, together)));
  expect((await runs()).sort()).toEqual(['rawvideo+s16le', 's16le']);
  expect(again.map(({ sha256 }) => sha256)).toEqual(sounds.map(({ sha256 }) => sha256));
  expect(await watchClip(clip, together, { whole: false })).toEqual(seen);
  expect(await runs()).toEqual(['']);
});

test('what was watched before is not decoded again for its sound', async () => {
  const { path, context, runs } = await footage();
  const clip = { ...(await videoClip(path, true)), unwatched: true };
  const kept = context();
  await watchClip(clip, kept, { whole: false });
  await clipSound(clip, WHOLE, kept);
  expect(await runs()).toEqual(['rawvideo', 's16le']);
});

test('a sound that cannot be decoded does not make its picture damaged', async () => {
  const { path, ffmpeg, context, runs } = await footage();
  const damaged = join(path, '..', 'damaged.mp4');
  const output = ['-c', 'copy', '-bsf:a', 'noise'];
  await runFfmpeg(ffmpeg, { inputs: [{ source: path }], output, file: damaged });
  const clip = { ...(await videoClip(damaged, true)), unwatched: true };
  const kept = context();
  await clipSound(clip, WHOLE, kept);
  expect(await runs()).toEqual(['rawvideo+s16le', 'rawvideo']);
  expect(await watchClip(clip, kept, { whole: false })).toMatchObject({ damage: null });
});

test('a clip whose frames end before it does is frozen from there', async () => {
  const { context } = await footage();
  const { path } = await testProject();
  // The frame after the first second comes ten seconds later, and the edit list ends before it.
  const output = [
    ...['-vf', "settb=1/12800,setpts='512*N+if(gte(N,25),128000,0)'", '-bf', '2'],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '1/12800'],
  ];
  const made = await makeClip(path('made.mp4'), { seconds: 2, rate: '25', tone: null, output });
  const clip = await videoClip(await withEdits(made, path('clip.mp4'), '0-4'), false);
  const { frozen } = await watchClip(clip, context(), { whole: false });
  expect(frozen).toEqual([{ start: 1, end: 4 }]);
});
