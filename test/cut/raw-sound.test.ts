import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeSpans } from '../../src/cut/clipping.ts';
import { mixToFile } from '../../src/cut/mix-to-file.ts';
import { type KeptPart, soundOfFile, soundOfParts } from '../../src/cut/raw-sound.ts';
import { S16 } from '../../src/cut/sound.ts';
import { DamagedFiles } from '../../src/media/damaged-files.ts';
import { canonicalJson } from '../../src/plan/key.ts';
import { hashFile } from '../../src/store/digests.ts';
import { testProject } from '../support/project.ts';

const { folder } = await testProject();
const { signal } = new AbortController();
const LENGTH = 100_000;

/** Sounds that are cut off where they are made louder, or heard together. */
const kept = await Promise.all(
  ['drums', 'voice', 'music'].map(async (name, index) => {
    const pcm = join(folder, `${name}.pcm`);
    const loud = (at: number) => ((at * (37 + index)) % 65_536) - 32_768;
    await fs.writeFile(
      pcm,
      Int16Array.from({ length: LENGTH }, (_, at) => loud(at)),
    );
    return { pcm, sha256: await hashFile(pcm), identity: name };
  }),
);

const place = fc.oneof(fc.nat(60_000), fc.constantFrom(0, 20_000, 40_000, 47_999, 48_000));
const layout = fc.array(
  fc
    .record({
      file: fc.nat(kept.length - 1),
      startSample: place,
      length: fc.oneof(fc.nat(30_000), fc.constantFrom(20_000)),
      heard: fc.nat(40_000),
      gain: fc.constantFrom(1, 1, 0.5, 2),
      fadeInSamples: fc.constantFrom(0, 0, 700),
      fadeOutSamples: fc.constantFrom(0, 0, 900),
    })
    .map(({ file, length, heard, startSample, ...rest }): KeptPart => {
      const shortest = rest.fadeInSamples + rest.fadeOutSamples;
      const endSample = startSample + Math.max(shortest, length);
      return {
        ...(kept[file] as (typeof kept)[0]),
        ...{ format: S16, startSample, endSample, playedSample: Math.min(startSample + heard, endSample) },
        ...rest,
      };
    }),
  { maxLength: 4 },
);

async function samplesOf(parts: readonly KeptPart[], start: number, end: number): Promise<Buffer> {
  const file = join(folder, 'whole');
  await mixToFile(parts, { start, end }, file, S16, signal);
  return await fs.readFile(file);
}

test('excerpts are what lies there of the whole mix, and tell where it is cut off', async () => {
  await fc.assert(
    fc.asyncProperty(
      layout,
      fc.nat(70_000),
      fc.integer({ min: 1, max: 30_000 }),
      async (parts, start, length) => {
        const end = start + length;
        const file = join(folder, 'excerpt');
        const { write } = await soundOfParts(parts, end, signal).excerpt({ start, end });
        const clipped = await write(file);
        const whole = await samplesOf(parts, 0, end);
        expect((await fs.readFile(file)).equals(whole.subarray(start * S16.bytes))).toBe(true);
        for (const span of clipped) expect([span.start >= 0, span.end <= length]).toEqual([true, true]);
      },
    ),
    { numRuns: 60 },
  );
});

test('excerpts of one identity have the same samples, wherever they lie and whatever is around them', async () => {
  const seen = new Map<string, Buffer>();
  let again = 0;
  const spans = fc.tuple(fc.constantFrom(0, 20_000, 40_000), fc.constantFrom(10_000, 20_000));
  await fc.assert(
    fc.asyncProperty(layout, fc.constantFrom(0, 20_000), spans, async (parts, later, [start, length]) => {
      const moved = parts.map(part => ({
        ...part,
        startSample: part.startSample + later,
        playedSample: part.playedSample + later,
        endSample: part.endSample + later,
      }));
      for (const [laid, from] of [
        [parts, start],
        [moved, start + later],
      ] as const) {
        const span = { start: from, end: from + length };
        const { identity } = await soundOfParts(laid, 0, signal).excerpt(span);
        const samples = await samplesOf(laid, span.start, span.end);
        const before = seen.get(canonicalJson(identity));
        if (before !== undefined) again++;
        expect((before ?? samples).equals(samples)).toBe(true);
        seen.set(canonicalJson(identity), samples);
      }
    }),
    { numRuns: 60 },
  );
  expect(again).toBeGreaterThanOrEqual(60); // each that was moved, at least
});

