import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { probe } from '../../src/media/probe.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
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
