import { promises as fs } from 'node:fs';
import type { Over } from '../cut/draw-mark.ts';
import type { CutFormat, Overlay } from '../cut/segments.ts';
import { burnInHeight, figureCell } from '../cut/text-frame.ts';
import { DRAWING_VERSION } from '../cut/versions.ts';
import type { Drawing } from '../media/draw.ts';
import type { Json } from '../plan/request.ts';
import { secondsToFrames, type Timeline } from '../plan/timeline.ts';
import { derivedKey } from '../store/derived.ts';
import type { Store } from '../store/store.ts';
import type { CutSettings, LowerThird, Watermark } from '../storyboard/storyboard.ts';
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

/** The frames of an item that its text may have. */
export interface OwnFrames {
  /** Of the whole item. */
  readonly frames: number;
  readonly fromFrame: number;
  readonly toFrame: number;
}

/**
 * Where two shots overlap, the text of the first is gone by the middle, and that of the second begins there: one over
 * the other could not be read.
 *
 *     open    |=========<>|
 *     chase             |<>=========|
 *     text    |----------||---------|
 */
export function ownFrames({ items }: Timeline, index: number): OwnFrames {
  const [item, following] = [items[index], items[index + 1]];
  if (item === undefined) throw new RangeError(`the timeline has no item ${index}`);
  const { frames, overlapFrames } = item;
  const toFrame = frames - Math.ceil((following?.overlapFrames ?? 0) / 2);
  return { frames, fromFrame: Math.floor(overlapFrames / 2), toFrame };
}

/** What is written over one item. */
export async function itemOverlays(
  found: FoundClip,
  own: OwnFrames,
  cut: CutSettings,
  size: Size,
  store: Store,
  fonts: Fonts,
): Promise<Overlay[]> {
  const { caption: written, lowerThird } = found.item;
  const overlays: Overlay[] = [];
  const text = { ...size, fonts: fonts.paths };
  const over = overOf(cut);
  const caption = written?.value ?? null;
  if (caption !== null) {
    const drawn = await kept(['caption', caption, over], size, store, fonts, async () =>
      (await drawing()).drawCaption(caption, text, over),
    );
    overlays.push({ ...drawn, ...fading(own, size) });
  }
  const shown = lowerThird === null ? null : framesOf(lowerThird, own, size);
  if (lowerThird !== null && shown !== null) {
    const { title, subtitle } = lowerThird;
    const drawn = await kept(['lower-third', title, subtitle, caption, over], size, store, fonts, async () =>
      (await drawing()).drawLowerThird(lowerThird, text, caption, over),
    );
    overlays.push({ ...drawn, ...fading(shown, size) });
  }
  if (cut.burnIn) {
    const slug = slugOf(found);
    const drawn = await kept(['slug', slug], size, store, fonts, async () =>
      (await drawing()).drawSlug(slug, text),
    );
    const { fromFrame, toFrame } = own;
    overlays.push({ ...drawn, fromFrame, toFrame, fadeFrames: 0 });
  }
  return overlays;
}

/** As its author timed it; one that a neighbour leaves no time is moved to where it is seen. Null: after the end. */
function framesOf(
  { startSeconds, durationSeconds }: LowerThird,
  { frames, fromFrame, toFrame }: OwnFrames,
  { fps }: Size,
): Span | null {
  const start = secondsToFrames(startSeconds, fps);
  const length = Math.min(secondsToFrames(durationSeconds, fps), frames - start);
  if (length <= 0) return null;
  const from = Math.max(fromFrame, start < toFrame ? start : toFrame - length);
  return { fromFrame: from, toFrame: Math.min(toFrame, from + length) };
}

type Span = Pick<Overlay, 'fromFrame' | 'toFrame'>;

function fading({ fromFrame, toFrame }: Span, { fps }: Size): Omit<Overlay, 'path' | 'identity'> {
  const fadeFrames = Math.min(secondsToFrames(FADE_SECONDS, fps), Math.floor((toFrame - fromFrame) / 4));
  return { fromFrame, toFrame, fadeFrames };
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

async function drawing() {
  return await import('../cut/draw-text.ts');
}
