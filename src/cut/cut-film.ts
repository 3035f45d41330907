import { setMaxListeners } from 'node:events';
import { promises as fs } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { BT709, timescale } from '../media/h264.ts';
import { probe } from '../media/probe.ts';
import { BITEXACT, runFfmpeg } from '../media/run-ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import { framesToSeconds, type Timeline, timecodeOf } from '../plan/timeline.ts';
import { moveIntoPlace, syncFile, temporaryBeside } from '../store/atomic-write.ts';
import type { Derived } from '../store/derived.ts';
import { hashFile } from '../store/digests.ts';
import { containerOf, encodeSegment } from './encode-segment.ts';
import { type FilmMetadata, toFfmetadata } from './film-metadata.ts';
import { type FilmSound, filmSound, type Heard, type SoundTrack } from './film-sound.ts';
import type { Loudness } from './loudness.ts';
import {
  type CutClip,
  type CutFormat,
  type Overlay,
  type Segment,
  segmentKey,
  segmentsOf,
} from './segments.ts';
import { type JoinedPart, joinableUntouched } from './untouched.ts';

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
  /** What can be made of the pieces while they are joined. */
  readonly alongside: (parts: readonly JoinedPart[]) => Promise<void>;
  /** A piece was encoded, or found; `done` of `total`. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface CutResult {
  /** Of the film. */
  readonly sha256: Sha256;
  /** Pieces of picture that had to be encoded, and those that were there. */
  readonly encoded: number;
  readonly reused: number;
  readonly soundEncoded: boolean;
  /** Null where no target was named. */
  readonly loudness: Loudness | null;
  readonly heard: readonly Heard[];
  readonly clipped: FilmSound['clipped'];
}

/** Makes the film from its clips: exactly the timeline's frames, and sound of exactly their length. */
export async function cutFilm(job: CutJob): Promise<CutResult> {
  const untouched = await joinableUntouched(job);
  const segments =
    untouched === null ? segmentsOf(job.timeline, job.clips, job.overlays, job.firstTimecode) : [];
  const limit = pLimit(availableParallelism());
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
    const [sound, made] = await Promise.all([
      sounding,
      Promise.all(segments.map(segment => counted(limit(() => keepSegment(job, segment, signal))))),
    ]);
    for (const { config } of made) {
      if (config !== made[0]?.config)
        throw new TypeError('segments of one film have different decoder configurations');
    }
    const parts = untouched ?? made;
    await fs.mkdir(dirname(job.file), { recursive: true });
    const alongside = job.alongside(parts);
    alongside.catch(() => {}); // where joining fails too, that is told
    const sha256 = await join(job, parts, sound.path);
    await alongside;
    const encoded = made.filter(segment => segment.made).length;
    return {
      sha256,
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
    throw error;
  }
}

async function keepSegment(job: CutJob, segment: Segment, signal: AbortSignal) {
  const key = segmentKey(segment, job.format, job.ffmpeg.version);
  const { path, facts, made } = await job.derived.get(
    'segments',
    key,
    containerOf(job.format),
    async file => {
      await encodeSegment(job.ffmpeg, segment, job.format, file, signal);
      const { frameCount, decoderConfig } = await probe(file);
      if (frameCount !== segment.frames) {
        const clip = segment.kind === 'body' ? segment.shown.clip.path : segment.from.clip.path;
        throw new Failure(
          'segment-wrong',
          `${clip} gave ${frameCount} frames where the cut needs ${segment.frames}`,
          {
            hint: 'The clip is damaged, or this ffmpeg is broken: `storyreel cache verify` and `storyreel doctor` tell.',
          },
        );
      }
      return { config: decoderConfig ?? '' };
    },
  );
  return { path, frames: segment.frames, config: facts.config, made };
}

/** Ticks a second that hold samples and the frames of every rate; edit lists count in them, else in milliseconds. */
const MOVIE_TIMESCALE = 240_000;

/**
 * Copies the parts behind one another, adds the sound, and replaces the film when the new one is whole. Returns its
 * digest.
 */
