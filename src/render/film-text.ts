import { promises as fs } from 'node:fs';
import { type CutFormat, DRAWING_VERSION, derivedKey, type Overlay } from '../cut/segments.ts';
import type { Drawing } from '../media/draw.ts';
import { secondsToFrames, type TimelineItem } from '../plan/timeline.ts';
import type { Store } from '../store/store.ts';
import type { Corner, CutSettings, Item } from '../storyboard/storyboard.ts';
import { type ClipSources, type FoundClip, fileOf } from './film-clips.ts';

/** Fonts with what their bytes are: text drawn with others looks different. */
export interface Fonts {
  readonly paths: readonly string[];
  readonly digests: readonly string[];
}

/** In which text comes and goes, in seconds. */
const FADE_SECONDS = 0.25;

type Size = Pick<CutFormat, 'width' | 'height' | 'fps'>;

/** What is over the whole film. */
export async function filmOverlays(
  { watermark, burnIn }: CutSettings,
  size: Size,
  sources: ClipSources,
  fonts: Fonts,
): Promise<Pick<CutFormat, 'mark' | 'logo' | 'timecode'>> {
  const { store } = sources;
  const timecode = burnIn ? await figures(size, store) : null;
  if (watermark === null) return { mark: null, logo: null, timecode };
  const { text, image, position, opacity } = watermark;
  return {
    mark: text === null ? null : await watermarkText({ text, position, opacity }, size, store, fonts),
    logo: image === null ? null : { ...(await fileOf(image, sources)), position, opacity },
    timecode,
  };
}

/** What is written over one item. */
export async function itemOverlays(
  found: FoundClip,
  { frames }: TimelineItem,
  cut: CutSettings,
  size: Size,
  store: Store,
  fonts: Fonts,
): Promise<Overlay[]> {
  const { item } = found;
  const whole = { fromFrame: 0, toFrame: frames, fadeFrames: 0 };
  const overlays: Overlay[] = [];
  const text = { ...size, fonts: fonts.paths };
  if (item.caption !== null) {
    const { value } = item.caption;
    const drawn = await kept(['caption', value], size, store, fonts, async () =>
      (await drawing()).drawCaption(value, text),
    );
    overlays.push({ ...drawn, ...whole, fadeFrames: fadeFrames(frames, size) });
  }
  const { lowerThird } = item;
  if (lowerThird !== null) {
    const { title, subtitle, startSeconds, durationSeconds } = lowerThird;
    const fromFrame = secondsToFrames(startSeconds, size.fps);
    const toFrame = Math.min(frames, fromFrame + secondsToFrames(durationSeconds, size.fps));
    const drawn = await kept(['lower-third', title, subtitle], size, store, fonts, async () =>
      (await drawing()).drawLowerThird(lowerThird, text),
    );
    if (toFrame > fromFrame)
      overlays.push({ ...drawn, fromFrame, toFrame, fadeFrames: fadeFrames(toFrame - fromFrame, size) });
  }
  if (cut.burnIn) {
    const slug = slugOf(item, found);
    const drawn = await kept(['slug', slug], size, store, fonts, async () =>
      (await drawing()).drawSlug(slug, text),
    );
    overlays.push({ ...drawn, ...whole });
  }
  return overlays;
}

/** `harbour/arrival · take 2`. */
function slugOf({ id, scene }: Item, found: FoundClip): string {
  const name = scene === null ? id : `${scene.id}/${id}`;
  return found.kind === 'shot' ? `${name} · take ${found.take.take}` : `${name} · ${found.kind}`;
}

async function watermarkText(
  { text, position, opacity }: { text: string; position: Corner; opacity: number },
  size: Size,
  store: Store,
  fonts: Fonts,
): Promise<Overlay> {
  const drawn = await kept(['watermark', text, position, opacity], size, store, fonts, async () =>
    (await drawing()).drawWatermark(text, position, opacity, { ...size, fonts: fonts.paths }),
  );
  return { ...drawn, fromFrame: 0, toFrame: Number.MAX_SAFE_INTEGER, fadeFrames: 0 };
}

async function figures(size: Size, store: Store) {
  const { unitOf } = await drawing();
  const height = 2 * Math.round(unitOf(size) * 0.5);
  const cell = { width: 2 * Math.round(height * 0.3), height };
  const drawn = await kept(['figures', cell.width, cell.height], size, store, NO_FONTS, async () =>
    (await drawing()).drawFigures(cell),
  );
  return { ...drawn, cellWidth: cell.width, cellHeight: cell.height };
}

const NO_FONTS: Fonts = { paths: [], digests: [] };

async function kept(
  what: (string | number | null)[],
  { width, height }: Size,
  store: Store,
  fonts: Fonts,
  make: () => Promise<Drawing>,
): Promise<{ path: string; identity: string }> {
  const identity = derivedKey(['text', DRAWING_VERSION, width, height, [...fonts.digests], what]);
  const { path } = await store.derived.get('text', identity, 'rgba', async file => {
    await fs.writeFile(file, (await make()).rgba);
    return null;
  });
  return { path, identity };
}

function fadeFrames(frames: number, { fps }: Size): number {
  return Math.min(secondsToFrames(FADE_SECONDS, fps), Math.floor(frames / 4));
}

async function drawing() {
  return await import('../cut/draw-text.ts');
}
