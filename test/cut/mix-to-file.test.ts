import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mixToFile } from '../../src/cut/mix-to-file.ts';
import { F32, S16, type SampleFormat, type SoundPart } from '../../src/cut/sound.ts';
import { testProject } from '../support/project.ts';

const { folder } = await testProject();
const { signal } = new AbortController();

/** A part that plays `samples` of one value, from `startSample` on. */
async function flat(value: number, samples: number, startSample = 0): Promise<SoundPart> {
  const pcm = join(folder, `${value}-${samples}.pcm`);
  await fs.writeFile(pcm, new Int16Array(samples * 2).fill(value));
  const end = startSample + samples;
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  return { pcm, format: S16, gain: 1, startSample, playedSample: end, endSample: end, ...none };
}

async function mix(parts: readonly SoundPart[], end: number, format: SampleFormat = S16, start = 0) {
  const file = join(folder, 'mixed');
  const clipped = await mixToFile(parts, { start, end }, file, format, signal);
  const { buffer, byteOffset, length } = await fs.readFile(file);
  return { file, clipped, samples: buffer.slice(byteOffset, byteOffset + length) };
}

test('what is loud together is cut off, never wrapped around, and told from where to where', async () => {
  const parts = [await flat(30_000, 100_000), await flat(20_000, 300, 50_000)];
  const { samples, clipped } = await mix(parts, 100_000);
  expect([...new Set(new Int16Array(samples))]).toEqual([30_000, 32_767]);
  expect(clipped).toEqual([{ start: 50_000, end: 50_300 }]);
});

test('what is cut off again within a second is told once', async () => {
  const hits = [0, 40_000, 140_000].map(at => flat(20_000, 300, at));
  const { clipped } = await mix([await flat(30_000, 200_000), ...(await Promise.all(hits))], 200_000);
  expect(clipped).toEqual([
    { start: 0, end: 40_300 },
    { start: 140_000, end: 140_300 },
  ]);
});

test('a clip that reaches full scale is mixed as it is, and a peak of few samples is none of it', async () => {
  const { clipped } = await mix([await flat(32_767, 1000), await flat(20_000, 5, 500)], 1000);
  expect(clipped).toEqual([]);
});

test('what a second of nothing lies between is no run', async () => {
  const peaks = [await flat(20_000, 5, 47_995), await flat(20_000, 1, 96_000)];
  expect((await mix([await flat(30_000, 144_000), ...peaks], 144_000)).clipped).toEqual([]);
});

test('floats keep what is above full scale, and come down again unharmed', async () => {
  const loud = await mix([await flat(30_000, 1000), await flat(20_000, 1000)], 1000, F32);
  expect(loud.clipped).toEqual([]);
  expect([...new Set(new Float32Array(loud.samples))]).toEqual([50_000 / 32_768]);
  const kept = join(folder, 'kept');
  await fs.rename(loud.file, kept);
  const part = { ...(await flat(0, 1000)), pcm: kept, format: F32, gain: 0.5 };
  expect([...new Set(new Int16Array((await mix([part], 1000)).samples))]).toEqual([25_000]);
});

test('a stretch of the film begins where it is told to', async () => {
  const parts = [await flat(1000, 100, 0), await flat(2000, 100, 100)];
  const { samples } = await mix(parts, 200, S16, 150);
  expect([...new Int16Array(samples)]).toEqual(Array.from({ length: 100 }, () => 2000));
});

test('whatever overlaps, fades or plays alone, each sample is the sum of what is heard there', async () => {
  const pcm = join(folder, 'ramp.pcm');
  const ramp = Int16Array.from({ length: 200_000 }, (_, at) => ((at * 37) % 60_001) - 30_000);
  await fs.writeFile(pcm, ramp);
  // Stretches of a second are mixed at once: parts begin and end at, beside and far from their edges.
  const place = fc.oneof(fc.nat(50_000), fc.constantFrom(0, 47_999, 48_000, 48_001));
  const parts = fc.array(
    fc.record({ place, length: place, gain: fc.constantFrom(1, 1, 0.5), fade: fc.constantFrom(0, 0, 500) }),
    { minLength: 1, maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(parts, async drawn => {
      const laid = drawn.map(({ place: startSample, length, gain, fade }): SoundPart => {
        const end = startSample + Math.max(2 * fade, length);
        const fades = { fadeInSamples: fade, fadeOutSamples: fade };
        return { pcm, format: S16, gain, startSample, playedSample: end, endSample: end, ...fades };
      });
      const end = Math.max(...laid.map(({ endSample }) => endSample), 1);
      const sum = new Float64Array(2 * end);
      for (const { startSample, endSample, gain, fadeInSamples: fade } of laid) {
        for (let at = startSample; at < endSample; at++) {
          const near = Math.min(at - startSample, endSample - at);
          const level = gain * (near < fade ? near / fade : 1);
          for (const channel of [0, 1])
            sum[2 * at + channel] =
              (sum[2 * at + channel] ?? 0) + level * (ramp[2 * (at - startSample) + channel] ?? 0);
        }
      }
      const expected = sum.map(value => Math.max(-32_768, Math.min(32_767, value)));
      const mixed = new Int16Array((await mix(laid, end)).samples);
      // Rounded; to either side where, but for the order in which it was added up, it lies in the middle.
      const isRounded = (value: number, at: number) => Math.abs(value - (expected[at] ?? 0)) <= 0.5 + 1e-6;
      expect(mixed.findIndex((value, at) => !isRounded(value, at))).toBe(-1);
    }),
    { numRuns: 15 },
  );
});
