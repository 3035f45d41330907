import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stretch } from '../../src/cut/stretch.ts';
import { cutOf, level, soundOf, videoClip } from '../support/cut.ts';
import { makeMedia, testProject } from '../support/project.ts';

const { folder } = await testProject();
const { signal } = new AbortController();

/** Stretches what `wave` tells of each sample; the left channel of what comes out. */
async function stretched(wave: (sample: number) => number, seconds: number, speed: number) {
  const source = Int16Array.from({ length: seconds * 48_000 * 2 }, (_, at) => wave(at >> 1));
  const [from, to] = [join(folder, 'source'), join(folder, 'stretched')];
  await fs.writeFile(from, source);
  const samples = Math.round((seconds * 48_000) / speed);
  await stretch(from, speed, samples, to, signal);
  const { buffer, byteOffset, length } = await fs.readFile(to);
  expect(length).toBe(samples * 4);
  return new Int16Array(buffer, byteOffset, length >> 1).filter((_, at) => at % 2 === 0);
}

/** 2 ms at every whole second, the first one too. */
const clicks = (sample: number) => (sample % 48_000 < 96 ? (sample % 16 < 8 ? 30_000 : -30_000) : 0);

/** Milliseconds between where the clicks are first half as loud as they get, and where they are due. */
function errors(samples: Int16Array, seconds: number, speed: number): number[] {
  return Array.from({ length: seconds - 1 }, (_, index) => {
    const due = Math.round(((index + 1) * 48_000) / speed);
    const around = Math.round(24_000 / speed);
    const window = samples.subarray(due - around, due + around).map(Math.abs);
    const loudest = window.reduce((one, other) => Math.max(one, other));
    return (window.findIndex(value => value > loudest / 2) - around) / 48;
  });
}

describe('sound that is played faster or slower', () => {
  test.each([
    ...[0.25, 0.5, 0.75, 0.9, 1.1, 1.5, 2, 3, 4].map(speed => [speed, 10] as const),
    ...[0.1, 7, 10].map(speed => [speed, 15] as const),
  ])('clicks at %d times the speed are within %d ms of their picture', async (speed, most) => {
    const seconds = speed < 1 ? 3 : 6;
    const found = errors(await stretched(clicks, seconds, speed), seconds, speed);
    for (const error of found) expect(Math.abs(error)).toBeLessThan(most);
  });

  test.each([0.25, 0.75, 1.5, 4])(
    'tones at %d times the speed keep their pitch and their level',
    async speed => {
      for (const hertz of [50, 440, 3000]) {
        const tone = (sample: number) =>
          Math.round(10_000 * Math.sin((2 * Math.PI * hertz * sample) / 48_000));
        const samples = await stretched(tone, 2, speed);
        for (let at = 0.1; at < 2 / speed - 0.2; at += 0.1)
          expect(level(samples, hertz, at, 0.1) / 10_000).toBeGreaterThan(0.8);
      }
    },
  );

  test.each([0.25, 0.75, 4])('at %d times the speed a click in a film is in step', async speed => {
    const path = join(folder, 'clicks.mov');
    await makeMedia(path, {
      generators: [
        'color=s=64x36:r=30:d=5',
        "aevalsrc='0.9*lt(mod(t,1),0.002)*sin(2*PI*3000*t)':s=48000:d=5",
      ],
      output: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'pcm_s16le'],
    });
    const clip = await videoClip(path, true);
    const part = { seconds: 5, clip, startSeconds: 1, endSeconds: 4.5, speed };
    const { file } = await cutOf([part]);
    const samples = await soundOf(file);
    for (const error of errors(samples, 4, speed)) expect(Math.abs(error)).toBeLessThan(10.1);
  });
});
