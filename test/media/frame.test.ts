import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { extractFrame } from '../../src/media/frame.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { withEdits } from '../support/edits.ts';
import { testFfmpeg, testProject } from '../support/project.ts';

/** The n-th frame is as bright as n says. */
const BRIGHTER = {
  source: "color=black:s=16x16:r=30:d=1,geq=lum='16+N*7':cb=128:cr=128",
  options: ['-f', 'lavfi'],
};

describe('a frame of a clip', () => {
  test.each<['first' | 'last' | number, number]>([
    ['first', 0],
    ['last', 29],
    [0, 0],
    [0.1, 3],
    [0.5, 15],
    [0.99, 29],
    [7, 29],
  ])('at %s is number %i', async (at, number) => {
    const ffmpeg = await testFfmpeg();
    const project = await testProject();
    // Sound that goes on after the last picture must not shift what is the last frame.
    const tone = { source: 'sine=440:d=2', options: ['-f', 'lavfi'] };
    const clip = project.path('clip.mp4');
    await runFfmpeg(ffmpeg, {
      inputs: [BRIGHTER, tone],
      output: ['-c:v', 'libx264', '-qp', '0', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
      file: clip,
    });
    expect(await numberOf(clip, at)).toBe(number);
  });

  test.each<['first' | 'last' | number, number]>([
    ['first', 6],
    ['last', 20],
    [0.1, 9],
    [7, 20],
  ])('that an edit list cuts is at %s number %i', async (at, number) => {
    const { path } = await testProject();
    await runFfmpeg(await testFfmpeg(), {
      inputs: [BRIGHTER],
      output: ['-c:v', 'libx264', '-qp', '0', '-pix_fmt', 'yuv420p'],
      file: path('made.mp4'),
    });
    const clip = await withEdits(path('made.mp4'), path('clip.mp4'), '0.2-0.7');
    expect(await numberOf(clip, at)).toBe(number);
  });
});

async function numberOf(clip: string, at: 'first' | 'last' | number): Promise<number> {
  const ffmpeg = await testFfmpeg();
  await extractFrame(ffmpeg, clip, at, `${clip}.png`, AbortSignal.timeout(60_000));
  await runFfmpeg(ffmpeg, {
    inputs: [{ source: `${clip}.png` }],
    output: ['-f', 'rawvideo', '-pix_fmt', 'gray'],
    file: `${clip}.raw`,
  });
  const [brightness] = await fs.readFile(`${clip}.raw`);
  return Math.round(((brightness ?? 0) * 219) / 255 / 7);
}
