import type { Json } from '../plan/request.ts';
import { type Fade, type Played, startFrames, type Timeline, type TimelineItem } from '../plan/timeline.ts';
import { derivedKey } from '../store/derived.ts';
import type { Codec, Corner, Fps, Look, Move, Quality } from '../storyboard/storyboard.ts';
import type { Source } from './source.ts';
import { SEGMENT_VERSION } from './versions.ts';

/** What fills an item, as the cut sees it. */
export interface CutClip extends Source {
  readonly audio: boolean;
  readonly picture: Picture;
  /** Nobody has looked at it yet: it is watched in the process that takes its sound. */
  readonly unwatched?: boolean;
}

export type Picture =
  | { readonly kind: 'video' }
  /** One image, with a slow move. */
  | { readonly kind: 'still'; readonly move: Move }
  /** Raw RGBA of the film's size, drawn by us. */
  | { readonly kind: 'drawn' };

/** A drawing of the film's size over some frames of an item, or of the whole film. */
export interface Overlay {
  /** Raw RGBA. */
  readonly path: string;
  readonly identity: string;
  readonly fromFrame: number;
  readonly toFrame: number;
  /** In which it comes and goes. */
  readonly fadeFrames: number;
}

/** A picture in a corner of the whole film. */
export interface Logo extends Source {
  readonly position: Corner;
  readonly opacity: number;
  /** How much lower it stands than its corner: what the burn-in takes of the top. */
  readonly dropPixels: number;
}

/** The running time of the film, by figures that slide by. */
export interface Timecode {
  /** Raw RGBA: the ten figures and the colon, one below the other. */
  readonly path: string;
  readonly identity: string;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** What every segment of a film has in common. */
export interface CutFormat extends Look {
  readonly width: number;
  readonly height: number;
  readonly fps: Fps;
  readonly codec: Codec;
  readonly quality: Quality;
  /** Over everything. */
  readonly mark: Overlay | null;
  readonly logo: Logo | null;
  readonly timecode: Timecode | null;
}

/** A clip with what the timeline makes of it. */
export interface Shown {
  readonly clip: CutClip;
  readonly played: Played;
  /** Of the whole item: what is not played holds the last frame. */
  readonly itemFrames: number;
  readonly overlays: readonly Overlay[];
}

/** Frames of one item, conformed; fades lie at its ends. */
export interface BodySegment {
  readonly kind: 'body';
  readonly shown: Shown;
  readonly fromFrame: number;
  readonly frames: number;
  /** The frame of the film's timecode at which it begins. */
  readonly filmFrame: number;
  readonly fadeIn: Fade;
  readonly fadeOut: Fade;
}

/** The frames that two neighbours share: the end of one goes over into the start of the next. */
export interface OverlapSegment {
  readonly kind: 'overlap';
  readonly from: Shown;
  readonly fromFrame: number;
  readonly to: Shown;
  readonly frames: number;
  readonly filmFrame: number;
  /** The storyboard's word for the transition. */
  readonly how: string;
}

export type Segment = BodySegment | OverlapSegment;

/**
 * The film as pieces that can be encoded apart and joined by copying. Every frame of the film is in exactly one
 * of them, so that a changed shot redoes its own pieces and its two transitions, and nothing is encoded twice:
 *
 *     shot 1   |=============|
 *     shot 2              |===========|
 *     pieces   |==body 1==|<>|=body 2=|
 */
export function segmentsOf(
  timeline: Timeline,
  clips: readonly CutClip[],
  overlays: readonly (readonly Overlay[])[],
  firstTimecode: number,
): Segment[] {
  const segments: Segment[] = [];
  const starts = startFrames(timeline).map(start => firstTimecode + start);
  const shownAt = (item: TimelineItem, index: number) => shownOf(item, clips[index], overlays[index] ?? []);
  for (const [index, item] of timeline.items.entries()) {
    const shown = shownAt(item, index);
    const start = starts[index] ?? 0;
    const previous = timeline.items[index - 1];
    if (item.overlapFrames > 0 && previous !== undefined) {
      segments.push({
        kind: 'overlap',
        from: shownAt(previous, index - 1),
        fromFrame: previous.frames - item.overlapFrames,
        to: shown,
        frames: item.overlapFrames,
        filmFrame: start,
        how: item.overlap,
      });
    }
    const tail = timeline.items[index + 1]?.overlapFrames ?? 0;
    const frames = item.frames - item.overlapFrames - tail;
    const { fadeIn, fadeOut } = item;
    const fromFrame = item.overlapFrames;
    const filmFrame = start + fromFrame;
    if (frames > 0) segments.push({ kind: 'body', shown, fromFrame, frames, filmFrame, fadeIn, fadeOut });
  }
  return segments;
}

/** The name under which a segment is kept: everything that shapes its bytes. */
export function segmentKey(segment: Segment, format: CutFormat, ffmpegVersion: string): string {
  const parts =
    segment.kind === 'body'
      ? { ...segment, shown: identityOf(segment.shown) }
      : { ...segment, from: identityOf(segment.from), to: identityOf(segment.to) };
  // Only a running timecode cares where in the film it is.
  const filmFrame = format.timecode === null ? null : segment.filmFrame;
  return derivedKey([
    'segment',
    SEGMENT_VERSION,
    ffmpegVersion,
    lookOf(format),
    { ...parts, filmFrame },
  ] as unknown as Json);
}

/** All of a format that shapes pictures. */
export function lookOf(format: CutFormat): Json {
  const { mark, logo, timecode } = format;
  const over = { mark: withoutPath(mark), logo: withoutPath(logo), timecode: withoutPath(timecode) };
  return { ...format, ...over } as unknown as Json;
}

/** Where a file lies shapes nothing. */
function withoutPath<T extends Source>(file: T | null): Omit<T, 'path' | 'stamp'> | null {
  if (file === null) return null;
  const { path: _, stamp: __, ...rest } = file;
  return rest;
}

function identityOf({ clip, played, itemFrames, overlays }: Shown): Json {
  const { identity, picture } = clip;
  // How long the whole item is shapes a move, and nothing else: a longer hold keeps what is before it.
  const moving = picture.kind === 'still' && picture.move !== 'none';
  const over = overlays.map(withoutPath);
  return { identity, picture, played, itemFrames: moving ? itemFrames : null, over } as unknown as Json;
}

function shownOf(
  { played, frames }: TimelineItem,
  clip: CutClip | undefined,
  overlays: readonly Overlay[],
): Shown {
  if (clip === undefined) throw new RangeError('the timeline has more items than there are clips');
  return { clip, played, itemFrames: frames, overlays };
}

/** The files that a segment is made of. */
export function sourcesOf(segment: Segment, { logo }: CutFormat): Source[] {
  const shown = segment.kind === 'body' ? [segment.shown] : [segment.from, segment.to];
  return [...shown.map(({ clip }) => clip), ...(logo === null ? [] : [logo])];
}
