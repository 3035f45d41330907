import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import { DamagedFiles } from '../media/damaged-files.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { probe } from '../media/probe.ts';
import { requireUnchanged } from '../media/stamp.ts';
import type { Sha256 } from '../plan/key.ts';
import type { Timeline } from '../plan/timeline.ts';
import type { Derived } from '../store/derived.ts';
import { containerOf, encodeSegment } from './encode-segment.ts';
import type { FilmMetadata } from './film-metadata.ts';
import { type FilmSound, filmSound, type Heard, type SoundTrack } from './film-sound.ts';
import { type JoinedPart, joinFilm, pictureCrc } from './join.ts';
import type { Loudness } from './loudness.ts';
import {
  type CutClip,
  type CutFormat,
  type Overlay,
  type Segment,
  segmentKey,
  segmentsOf,
  sourcesOf,
} from './segments.ts';
import { joinableUntouched } from './untouched.ts';

export interface CutJob {
  readonly ffmpeg: Ffmpeg;
  readonly derived: Derived;
  readonly timeline: Timeline;
  /** What the first frame is called, in frames since 00:00:00:00. */
  readonly firstTimecode: number;
  /** In step with the timeline's items. */
  readonly clips: readonly CutClip[];
  /** What is written over each of them. */
  readonly overlays: readonly (readonly Overlay[])[];
  readonly format: CutFormat;
  readonly sound: SoundTrack;
  readonly metadata: FilmMetadata;
  /** Where the film goes; replaced only when the new one is whole. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** A piece was encoded, or found; `done` of `total`. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface CutResult {
  /** Of the film. */
  readonly sha256: Sha256;
  /** What its picture was joined of. */
  readonly parts: readonly JoinedPart[];
  /** Pieces of picture that had to be encoded, and those that were there. */
  readonly encoded: number;
  readonly reused: number;
  readonly soundEncoded: boolean;
  /** Null where no target was named. */
  readonly loudness: Loudness | null;
  readonly heard: readonly Heard[];
  readonly clipped: FilmSound['clipped'];
}

/**
 * Makes the film from its clips: exactly the timeline's frames, and sound of exactly their length. A piece that was kept
 * and is damaged is made again, once: where that happens to it twice, the disk cannot be trusted.
 */
export async function cutFilm(job: CutJob): Promise<CutResult> {
  const mended = new Set<string>();
  for (;;) {
    try {
      return await cutOnce(job);
    } catch (error) {
      if (!(error instanceof DamagedFiles)) throw error;
      const again = error.paths.find(path => mended.has(path));
      for (const path of error.paths) {
        await job.derived.remove(path);
        mended.add(path);
      }
      if (again !== undefined)
        throw new Failure('film-wrong', `a piece of the film is damaged: ${again}`, {
          hint: 'It was made again, and is damaged again: is the disk sound? `--store` names another folder.',
        });
    }
  }
}

async function cutOnce(job: CutJob): Promise<CutResult> {
  const untouched = await joinableUntouched(job);
  const segments =
    untouched === null ? segmentsOf(job.timeline, job.clips, job.overlays, job.firstTimecode) : [];
  // What waits for its turn when something fails is told so: who waits for it has files of its own to take away.
  const limit = pLimit({ concurrency: availableParallelism(), rejectOnClear: true });
  const total = segments.length + job.clips.length + 1;
  let done = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    job.onProgress(++done, total);
    return result;
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  setMaxListeners(0, signal); // one for each piece under way
  const underWay: Promise<unknown>[] = [];
  try {
    const conformed = <T>(work: () => Promise<T>) => counted(limit(work));
    const sounding = filmSound(job.timeline, job.clips, job.sound, {
      ...job,
      ...{ signal, conformed, limited: work => limit(work) },
      uncompressed: containerOf(job.format) === 'mov',
    }).then(sound => {
      job.onProgress(++done, total);
      return sound;
    });
    const encoding = segments.map(segment => counted(limit(() => keepSegment(job, segment, signal))));
    underWay.push(sounding, ...encoding);
    const [sound, made] = await Promise.all([sounding, Promise.all(encoding)]);
    requireOneConfig(made, segments);
    requireUnchanged(job.clips); // what lies in the film as it is, and was not made of them
    const parts = untouched ?? made;
    const sha256 = await joinFilm(job, parts, sound);
    const encoded = made.filter(segment => segment.made).length;
    return {
      ...{ sha256, parts },
      encoded,
      reused: made.length - encoded,
      soundEncoded: sound.made,
      loudness: sound.loudness,
      heard: sound.heard,
      clipped: sound.clipped,
    };
  } catch (error) {
    stop.abort(error);
    limit.clearQueue();
    await Promise.allSettled(underWay); // each takes its own files away
    throw error;
  }
}

/** Players take the first piece's configuration for that of all. */
function requireOneConfig(made: readonly { readonly config: string }[], segments: readonly Segment[]): void {
  const odd = made.findIndex(({ config }) => config !== made[0]?.config);
  const segment = segments[odd];
  if (segment === undefined) return;
  throw new Failure('segment-wrong', `${pathOf(segment)} was encoded in another way than what is before it`, {
    hint: 'Something of its picture went into the encoder that is not known here: encode it again as plain H.264, and please tell us.',
  });
}

function pathOf(segment: Segment): string {
  return (segment.kind === 'body' ? segment.shown : segment.from).clip.path;
}

async function keepSegment(job: CutJob, segment: Segment, signal: AbortSignal) {
  const key = segmentKey(segment, job.format, job.ffmpeg.version);
  const { path, facts, made } = await job.derived.get(
    'segments',
    key,
    containerOf(job.format),
    async file => {
      await encodeSegment(job.ffmpeg, segment, job.format, file, signal);
      requireUnchanged(sourcesOf(segment, job.format));
      const { frameCount, decoderConfig } = await probe(file);
      if (frameCount !== segment.frames) {
        throw new Failure(
          'segment-wrong',
          `${pathOf(segment)} gave ${frameCount} frames where the cut needs ${segment.frames}`,
          {
            hint: 'The clip is damaged, its picture changes its size midway (encode it again in one size), or this ffmpeg is broken: `storyreel cache verify` and `storyreel doctor` tell.',
          },
        );
      }
      const crc = await pictureCrc(file, job.format);
      return { config: decoderConfig ?? '', crc };
    },
  );
  return { path, identity: key, frames: segment.frames, found: null, ...facts, made };
}
