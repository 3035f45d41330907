import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Overlay } from '../../src/cut/segments.ts';
import { burnInHeight } from '../../src/cut/text-frame.ts';
import type { TimelineItem } from '../../src/plan/timeline.ts';
import type { ClipSources, FoundClip } from '../../src/render/film-clips.ts';
import { filmOverlays, itemOverlays } from '../../src/render/film-text.ts';
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
  const over = await itemOverlays(found, { frames: 50 } as TimelineItem, cut, SIZE, store, FONTS);
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
