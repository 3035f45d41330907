import fc from 'fast-check';
import { expect, test } from 'vitest';
import { box } from '../../../src/media/mp4/boxes.ts';
import { chunkBoxes, readSamples, sampleBoxes } from '../../../src/media/mp4/samples.ts';

const sample = fc.record({
  size: fc.integer({ min: 0, max: 1000 }),
  duration: fc.constantFrom(512, 512, 512, 1001),
  delay: fc.constantFrom(0, 512, 1024, -512),
  sync: fc.boolean(),
});
const tables = fc.record({
  chunks: fc.array(fc.array(sample, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 9 }),
  /** Between the chunks, where other tracks have theirs. */
  gap: fc.integer({ min: 0, max: 500 }),
  base: fc.constantFrom(0, 1_000_000, 2 ** 32 - 3000, 2 ** 40),
  hasDelays: fc.boolean(),
  hasSync: fc.boolean(),
});

test('tables of samples are read as they were written', () => {
  fc.assert(
    fc.property(tables, ({ chunks, gap, base, hasDelays, hasSync }) => {
      const all = chunks.flat();
      const starts: number[] = [];
      const offsets: number[] = [];
      let at = base;
      for (const chunk of chunks) {
        starts.push(at);
        for (const { size } of chunk) {
          offsets.push(at);
          at += size;
        }
        at += gap;
      }
      const samples = {
        sizes: Uint32Array.from(all, ({ size }) => size),
        offsets: Float64Array.from(offsets),
        durations: Uint32Array.from(all, ({ duration }) => duration),
        delays: hasDelays ? Int32Array.from(all, ({ delay }) => delay) : null,
        sync: hasSync ? Uint8Array.from(all, ({ sync }) => (sync ? 1 : 0)) : null,
      };
      const counts = chunks.map(({ length }) => length);
      for (const isLong of at < 2 ** 32 ? [false, true] : [true]) {
        const stbl = Buffer.concat([...sampleBoxes(samples), ...chunkBoxes(counts, starts, isLong)]);
        expect(readSamples(stbl)).toEqual(samples);
      }
    }),
  );
});

test.each<[string, (boxes: Buffer[]) => Buffer[]]>([
  ['without sizes', ([times]) => [times as Buffer]],
  ['without chunks', ([times, sizes]) => [times as Buffer, sizes as Buffer]],
  ['of more samples than have a time', ([, ...rest]) => [times(1, 512), ...rest]],
  ['of fewer samples than have a time', ([, ...rest]) => [times(4, 512), ...rest]],
  ['of four thousand million samples', ([, , ...rest]) => [times(3, 512), sizes(5, 0xffffffff), ...rest]],
  ['cut short', boxes => [Buffer.concat(boxes).subarray(0, -3)]],
])('tables %s are refused', (_, change) => {
  const samples = {
    sizes: Uint32Array.of(1, 2, 3),
    offsets: Float64Array.of(10, 11, 13),
    durations: Uint32Array.of(512, 512, 512),
    delays: null,
    sync: null,
  };
  const boxes = [...sampleBoxes(samples), ...chunkBoxes([3], [10], false)];
  expect(readSamples(Buffer.concat(boxes))).toEqual(samples);
  expect(() => readSamples(Buffer.concat(change(boxes)))).toThrow(RangeError);
});

const times = (...entry: [count: number, ticks: number]) => box('stts', words(0, 1, ...entry));
const sizes = (each: number, count: number) => box('stsz', words(0, each, count));

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
