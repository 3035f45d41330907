import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { extractFrame } from '../../src/media/frame.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { testFfmpeg, testProject } from '../support/project.ts';

describe('a frame of a clip', () => {
  // The n-th frame is as bright as n says.
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
    const source = {
      source: "color=black:s=16x16:r=30:d=1,geq=lum='16+N*7':cb=128:cr=128",
      options: ['-f', 'lavfi'],
    };
    // Sound that goes on after the last picture must not shift what is the last frame.
    const tone = { source: 'sine=440:d=2', options: ['-f', 'lavfi'] };
    const clip = project.path('clip.mp4');
    await runFfmpeg(ffmpeg, {
      inputs: [source, tone],
      output: ['-c:v', 'libx264', '-qp', '0', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
      file: clip,
    });
    await extractFrame(ffmpeg, clip, at, project.path('frame.png'), AbortSignal.timeout(60_000));
    await runFfmpeg(ffmpeg, {
      inputs: [{ source: project.path('frame.png') }],
      output: ['-f', 'rawvideo', '-pix_fmt', 'gray'],
      file: project.path('frame.raw'),
    });
    const [brightness] = await fs.readFile(project.path('frame.raw'));
    expect(Math.round(((brightness ?? 0) * 219) / 255 / 7)).toBe(number);
  });
});
