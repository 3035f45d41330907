import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutBoard } from '../../../src/provider/animatic/layout.ts';
import type { Rectangle } from '../../../src/provider/animatic/rectangle.ts';

const SIZES = [
  [1280, 720],
  [720, 1280],
  [960, 960],
  [1104, 832],
  [832, 1104],
  [1920, 1080],
  [1080, 1920],
  [1440, 1440],
  [1648, 1248],
  [1248, 1648],
] as const;
const aspects = fc.array(fc.option(fc.double({ min: 0.05, max: 20, noNaN: true })), { maxLength: 6 });

test('nothing overlaps or leaves the frame, at any ratio and with any footage', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SIZES), aspects, ([width, height], media) => {
      const { insets, captionHeight, header, prompt, progress, footer } = layOutBoard(width, height, media);
      expect(insets).toHaveLength(media.length);
      const captioned = insets.map(inset => ({ ...inset, height: inset.height + captionHeight }));
      const all = [...captioned, header, prompt, progress, footer];
      for (const [index, one] of all.entries()) {
        expect(one.width, `width of ${index}`).toBeGreaterThan(0);
        expect(one.height, `height of ${index}`).toBeGreaterThan(0);
        expect(one.x).toBeGreaterThanOrEqual(footer.x);
        expect(one.x + one.width).toBeLessThanOrEqual(width - footer.x);
        expect(one.y).toBeGreaterThan(0);
        expect(one.y + one.height).toBeLessThan(height);
        for (const other of all.slice(index + 1)) expect(overlap(one, other)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

test('every inset stands on whole, even pixels', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SIZES), aspects, ([width, height], media) => {
      const { insets, clock, progress } = layOutBoard(width, height, media);
      for (const { x, y, width, height } of [...insets, clock.running, progress]) {
        expect([x % 2, y % 2, width % 2, height % 2]).toEqual([0, 0, 0, 0]);
      }
    }),
  );
});

test('the running time and the length stand beside each other in the footer', () => {
  for (const [width, height] of SIZES) {
    const { clock, footer } = layOutBoard(width, height, []);
    expect(clock.running.width).toBe(3 * clock.digitWidth + clock.dotWidth);
    expect(clock.running.x).toBeGreaterThan(footer.x + footer.width / 2);
    expect(clock.running.x + clock.running.width).toBe(clock.total.x);
    expect(clock.total.x + clock.total.width).toBe(footer.x + footer.width);
  }
});

test.each([
  ['square', 1],
  ['wide', 16 / 9],
  ['tall', 3 / 4],
])('%s footage of one to five references keeps most of its picture', (_, aspect) => {
  for (const [width, height] of SIZES) {
    for (let count = 1; count <= 5; count++) {
      const { insets } = layOutBoard(width, height, Array(count).fill(aspect));
      for (const inset of insets) {
        const ratio = inset.width / inset.height / aspect;
        expect(Math.min(ratio, 1 / ratio), `${count} at ${width}x${height}`).toBeGreaterThan(0.5);
      }
    }
  }
});

test('1080p is the same design, half as large again', () => {
  const small = layOutBoard(1280, 720, [1, 1]);
  const large = layOutBoard(1920, 1080, [1, 1]);
  expect(large.unit).toBe(small.unit * 1.5);
  for (const [index, { x, y, width, height }] of small.insets.entries()) {
    const inset = large.insets[index] as Rectangle;
    for (const [is, was] of [
      [inset.x, x],
      [inset.y, y],
      [inset.width, width],
      [inset.height, height],
    ] as const) {
      expect(Math.abs(is - was * 1.5)).toBeLessThanOrEqual(6);
    }
  }
});

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
