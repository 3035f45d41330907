import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clipSound } from '../../src/cut/conform-sound.ts';
import { watchClip } from '../../src/cut/watch-clip.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { Derived } from '../../src/store/derived.ts';
import { videoClip } from '../support/cut.ts';
import { withEdits } from '../support/edits.ts';
import { makeClip, makeMedia, testFfmpeg, testProject } from '../support/project.ts';

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
  expect(frozen).toEqual([{ start: 0.9, end: 4 }]);
});

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p'];

/** What is seen in a picture of ffmpeg's generators, 640 × 360 and 3 s long. */
async function seenIn(picture: string, output: readonly string[] = X264, seconds = 3) {
  const project = await testProject();
  const generators = [picture.replace('SIZE', `s=640x360:r=30:d=${seconds}`)];
  const path = await makeMedia(project.path('seen.mp4'), { generators, output });
  const context = {
    ffmpeg: await testFfmpeg(),
    derived: new Derived(project.path('derived')),
    signal: new AbortController().signal,
  };
  return await watchClip(await videoClip(path, false), context, { whole: false });
}

const WHOLE_CLIP = [{ start: 0, end: 3 }];
/** A picture full of fine detail that stands still: what an encoder has most to do with. */
const DETAIL =
  'testsrc2=SIZE,trim=end_frame=1,noise=alls=20,tpad=stop_mode=clone:stop_duration=3,trim=duration=3';

describe('what is told to be frozen', () => {
  test.each([
    ['nothing moves from the first frame to the last', 'color=c=0x406080:SIZE', X264],
    ['a picture full of detail', DETAIL, X264],
    ['key frames that draw it anew, twice a second', DETAIL, [...X264, '-g', '15']],
  ])('%s', async (_, picture, output) => {
    expect(await seenIn(picture, output)).toEqual({ black: [], frozen: WHOLE_CLIP, damage: null });
  });

  test.each([
    [
      'a figure of 10 × 20 pixels walks through a wide shot',
      "color=c=0x406080:SIZE[a];color=c=0xc0a080:s=10x20:r=30:d=3[b];[a][b]overlay=x='100+40*t':y=200",
      X264,
    ],
    ['the light goes on by 4 steps a second', "color=c=gray:SIZE,geq=lum='80+X/16+4*T':cb=128:cr=128", X264],
    ['film grain', 'color=c=gray:SIZE,noise=alls=12:allf=t', [...X264, '-crf', '16']],
    ['a picture that moves in every second look alone', 'testsrc=SIZE,fps=5,fps=30', X264],
  ])('not what moves: %s', async (_, picture, output) => {
    const { frozen } = await seenIn(picture, output);
    expect(frozen.filter(({ start, end }) => end - start > 1)).toEqual([]);
  });
});

describe('what is told to be black', () => {
  test.each([
    ['black', 'color=c=black:SIZE'],
    ['black with the grain of a sensor', 'color=c=0x080808:SIZE,noise=alls=10:allf=t'],
  ])('%s', async (_, picture) => {
    expect(await seenIn(picture)).toMatchObject({ black: WHOLE_CLIP, frozen: [] });
  });

  test.each([
    ['a few stars', 'color=c=black:SIZE,drawbox=x=101:y=53:w=8:h=8:color=white:t=fill'],
    ['a dark blue room, seen by its colour', 'color=c=0x000078:SIZE'],
  ])('not %s', async (_, picture) => {
    expect((await seenIn(picture)).black).toEqual([]);
  });
});

test('what was seen is kept, and not the looks', async () => {
  const { path, context } = await footage();
  const kept = context();
  await watchClip(await videoClip(path, true), kept, { whole: false });
  const files = await fs.readdir(kept.derived.folder, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter(file => file.isFile())
    .map(async file => {
      return (await fs.stat(join(file.parentPath, file.name))).size;
    });
  expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(1000);
});

test.each([
  ['-80', true],
  ['-60', false],
])('a sound that reaches %s dBFS is silence: %s', async (decibels, silent) => {
  const project = await testProject();
  const amplitude = 10 ** (Number(decibels) / 20);
  const path = await makeMedia(project.path('soft.mov'), {
    generators: ['color=c=gray:s=64x36:d=1', `aevalsrc=${amplitude}*sin(2*PI*200*t):s=48000:d=1`],
    output: ['-map', '0:v', '-map', '1:a', '-c:v', 'libx264', '-c:a', 'pcm_s24le'],
  });
  const context = {
    ffmpeg: await testFfmpeg(),
    derived: new Derived(project.path('derived')),
    signal: new AbortController().signal,
  };
  const { path: heard } = await clipSound(await videoClip(path, true), WHOLE, context);
  expect(heard === null).toBe(silent);
});
