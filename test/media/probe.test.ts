import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { probe } from '../../src/media/probe.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { withEdits } from '../support/edits.ts';
import { makeClip, ourFfmpeg, testFfmpeg, testProject } from '../support/project.ts';

describe('a clip is as long as what ffmpeg makes of it', () => {
  const late = ['-output_ts_offset', '10'];
  test.each<[string, string, { input?: string[]; output?: string[]; bFrames?: number; tone?: null }]>([
    ['as it is made', 'mp4', {}],
    ['in Matroska', 'mkv', {}],
    ['whose times begin at 10 s', 'mp4', { output: late }],
    ['whose times begin at 10 s, with B-frames', 'mp4', { output: late, bFrames: 2 }],
    ['whose times begin at 10 s, without sound', 'mp4', { output: late, tone: null }],
    ['whose times begin at 10 s, in Matroska', 'mkv', { output: late }],
    ['whose times begin at 10 s, in QuickTime', 'mov', { output: late, bFrames: 2 }],
    ['with an edit list', 'mp4', { input: ['-ss', '0.31'], bFrames: 2 }],
    ['that was cut at both ends', 'mp4', { input: ['-ss', '0.31', '-to', '1.53'], bFrames: 2 }],
    [
      'whose times begin before 0',
      'mp4',
      { output: ['-avoid_negative_ts', 'disabled', '-output_ts_offset', '-0.08'] },
    ],
    ['in fragments', 'mp4', { output: ['-movflags', 'frag_keyframe+empty_moov'] }],
  ])('%s', async (_, ending, { input = [], output = [], bFrames = 0, tone = 440 }) => {
    const project = await testProject();
    const made = await makeClip(project.path('made.mp4'), {
      ...{ seconds: 2, rate: '25', tone },
      output: ['-bf', String(bFrames)],
    });
    const clip = project.path(`clip.${ending}`);
    await runFfmpeg(await ourFfmpeg(), {
      inputs: [{ source: made, options: input }],
      output: ['-map', '0', '-c', 'copy', ...output],
      file: clip,
    });
    const frames = await framesOf(clip);
    const { durationSeconds, torn } = await probe(clip);
    expect([frames, Math.abs(durationSeconds * 25 - frames) <= 1, torn]).toEqual([frames, true, false]);
  });
});

describe('an edit list leaves out what ffmpeg does not show', () => {
  test.each([
    ['the end', '0-1'],
    ['the start and the end', '0.6-1.6'],
    ['parts of frames', '0.51-1.53'],
    ['the middle', '0-0.4 1.2-2'],
    ['the order', '1-2 0.2-0.4 0-1.1'],
    ['the start, and goes on where nothing is', '1-3'],
  ])('%s', async (_, spans) => {
    const { path } = await testProject();
    const output = ['-bf', '2', '-g', '10'];
    const made = await makeClip(path('made.mp4'), { seconds: 2, rate: '25', tone: null, output });
    const clip = await withEdits(made, path('clip.mp4'), spans);
    const frames = await framesOf(clip);
    const { durationSeconds, frameCount } = await probe(clip);
    expect([frames, Math.abs(durationSeconds * 25 - frames) <= 1]).toEqual([frames, true]);
    expect([frames, Math.abs(frameCount - frames) <= 1]).toEqual([frames, true]);
  });

  test('a frame that is shown for long goes when the edit is over', async () => {
    const { path } = await testProject();
    const output = [
      ...['-vf', "settb=1/12800,setpts='512*N+if(gte(N,10),25600,0)'"],
      ...['-fps_mode', 'passthrough', '-enc_time_base', '1/12800', '-bf', '0', '-g', '5'],
    ];
    const made = await makeClip(path('made.mp4'), { seconds: 1, rate: '25', tone: null, output });
    const clip = await withEdits(made, path('clip.mp4'), '0-1.2');
    expect(await probe(clip)).toMatchObject({ durationSeconds: 1.2, frameCount: 10 });
    expect(await framesOf(clip)).toBeGreaterThanOrEqual(30);
  });
});

test('of several pictures the first is taken, as ffmpeg does, whichever the file prefers', async () => {
  const { path } = await testProject();
  const short = await makeClip(path('short.mp4'), { seconds: 0.4, rate: '25', tone: null });
  const long = await makeClip(path('long.mp4'), { seconds: 2, rate: '25', size: '320x180', tone: null });
  for (const ending of ['mp4', 'mkv']) {
    const both = path(`both.${ending}`);
    await runFfmpeg(await ourFfmpeg(), {
      inputs: [{ source: short }, { source: long }],
      output: [
        ...['-map', '0:v', '-map', '1:v', '-c', 'copy'],
        ...['-disposition:v:0', '0', '-disposition:v:1', 'default'],
      ],
      file: both,
    });
    expect(await probe(both)).toMatchObject({ width: 160, frameCount: 10, durationSeconds: 0.4 });
  }
});

/** How many frames of the film there are until the clip ends, as the cut sees it. */
async function framesOf(clip: string): Promise<number> {
  await runFfmpeg(await testFfmpeg(), {
    inputs: [{ source: clip }],
    filters: '[0:v]fps=25:start_time=0,scale=2:2,format=gray[out]',
    output: ['-map', '[out]', '-f', 'rawvideo'],
    file: `${clip}.raw`,
  });
  return (await fs.stat(`${clip}.raw`)).size / 4;
}
