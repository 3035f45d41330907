import { promises as fs } from 'node:fs';
import type { Over } from '../cut/draw-mark.ts';
import { type CutFormat, DRAWING_VERSION, derivedKey, type Overlay } from '../cut/segments.ts';
import { burnInHeight, figureCell } from '../cut/text-frame.ts';
import type { Drawing } from '../media/draw.ts';
import type { Json } from '../plan/request.ts';
import { secondsToFrames, type TimelineItem } from '../plan/timeline.ts';
import type { Store } from '../store/store.ts';
import type { CutSettings, Watermark } from '../storyboard/storyboard.ts';
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
  const { image, position, opacity } = watermark;
  const dropPixels = burnIn && position.startsWith('top') ? burnInHeight(size) : 0;
  return {
    mark: await watermarkText(watermark, burnIn, size, store, fonts),
    logo: image === null ? null : { ...(await fileOf(image, sources)), position, opacity, dropPixels },
    timecode,
  };
}

/** What other text keeps clear of. */
export function overOf({ watermark, burnIn }: CutSettings): Over {
  const mark = watermark === null ? null : { text: watermark.text, position: watermark.position };
  return { mark, burnIn };
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
  const over = overOf(cut);
  const caption = item.caption?.value ?? null;
  if (caption !== null) {
    const drawn = await kept(['caption', caption, over], size, store, fonts, async () =>
      (await drawing()).drawCaption(caption, text, over),
    );
    overlays.push({ ...drawn, ...whole, fadeFrames: fadeFrames(frames, size) });
  }
  const { lowerThird } = item;
  if (lowerThird !== null) {
    const { title, subtitle, startSeconds, durationSeconds } = lowerThird;
    const fromFrame = secondsToFrames(startSeconds, size.fps);
    const toFrame = Math.min(frames, fromFrame + secondsToFrames(durationSeconds, size.fps));
    const drawn = await kept(['lower-third', title, subtitle, caption, over], size, store, fonts, async () =>
      (await drawing()).drawLowerThird(lowerThird, text, caption, over),
    );
    if (toFrame > fromFrame)
      overlays.push({ ...drawn, fromFrame, toFrame, fadeFrames: fadeFrames(toFrame - fromFrame, size) });
  }
  if (cut.burnIn) {
    const slug = slugOf(found);
    const drawn = await kept(['slug', slug], size, store, fonts, async () =>
      (await drawing()).drawSlug(slug, text),
    );
    overlays.push({ ...drawn, ...whole });
  }
  return overlays;
}

/** `harbour/arrival · take 2`. */
export function slugOf(found: FoundClip): string {
  const { id, scene } = found.item;
  const name = scene === null ? id : `${scene.id}/${id}`;
  return found.kind === 'shot' ? `${name} · take ${found.take.take}` : `${name} · ${found.kind}`;
}

async function watermarkText(
  { text, position, opacity }: Watermark,
  burnIn: boolean,
  size: Size,
  store: Store,
  fonts: Fonts,
): Promise<Overlay | null> {
  if (text === null) return null;
  const drawn = await kept(['watermark', text, position, opacity, burnIn], size, store, fonts, async () =>
    (await import('../cut/draw-mark.ts')).drawWatermark(
      text,
      position,
      opacity,
      { ...size, fonts: fonts.paths },
      burnIn,
    ),
  );
  return { ...drawn, fromFrame: 0, toFrame: Number.MAX_SAFE_INTEGER, fadeFrames: 0 };
}

async function figures(size: Size, store: Store) {
  const cell = figureCell(size);
  const drawn = await kept(['figures', cell.width, cell.height], size, store, NO_FONTS, async () =>
    (await drawing()).drawFigures(cell),
  );
  return { ...drawn, cellWidth: cell.width, cellHeight: cell.height };
}

const NO_FONTS: Fonts = { paths: [], digests: [] };

async function kept(
  what: Json[],
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