async function join(job: CutJob, parts: readonly JoinedPart[], sound: string): Promise<Sha256> {
  const temporary = temporaryBeside(job.file);
  const list = `${temporary}.txt`;
  const metadata = `${temporary}.meta`;
  const srt = `${temporary}.srt`;
  const container = containerOf(job.format);
  // Editors take subtitles from their own file.
  const subtitles = container === 'mp4' ? job.metadata.subtitles : null;
  try {
    await fs.writeFile(list, concatList(parts, job));
    await fs.writeFile(metadata, toFfmetadata(job.metadata, job.timeline));
    if (subtitles !== null) await fs.writeFile(srt, subtitles.srt);
    await runFfmpeg(job.ffmpeg, {
      inputs: [
        // Their decoder configurations are equal: nothing is to be converted.
        { source: list, options: ['-f', 'concat', '-safe', '0', '-auto_convert', '0'] },
        { source: sound },
        { source: metadata, options: ['-f', 'ffmetadata'] },
        ...(subtitles === null ? [] : [{ source: srt, options: ['-f', 'srt'] }]),
      ],
      output: [
        // Else all is moved until the sound's run-up begins at 0, and with B-frames the picture comes 21 ms late.
        ...['-copyts', '-map', '0:v:0', '-map', '1:a:0', '-c', 'copy'],
        ...(subtitles === null
          ? []
          : ['-map', '3:s:0', '-c:s', 'mov_text', '-metadata:s:s:0', `language=${subtitles.language}`]),
        ...BT709, // so that clips that say nothing of their colours, and are copied, do not leave it to the player
        ...['-video_track_timescale', String(timescale(job.format.fps)), '-movflags', '+faststart'],
        ...['-movie_timescale', String(MOVIE_TIMESCALE)],
        ...BITEXACT,
        ...['-map_metadata', '2', '-map_chapters', '2'],
        // Editors count from it.
        ...(container === 'mov' ? ['-timecode', timecodeOf(job.firstTimecode, job.format.fps)] : []),
        ...['-f', container],
      ],
      file: temporary,
      signal: job.signal,
    });
    // Each waits for something else: the processor, the disk.
    const [sha256] = await Promise.all([
      hashFile(temporary),
      checkFrames(temporary, job.timeline),
      syncFile(temporary),
    ]);
    await moveIntoPlace(temporary, job.file);
    return sha256;
  } finally {
    await fs.rm(temporary, { force: true });
    for (const file of [list, metadata, srt]) await fs.rm(file, { force: true });
  }
}

async function checkFrames(film: string, timeline: Timeline): Promise<void> {
  const { frameCount } = await probe(film);
  if (frameCount === timeline.frameCount) return;
  const message = `the film came out with ${frameCount} frames where the plan has ${timeline.frameCount}`;
  throw new Failure('film-wrong', message, {
    hint: 'A piece that was kept is damaged: `storyreel cache prune --delete` takes the pieces away; then cut again.',
  });
}

/**
 * Without a length for each file, ffmpeg 5.1 loses two thirds of a second at every join. It takes whole microseconds:
 * each length makes up for how the ones before were rounded, or the picture runs late by a tick every fifty files.
 * Without a point of entry, a clip whose sound begins with the run-up of AAC, before 0, has its picture come 21 ms
 * late. What is in an MP4 its header says: ffmpeg need not decode the beginning of each to find out.
 */
function concatList(parts: readonly JoinedPart[], { format }: CutJob): string {
  const unread = containerOf(format) === 'mp4' ? ['option probesize 32', 'option analyzeduration 0'] : [];
  let frame = 0;
  let from = 0;
  const lengthOf = (frames: number) => {
    frame += frames;
    const until = Math.round(framesToSeconds(frame, format.fps) * 1e6);
    const length = until - from;
    from = until;
    return length;
  };
  const lines = parts.flatMap(({ path, frames }) => [
    `file '${path.replaceAll("'", "'\\''")}'`,
    ...unread,
    'inpoint 0',
    `duration ${lengthOf(frames)}us`,
  ]);
  return `ffconcat version 1.0\n${lines.join('\n')}\n`;
}
