import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { Heard } from '../cut/film-sound.ts';
import type { CutClip } from '../cut/segments.ts';
import { type Damage, type Span, watchClip } from '../cut/watch-clip.ts';
import type { FilmWarningCode } from '../explanations/explanations.ts';
import { framesToSeconds, startFrames, type TimelineItem } from '../plan/timeline.ts';
import type { FoundClip, Size } from './film-clips.ts';
import type { FilmJob } from './film-job.ts';

/** Something that its author should look at before anybody else does. */
export interface QualityWarning {
  /** Null where it is the whole film. */
  readonly shot: string | null;
  readonly code: FilmWarningCode;
  /** Seconds of the film; null where it is the whole shot. */
  readonly at: number | null;
  readonly message: string;
}

/** Models deliver a few frames more or less. */
const LENGTH_SECONDS = 0.25;

/** Of the film: shorter than that, it may be meant. A `hold` always is. */
const [BLACK_SECONDS, FROZEN_SECONDS] = [0.5, 2];

const DAMAGES: Readonly<Record<Damage, string>> = {
  torn: 'its file is damaged: the end is missing',
  flawed: 'its file is damaged: parts of the picture cannot be decoded',
};

/** Looks through everything in a film that we did not draw ourselves. */
export async function qualityOf(
  job: FilmJob,
  found: readonly FoundClip[],
  { clips, heard }: { readonly clips: readonly CutClip[]; readonly heard: readonly Heard[] },
  leadFrames: number,
): Promise<QualityWarning[]> {
  const { timeline } = job.film.loaded;
  const starts = startFrames(timeline).map(start => leadFrames + start);
  const context = { ffmpeg: await job.ffmpeg(), derived: job.store.derived, signal: job.signal };
  const limit = pLimit(availableParallelism());
  const warnings = await Promise.all(
    found.map(async (clip, index) => {
      const cut = clips[index];
      const item = timeline.items[index];
      // A drawn board stands still for long, and means to.
      const isFootage =
        clip.kind === 'clip' || (clip.kind === 'shot' && clip.take.request.providerVersion === null);
      if (!isFootage || cut === undefined || item === undefined) return [];
      const { black, frozen, damage } = await limit(() =>
        watchClip(cut, context, { whole: clip.kind === 'shot' }),
      );
      const place = { item, start: framesToSeconds(starts[index] ?? 0, timeline.fps), fps: timeline.fps };
      const shot = clip.item.id;
      return [
        ...(damage === null ? [] : [{ shot, code: 'damaged' as const, at: null, message: DAMAGES[damage] }]),
        ...pictureWarnings(shot, 'black', 'black', spansIn(black, BLACK_SECONDS, place)),
        ...pictureWarnings(shot, 'frozen', 'nothing moves', spansIn(frozen, FROZEN_SECONDS, place)),
        ...soundWarnings(shot, clip, cut, heard[index], place.start),
        ...(await factWarnings(shot, clip, job)),
      ];
    }),
  );
  return warnings.flat();
}

function pictureWarnings(
  shot: string,
  code: 'black' | 'frozen',
  what: string,
  shown: readonly { at: number; length: number }[],
): QualityWarning[] {
  return shown.map(({ at, length }) => ({ shot, code, at, message: `${what} for ${length} s` }));
}

interface Place {
  readonly item: TimelineItem;
  /** Seconds of the film. */
  readonly start: number;
  readonly fps: { readonly numerator: number; readonly denominator: number };
}

/** What of a clip's spans the film shows, at the clip's speed, for `least` seconds or longer: when, and how long. */
function spansIn(
  spans: readonly Span[],
  least: number,
  { item, start, fps }: Place,
): { at: number; length: number }[] {
  const { startSeconds, speed, frames } = item.played;
  const until = startSeconds + framesToSeconds(frames, fps) * speed;
  return spans.flatMap(span => {
    const from = Math.max(span.start, startSeconds);
    const to = Math.min(span.end, until);
    const length = (to - from) / speed;
    if (length < least - 1e-6) return [];
    return [{ at: rounded(start + (from - startSeconds) / speed), length: rounded(length) }];
  });
}

function soundWarnings(
  shot: string,
  { item }: FoundClip,
  { audio }: CutClip,
  heard: Heard | undefined,
  start: number,
): QualityWarning[] {
  if (!audio || item.gainDb === null || heard === undefined) return [];
  if (heard.silent) return [{ shot, code: 'silent', at: null, message: 'its sound is silence throughout' }];
  if (heard.clippedSeconds === null) return [];
  const at = rounded(start + heard.clippedSeconds);
  return [{ shot, code: 'clipped', at, message: 'its sound is distorted: it is cut off at full scale' }];
}

async function factWarnings(shot: string, clip: FoundClip, { store }: FilmJob): Promise<QualityWarning[]> {
  if (clip.kind !== 'shot') return [];
  const record = await store.record(clip.take.key);
  if (record === null) return [];
  const { width, height, durationSeconds } = record.clip;
  const wanted = clip.take.format;
  const warnings: QualityWarning[] = [];
  if (Math.abs(durationSeconds - wanted.durationSeconds) > LENGTH_SECONDS) {
    const message = `the clip lasts ${rounded(durationSeconds)} s, and ${wanted.durationSeconds} s were ordered`;
    warnings.push({ shot, code: 'wrong-length', at: null, message });
  }
  if (isOther({ width, height }, wanted)) {
    const message = `the clip has ${width}×${height}, and ${wanted.width}×${wanted.height} were ordered`;
    warnings.push({ shot, code: 'wrong-size', at: null, message });
  }
  return warnings;
}

/** Of another shape, or of fewer pixels than were paid for; models deliver a few more or less. */
function isOther(got: Size, wanted: Size): boolean {
  const shape = (got.width * wanted.height) / (got.height * wanted.width);
  return Math.abs(shape - 1) > 0.02 || got.width < 0.95 * wanted.width;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
