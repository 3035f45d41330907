import { promises as fs } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';
import { DamagedFiles } from '../media/damaged-files.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { BT709, ticksPerFrame, timescale } from '../media/h264.ts';
import { type Track, trackOf } from '../media/mp4/movie.ts';
import { fileCrc, type Pictures, samplesCrc, splice } from '../media/mp4/splice.ts';
import { probe } from '../media/probe.ts';
import { BITEXACT, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import { framesToSeconds, type Timeline, timecodeOf } from '../plan/timeline.ts';
import { moveIntoPlace, sweepTemporaries, syncFile, temporaryBeside } from '../store/atomic-write.ts';
import { hashFile } from '../store/digests.ts';
import { makeFolder } from '../store/make-folder.ts';
import { PACKET } from './encode-aac.ts';
import { containerOf } from './encode-segment.ts';
import { type FilmMetadata, toFfmetadata } from './film-metadata.ts';
import type { CutFormat } from './segments.ts';

/** A piece of the film's picture. */
export interface JoinedPart {
  readonly path: string;
  /** Equal identities have equal bytes. */
  readonly identity: string;
  readonly frames: number;
  /** What `pictureCrc` said when it was made; null where nobody asked. */
  readonly crc: number | null;
  /** Where they lie in the author's own file, and its stamp then; null for what we made: it stays as it is. */
  readonly found: Pick<Pictures, 'samples' | 'stamp'> | null;
}

export interface JoinJob {
  readonly ffmpeg: Ffmpeg;
  readonly timeline: Timeline;
  /** What the first frame is called, in frames since 00:00:00:00. */
  readonly firstTimecode: number;
  readonly format: CutFormat;
  readonly metadata: FilmMetadata;
  /** Where the film goes; replaced only when the new one is whole. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/**
 * Copies the parts behind one another, adds the sound, and replaces the film when the new one is whole. Returns its
 * digest. The parts have equal decoder configurations: nothing is to be converted. Throws DamagedFiles where some of
 * them are not what they were.
 */
export async function joinFilm(
  job: JoinJob,
  parts: readonly JoinedPart[],
  sound: JoinedSound,
): Promise<Sha256> {
  const temporary = temporaryBeside(job.file);
  const metadata = `${temporary}.meta`;
  try {
    await makeFolder(dirname(job.file));
    sweepTemporaries(job.file);
    await fs.writeFile(metadata, toFfmetadata(job.metadata, job.timeline));
    const join = containerOf(job.format) === 'mp4' ? joinMp4 : joinMov;
    const sha256 = await join(job, parts, { sound, metadata }, temporary);
    await moveIntoPlace(temporary, job.file);
    return sha256;
  } finally {
    for (const file of [temporary, metadata]) await fs.rm(file, { force: true });
  }
}

/** CRC-32 of what a film takes from a piece of its picture: we copy the frames of an MP4, and ffmpeg reads other files. */
export async function pictureCrc(path: string, format: CutFormat): Promise<number> {
  return containerOf(format) === 'mp4' ? await samplesCrc(path, 'vide') : await fileCrc(path);
}

/** The film's sound, whole. */
export type JoinedSound = Pick<JoinedPart, 'path' | 'crc'>;

/** What goes into a film beside its picture. */
interface Beside {
  readonly sound: JoinedSound;
  readonly metadata: string;
}

/**
 * ffmpeg makes a film of one frame and one packet of sound: it knows how to write down codecs, colours, subtitles and
 * chapters. The frames of all parts and the whole sound are then spliced in by copying bytes, so that joining takes
 * hardly longer than copying a file.
 */
async function joinMp4(
  job: JoinJob,
  parts: readonly JoinedPart[],
  { sound: { path, crc }, metadata }: Beside,
  file: string,
): Promise<Sha256> {
  const { fps } = job.format;
  const { subtitles } = job.metadata;
  const frame = `${file}.frame`;
  const srt = `${file}.srt`;
  try {
    const pictures = picturesOf(parts, job);
    await requireWhole(pictures[0]);
    const sound = { path, crc, track: ownTrack(path, 'soun') };
    if (subtitles !== null) await fs.writeFile(srt, subtitles.srt);
    const first = ['-t', framesToSeconds(0.5, fps).toFixed(6)];
    await runFfmpeg(job.ffmpeg, {
      inputs: [
        untrustedInput(parts[0]?.path ?? '', ...first),
        // Its run-up is told below: ffmpeg 9 counts a packet that begins with one as nothing that is heard.
        untrustedInput(path, ...first, '-ignore_editlist', '1'),
        { source: metadata, options: ['-f', 'ffmetadata'] },
        ...(subtitles === null ? [] : [{ source: srt, options: ['-f', 'srt'] }]),
      ],
      output: [
        // Else all is moved until the sound's run-up begins at 0, and with B-frames the picture comes 21 ms late.
        ...['-copyts', '-map', '0:V:0', '-map', '1:a:0', '-c', 'copy'],
        ...['-bsf:v', standsFor(job.timeline.frameCount * ticksPerFrame(fps), 'pts=PTS:dts=DTS')],
        ...['-bsf:a', standsFor(ticksOf(sound.track), `ts=-${PACKET}`)],
        ...(subtitles === null
          ? []
          : ['-map', '3:s:0', '-c:s', 'mov_text', '-metadata:s:s:0', `language=${subtitles.language}`]),
        ...filmOptions(job),
        ...['-f', 'mp4'],
      ],
      file: frame,
      signal: job.signal,
    });
    checkLengths(frame, job);
    return await splice({ frame, pictures, ticksPerFrame: ticksPerFrame(fps), sound }, file, job.signal);
  } catch (error) {
    throw error instanceof RangeError ? wrong(`the film cannot be joined: ${error.message}`) : error;
  } finally {
    for (const used of [frame, srt]) await fs.rm(used, { force: true });
  }
}

/** The first packet alone, as long as all: what is run up to, or decoded before it is shown, comes before it is over. */
function standsFor(ticks: number, times: string): string {
  return `noise=amount=0:drop=gt(n\\,0),setts=${times}:duration=${ticks}`;
}

/** Each ffmpeg is taken at its word for what stands for all: a newer one may write down that less of it is played. */
function checkLengths(frame: string, { ffmpeg, timeline }: JoinJob): void {
  const seconds = framesToSeconds(timeline.frameCount, timeline.fps);
  for (const [what, handler] of [
    ['picture', 'vide'],
    ['sound', 'soun'],
  ] as const) {
    const played = trackOf(frame, handler).edits.reduce((sum, { length }) => sum + length, 0);
    if (Math.abs(played - seconds) < 0.001) continue;
    throw new Failure(
      'film-wrong',
      `the film came out with ${played} s of ${what} where the plan has ${seconds} s`,
      {
        hint: `ffmpeg ${ffmpeg.version} writes it in a way that is not known here: name another one with STORYREEL_FFMPEG.`,
      },
    );
  }
}

function ticksOf({ samples }: Track): number {
  return samples.durations.reduce((sum, ticks) => sum + ticks, 0);
}

/** Of the first piece ffmpeg makes what stands for all, and nothing of one whose first frame is damaged. */
async function requireWhole(first: Pictures | undefined): Promise<void> {
  if (first === undefined || first.crc === null) return;
  if ((await samplesCrc(first.path, 'vide')) !== first.crc) throw new DamagedFiles([first.path]);
}

function picturesOf(parts: readonly JoinedPart[], { timeline }: JoinJob): Pictures[] {
  const pictures = parts.map(({ path, crc, found }) => ({
    ...{ path, crc },
    ...(found ?? { samples: ownTrack(path, 'vide').samples, stamp: null }),
  }));
  checkFrames(
    pictures.reduce((sum, { samples }) => sum + samples.sizes.length, 0),
    timeline,
  );
  return pictures;
}

/** Of a file that we made, and that was whole then. */
function ownTrack(path: string, handler: string): Track {
  try {
    return trackOf(path, handler);
  } catch (error) {
    throw error instanceof RangeError ? new DamagedFiles([path]) : error;
  }
}

/** ffmpeg copies what it finds, damaged or not. */
async function requireWholeFiles(files: readonly Pick<JoinedPart, 'path' | 'crc'>[]): Promise<void> {
  const damaged: string[] = [];
  for (const { path, crc } of files) if (crc !== null && (await fileCrc(path)) !== crc) damaged.push(path);
  if (damaged.length > 0) throw new DamagedFiles(damaged);
}

/** Editors take subtitles from their own file. */
async function joinMov(
  job: JoinJob,
  parts: readonly JoinedPart[],
  { sound, metadata }: Beside,
  file: string,
): Promise<Sha256> {
  const list = `${file}.txt`;
  await requireWholeFiles([...parts, sound]);
  try {
    await fs.writeFile(list, concatList(parts, job));
    await runFfmpeg(job.ffmpeg, {
      inputs: [
        { source: list, options: ['-f', 'concat', '-safe', '0', '-auto_convert', '0'] },
        { source: sound.path },
        { source: metadata, options: ['-f', 'ffmetadata'] },
      ],
      output: [
        ...['-map', '0:V:0', '-map', '1:a:0', '-c', 'copy'],
        ...filmOptions(job),
        ...['-timecode', timecodeOf(job.firstTimecode, job.format.fps)], // editors count from it
        ...['-movflags', '+faststart', '-f', 'mov'],
      ],
      file,
      signal: job.signal,
    });
  } finally {
    await fs.rm(list, { force: true });
  }
  // Each waits for something else: the processor, the disk.
  const [sha256, { frameCount }] = await Promise.all([hashFile(file), probe(file), syncFile(file)]);
  checkFrames(frameCount, job.timeline);
  return sha256;
}

/** Ticks a second that hold samples and the frames of every rate; edit lists count in them, else in milliseconds. */
const MOVIE_TIMESCALE = 240_000;

function filmOptions({ format }: JoinJob): string[] {
  return [
    ...BT709, // so that clips that say nothing of their colours, and are copied, do not leave it to the player
    ...['-video_track_timescale', String(timescale(format.fps)), '-movie_timescale', String(MOVIE_TIMESCALE)],
    ...BITEXACT,
    ...['-map_metadata', '2', '-map_chapters', '2'],
  ];
}

function checkFrames(frames: number, timeline: Timeline): void {
  if (frames === timeline.frameCount) return;
  throw wrong(`the film came out with ${frames} frames where the plan has ${timeline.frameCount}`);
}

function wrong(message: string): Failure {
  return new Failure('film-wrong', message, {
    hint: 'A piece of it is damaged or was changed just now: cut again, if need be after `storyreel cache prune --delete`.',
  });
}

/**
 * Without a length for each file, ffmpeg 5.1 loses two thirds of a second at every join. It takes whole microseconds:
 * each length makes up for how the ones before were rounded, or the picture runs late by a tick every fifty files.
 */
function concatList(parts: readonly JoinedPart[], { format }: JoinJob): string {
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
    'inpoint 0',
    `duration ${lengthOf(frames)}us`,
  ]);
  return `ffconcat version 1.0\n${lines.join('\n')}\n`;
}