test('what a part does behind an excerpt is not its matter: how long music goes on, where a shot fades out', async () => {
  const [drums] = kept as [(typeof kept)[0]];
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  const part = {
    ...drums,
    ...none,
    format: S16,
    gain: 1,
    startSample: 0,
    playedSample: 50_000,
    endSample: 50_000,
  };
  const identityIn = async (changed: Partial<KeptPart>, start = 0) => {
    const { excerpt } = soundOfParts([{ ...part, ...changed }], 50_000, signal);
    return canonicalJson((await excerpt({ start, end: start + 10_000 })).identity);
  };
  const first = await identityIn({});
  expect(await identityIn({ playedSample: 40_000, endSample: 45_000 })).toBe(first);
  expect(await identityIn({ fadeOutSamples: 40_000 })).toBe(first);
  expect(await identityIn({ fadeOutSamples: 40_001 })).not.toBe(first);
  expect(await identityIn({ playedSample: 9_999 })).not.toBe(first);
  expect(await identityIn({ fadeInSamples: 1 })).not.toBe(first);
  expect(await identityIn({ fadeInSamples: 20_000 }, 20_000)).toBe(await identityIn({}, 20_000));
  expect(await identityIn({ gain: 0.5 })).not.toBe(first);
  expect(await identityIn({ startSample: 10_000 })).toBe(
    await identityIn({ pcm: null, sha256: null, identity: null }),
  );
});

test('of a file, excerpts are known by their bytes', async () => {
  const [{ pcm }] = kept as [(typeof kept)[0]];
  const { excerpt } = soundOfFile(pcm, LENGTH / 2);
  const [first, second] = [await excerpt({ start: 10, end: 20 }), await excerpt({ start: 11, end: 21 })];
  expect(first.identity).not.toEqual(second.identity);
  const file = join(folder, 'excerpt');
  expect(await first.write(file)).toEqual([]);
  expect((await fs.readFile(file)).equals((await fs.readFile(pcm)).subarray(40, 80))).toBe(true);
});

test('of parts that are damaged, all that are needed are told, and no others', async () => {
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  const at = (startSample: number, { pcm, identity }: (typeof kept)[0], sha256: string): KeptPart => {
    const end = startSample + 100;
    return {
      pcm,
      identity,
      sha256,
      format: S16,
      gain: 1,
      startSample,
      playedSample: end,
      endSample: end,
      ...none,
    };
  };
  const [a, b, c] = kept as [(typeof kept)[0], (typeof kept)[0], (typeof kept)[0]];
  const sound = soundOfParts([at(0, a, 'another'), at(50, b, 'another'), at(200, c, 'another')], 300, signal);
  const { write } = await sound.excerpt({ start: 0, end: 150 });
  const error = await write(join(folder, 'excerpt')).catch(error => error);
  expect(error).toBeInstanceOf(DamagedFiles);
  expect(error.paths).toEqual([a.pcm, b.pcm]);
});

test('where overlapping excerpts are cut off, put together, is where the whole is', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(layout, cuts, async (parts, lengths) => {
      const file = join(folder, 'excerpt');
      const end = 8_000 * lengths.reduce((sum, length) => sum + length, 0);
      const whole = await mixToFile(parts, { start: 0, end }, file, S16, signal);
      const found = [];
      let from = 0;
      for (const length of lengths) {
        const until = from + 8_000 * length;
        const span = { start: Math.max(0, from - 4_000), end: Math.min(end, until + 4_000) };
        const clipped = await (await soundOfParts(parts, end, signal).excerpt(span)).write(file);
        found.push(
          ...clipped.map(({ start, end }) => ({ start: start + span.start, end: end + span.start })),
        );
        from = until;
      }
      expect(mergeSpans(found)).toEqual(whole);
    }),
    { numRuns: 25 },
  );
});
