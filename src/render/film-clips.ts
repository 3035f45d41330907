import { promises as fs } from 'node:fs';
import type { CutClip, CutFormat } from '../cut/segments.ts';
import type { Source } from '../cut/source.ts';
import { DRAWING_VERSION } from '../cut/versions.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { stampOf } from '../media/stamp.ts';
import type { Sha256 } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Json } from '../plan/request.ts';
import type { Labels } from '../plan/take.ts';
import type { PlannedStoryboard } from '../project/plan-files.ts';
import type { Provider } from '../provider/provider.ts';
import { derivedKey } from '../store/derived.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Card, Item, ReferenceFile } from '../storyboard/storyboard.ts';
import { drawJob } from './draw-job.ts';
import type { Fonts } from './film-text.ts';
import { mediaFinder } from './find-media.ts';

/** Where a film's clips come from. */
export interface ClipSources {
  readonly film: PlannedStoryboard;
  /** The storyboard's picked takes. */
  readonly picked: readonly PlannedTake[];
  readonly store: Store;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  /** Draws a clip again under other names, where the provider writes names into the picture. */
  readonly redraw: () => Promise<Provider>;
  readonly signal: AbortSignal;
}

/** What fills an item of the film. */
export type FoundClip = TakeClip | LocalClip;

interface TakeClip {
  readonly kind: 'shot';
  readonly item: Item;
  readonly take: PlannedTake;
  readonly sha256: Sha256;
  /** The names to draw into the picture, where those in the clip are no longer right. */
  readonly relabel: Labels | null;
  /** Null where the record was lost. */
  readonly audio: boolean | null;
}

interface LocalClip {
  readonly kind: 'clip' | 'still' | 'card';
  readonly item: Item;
  /** Of the file; null for what is drawn. */
  readonly sha256: Sha256 | null;
  /** Of the file, when it was digested. */
  readonly stamp?: string;
}

/** Finds what fills each item of a film; null where a take has no clip yet. */
export async function findClips(sources: ClipSources): Promise<(FoundClip | null)[]> {
  const { film, picked } = sources;
  const takes = new Map(picked.map(take => [take.shot, take]));
  const found: (FoundClip | null)[] = [];
  for (const item of film.loaded.storyboard.items) {
    if (item.kind === 'card') found.push({ kind: 'card', item, sha256: null });
    else if (item.kind !== 'shot') {
      const { identity: sha256, stamp } = await fileOf(item.file, sources);
      found.push({ kind: item.kind, item, sha256, stamp });
    } else {
      const take = takes.get(item.id);
      if (take === undefined) throw new RangeError(`no take of ${item.id} is picked`);
      found.push(await findTake(item, take, sources));
    }
  }
  return found;
}

async function findTake(item: Item, take: PlannedTake, { store }: ClipSources): Promise<TakeClip | null> {
  const record = await store.record(take.key);
  const sha256 = await clipOf(take, record, store);
  if (sha256 === null) return null;
  const labels = record?.labels ?? null;
  const isOld = labels !== null && JSON.stringify(labels) !== JSON.stringify(take.labels);
  return {
    kind: 'shot',
    item,
    take,
    sha256,
    relabel: isOld ? take.labels : null,
    audio: record?.clip.audio ?? null,
  };
}

/** The takes of a film that have no clip in the store. */
export async function withoutClip(takes: readonly PlannedTake[], store: Store): Promise<PlannedTake[]> {
  const missing: PlannedTake[] = [];
  for (const take of takes)
    if ((await clipOf(take, await store.record(take.key), store)) === null) missing.push(take);
  return missing;
}

/** The digest of a take's clip, if it is there and whole: what the plan found, or this run has made. */
async function clipOf(take: PlannedTake, record: ClipRecord | null, store: Store): Promise<Sha256 | null> {
  const sha256 = take.clip ?? record?.clip.sha256 ?? null;
  return sha256 !== null && (await store.clipState(sha256)) === 'intact' ? sha256 : null;
}

