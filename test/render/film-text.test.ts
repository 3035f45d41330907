import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Overlay } from '../../src/cut/segments.ts';
import { burnInHeight } from '../../src/cut/text-frame.ts';
import type { Timeline, TimelineItem } from '../../src/plan/timeline.ts';
import type { ClipSources, FoundClip } from '../../src/render/film-clips.ts';
import { filmOverlays, itemOverlays, ownFrames } from '../../src/render/film-text.ts';
import { Derived } from '../../src/store/derived.ts';
import type { Store } from '../../src/store/store.ts';
import type { CutSettings, Watermark } from '../../src/storyboard/storyboard.ts';
import { inkOf } from '../support/drawn.ts';
import { testProject } from '../support/project.ts';

const SIZE = { width: 360, height: 640, fps: { numerator: 25, denominator: 1 } };
const FONTS = { paths: [], digests: [] };
const WATERMARK: Watermark = {
  ...{ text: 'Confidential', image: null, opacity: 0.6, path: [] },
  position: 'bottom-right',
};
const CAPTION = { value: 'Three days later, on the wall above the harbour.\nNobody was there.', path: [] };
const LOWER_THIRD = { title: 'The harbour', subtitle: '1977', startSeconds: 0, durationSeconds: 1, path: [] };

async function written(
  watermark: Watermark | null,
  { burnIn = false, caption = CAPTION as typeof CAPTION | null } = {},
) {
  const { folder } = await testProject();
  const store = { derived: new Derived(join(folder, 'derived')) } as unknown as Store;
  const cut = { watermark, burnIn } as CutSettings;
  const item = { id: 'arrival', scene: null, caption, lowerThird: LOWER_THIRD };
  const found = { kind: 'card', item } as unknown as FoundClip;
  const over = await itemOverlays(found, { frames: 50, fromFrame: 0, toFrame: 50 }, cut, SIZE, store, FONTS);
  const film = await filmOverlays(cut, SIZE, { store } as ClipSources, FONTS);
  const ink = async ({ path }: Overlay) =>
    inkOf({ width: SIZE.width, height: SIZE.height, rgba: await fs.readFile(path) });
  return { over: await Promise.all(over.map(ink)), mark: film.mark === null ? null : await ink(film.mark) };
}

test('the lower third, the caption and the watermark of a shot stand one above the other', async () => {
  const { over, mark } = await written(WATERMARK);
  const [caption, third] = over;
  expect(third?.bottom).toBeLessThan(caption?.top ?? 0);
  expect(caption?.bottom).toBeLessThan(mark?.top ?? 0);
  const alone = await written(null, { caption: null });
  expect(alone.over[0]?.bottom).toBeGreaterThan(caption?.top ?? 0);
});

test('a watermark at the top stands below the burn-in', async () => {
  const { over, mark } = await written({ ...WATERMARK, position: 'top-left' }, { burnIn: true });
  const slug = over.at(-1);
  expect(slug?.bottom).toBeLessThan(mark?.top ?? 0);
  const bare = await written({ ...WATERMARK, position: 'top-left' });
  expect((mark?.top ?? 0) - (bare.mark?.top ?? 0)).toBe(burnInHeight(SIZE));
});

/** Two shots of these lengths that overlap, with all that may be written over them, by frames of the film. */
async function writtenOverTwo(
  lengths: [number, number],
  overlapFrames: number,
  start: number,
  duration: number,
) {
  const { folder } = await testProject();
  const derived = new Derived(join(folder, 'derived'));
  const cut = { watermark: null, burnIn: true } as CutSettings;
  const items = lengths.map((frames, index) => ({ frames, overlapFrames: index * overlapFrames }));
  const timeline = { items: items as TimelineItem[] } as unknown as Timeline;
  const lowerThird = { ...LOWER_THIRD, startSeconds: start, durationSeconds: duration };
  const over = [0, 1].map(async index => {
    const item = { id: `shot-${index}`, scene: null, caption: CAPTION, lowerThird };
    const found = { kind: 'card', item } as unknown as FoundClip;
    const store = { derived } as unknown as Store;
    const size = { ...SIZE, width: 90, height: 160 };
    const overlays = await itemOverlays(found, ownFrames(timeline, index), cut, size, store, FONTS);
    const first = index * (lengths[0] - overlapFrames);
    return overlays.map(({ fromFrame, toFrame }) => ({ from: first + fromFrame, to: first + toFrame }));
  });
  return await Promise.all(over);
}

test('where shots dissolve, text of the first is gone by the middle, and that of the second begins there', async () => {
  expect(await writtenOverTwo([48, 48], 24, 0, 4)).toEqual([
    [0, 0, 0].map(from => ({ from, to: 36 })),
    [36, 36, 36].map(from => ({ from, to: 72 })),
  ]);
  // A lower third of half a second for which the dissolve leaves no time comes before it, or after it.
  const [first, second] = await writtenOverTwo([50, 50], 40, 1.52, 0.48);
  expect([first?.[1], second?.[1]]).toEqual([
    { from: 18, to: 30 },
    { from: 48, to: 60 },
  ]);
  const [, early] = await writtenOverTwo([50, 50], 40, 0, 0.48);
  expect(early?.[1]).toEqual({ from: 30, to: 42 });
});

test('text of two shots never shares a frame of the film, and all of it is seen', async () => {
  const shots = fc
    .tuple(fc.integer({ min: 2, max: 80 }), fc.integer({ min: 2, max: 80 }), fc.nat(), fc.nat())
    .map(([one, two, overlap, start]) => {
      const shorter = Math.min(one, two);
      return { lengths: [one, two], overlap: overlap % shorter, start: (start % shorter) / 25 };
    });
  await fc.assert(
    fc.asyncProperty(shots, fc.integer({ min: 1, max: 100 }), async ({ lengths, overlap, start }, length) => {
      const [first = [], second = []] = await writtenOverTwo(
        lengths as [number, number],
        overlap,
        start,
        length / 25,
      );
      for (const { from, to } of [...first, ...second]) expect(to).toBeGreaterThan(from);
      const last = Math.max(...first.map(({ to }) => to));
      expect(Math.min(...second.map(({ from }) => from))).toBeGreaterThanOrEqual(last);
    }),
    { numRuns: 30 },
  );
}, 60_000);
