import { createHash } from 'node:crypto';
import { canonicalJson } from '../plan/key.ts';
import type { Json } from '../plan/request.ts';
import type { Timeline } from '../plan/timeline.ts';
import type { Fps } from '../storyboard/storyboard.ts';

/** A clip as the cut sees it. */
export interface CutClip {
  readonly path: string;
  /** Digest of whatever makes its bytes what they are: equal identities have equal bytes. */
  readonly identity: string;
  readonly audio: boolean;
}

/** What every segment of a film has in common. */
export interface CutFormat {
  readonly width: number;
  readonly height: number;
  readonly fps: Fps;
}

/** Frames of one clip, conformed; fades lie at its ends. */
export interface BodySegment {
  readonly kind: 'body';
  readonly clip: CutClip;
  readonly fromFrame: number;
  readonly frames: number;
  readonly fadeInFrames: number;
  readonly fadeOutFrames: number;
}

/** The frames that two neighbours share: the end of one blends into the start of the next. */
export interface DissolveSegment {
  readonly kind: 'dissolve';
  readonly from: CutClip;
  readonly fromFrame: number;
  readonly to: CutClip;
  readonly frames: number;
}

export type Segment = BodySegment | DissolveSegment;

/**
 * The film as pieces that can be encoded apart and joined by copying. Every frame of the film is in exactly one
 * of them, so that a changed shot redoes its own pieces and its two transitions, and nothing is encoded twice:
 *
 *     shot 1   |=============|
 *     shot 2              |===========|
 *     pieces   |==body 1==|<>|=body 2=|
 */
export function segmentsOf(timeline: Timeline, clips: readonly CutClip[]): Segment[] {
  const segments: Segment[] = [];
  for (const [index, item] of timeline.items.entries()) {
    const clip = clipAt(clips, index);
    const previous = timeline.items[index - 1];
    if (item.dissolveFrames > 0 && previous !== undefined) {
      const fromFrame = previous.frames - item.dissolveFrames;
      segments.push({
        kind: 'dissolve',
        from: clipAt(clips, index - 1),
        fromFrame,
        to: clip,
        frames: item.dissolveFrames,
      });
    }
    const tail = timeline.items[index + 1]?.dissolveFrames ?? 0;
    const frames = item.frames - item.dissolveFrames - tail;
    if (frames > 0) {
      const { fadeInFrames, fadeOutFrames } = item;
      segments.push({
        kind: 'body',
        clip,
        fromFrame: item.dissolveFrames,
        frames,
        fadeInFrames,
        fadeOutFrames,
      });
    }
  }
  return segments;
}

/** Raise it when the encoding or the filters below change: kept segments are then made anew. */
const SEGMENT_VERSION = 1;

/** The name under which a segment is kept: everything that shapes its bytes. */
export function segmentKey(segment: Segment, format: CutFormat, ffmpegVersion: string): string {
  const { width, height, fps } = format;
  const parts: Json =
    segment.kind === 'body'
      ? { ...segment, clip: segment.clip.identity }
      : { ...segment, from: segment.from.identity, to: segment.to.identity };
  return derivedKey([
    'segment',
    SEGMENT_VERSION,
    ffmpegVersion,
    width,
    height,
    fps.numerator,
    fps.denominator,
    parts,
  ]);
}

export function derivedKey(parts: Json): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

function clipAt(clips: readonly CutClip[], index: number): CutClip {
  const clip = clips[index];
  if (clip === undefined) throw new RangeError(`the timeline has more items than the ${clips.length} clips`);
  return clip;
}