/** Everything about a clip that shapes the film. */
export function identityOf(clip: FoundClip): Json {
  if (clip.kind === 'shot') return [clip.sha256, clip.relabel as unknown as Json];
  return clip.item.kind === 'card' ? ['card', clip.item.text as unknown as Json] : [clip.kind, clip.sha256];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that a film would have of a clip alone, in even pixels; null for what has none of its own. */
export async function sizeOf(clip: FoundClip, sources: ClipSources): Promise<Size | null> {
  if (clip.kind === 'shot') return clip.take.format;
  if (clip.item.kind !== 'clip') return null;
  const { probe } = await import('../media/probe.ts');
  const { width, height } = await probe(pathOf(clip.item.file.file, sources));
  return { width: even(width), height: even(height) };
}

function even(pixels: number): number {
  return Math.max(FEWEST_PIXELS, 2 * Math.floor(Math.min(pixels, MOST_PIXELS) / 2));
}

/** As `size` of a cut may be written. */
const [FEWEST_PIXELS, MOST_PIXELS] = [10, 9998];

/** A clip as the cut takes it: drawn here, where it is a card or has names that are out of date. */
export async function cutClipOf(
  clip: FoundClip,
  format: CutFormat,
  sources: ClipSources,
  fonts: Fonts,
): Promise<CutClip> {
  if (clip.kind === 'shot') return await takeClip(clip, sources);
  const { item } = clip;
  switch (item.kind) {
    case 'clip': {
      const path = pathOf(item.file.file, sources);
      const own = { ...fileOfClip(clip, path), audio: await hasSound(path) };
      // What is bought was watched when it came, and what is drawn need not be.
      return { ...own, picture: { kind: 'video' }, unwatched: true };
    }
    case 'still': {
      const path = pathOf(item.file.file, sources);
      const picture = { kind: 'still', move: item.move } as const;
      return { ...fileOfClip(clip, path), audio: false, picture };
    }
    case 'card':
      return await cardClip(item, format, sources, fonts);
    case 'shot':
      throw new TypeError('a shot is filled by its take');
  }
}

function fileOfClip({ sha256, stamp }: LocalClip, path: string): Source {
  return { path, identity: String(sha256), ...(stamp === undefined ? {} : { stamp }) };
}

/** The stored clip; or, where its drawn names are out of date, the same clip drawn again with the right ones. */
export async function takeClip(clip: TakeClip, sources: ClipSources): Promise<CutClip> {
  const { store, signal } = sources;
  const path = store.clipPath(clip.sha256);
  const picture = { kind: 'video' } as const;
  const audio = clip.audio ?? (await hasSound(path));
  if (clip.relabel === null) return { path, identity: clip.sha256, audio, picture };
  const ffmpeg = await sources.ffmpeg();
  const key = derivedKey(['labelled', ffmpeg.version, clip.take.key, clip.relabel as unknown as Json]);
  const drawn = await store.derived.get('labelled', key, 'mp4', async file => {
    const provider = await sources.redraw();
    if (provider.priced) throw new TypeError(`${provider.name} draws no names`);
    const { picked: takes } = sources;
    const findMedia = mediaFinder({ ...sources, takes, pathOf: (_, name) => pathOf(name, sources) });
    const { digests } = store;
    await drawJob(clip.take, { provider, digests, findMedia, file, signal, onProgress: () => {} });
    return null;
  });
  return { path: drawn.path, identity: key, audio, picture };
}

async function cardClip(
  { text }: Card,
  format: CutFormat,
  { store }: ClipSources,
  fonts: Fonts,
): Promise<CutClip> {
  const { drawCard } = await import('../cut/draw-card.ts');
  const { width, height, background } = format;
  const key = derivedKey([
    ...['card', DRAWING_VERSION, width, height, background, text as unknown as Json],
    [...fonts.digests],
  ]);
  const { path } = await store.derived.get('cards', key, 'rgba', async file => {
    await fs.writeFile(file, (await drawCard(text, width, height, background, fonts.paths)).rgba);
    return null;
  });
  return { path, identity: key, audio: false, picture: { kind: 'drawn' } };
}

async function hasSound(path: string): Promise<boolean> {
  return (await (await import('../media/probe.ts')).probe(path)).audio !== null;
}

/** A file that the storyboard names, with the digest of its bytes. */
export async function fileOf(
  { file }: Pick<ReferenceFile, 'file'>,
  sources: Pick<ClipSources, 'film' | 'store'>,
): Promise<Source & { identity: Sha256; stamp: string }> {
  const path = pathOf(file, sources);
  const stamp = stampOf(path);
  return { path, stamp, identity: await sources.store.digests.of(path) };
}

function pathOf(file: string, { film }: Pick<ClipSources, 'film'>): string {
  return film.loaded.referencePaths.get(file) ?? '';
}
