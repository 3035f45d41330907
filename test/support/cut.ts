import { createHash } from 'node:crypto';
import { existsSync, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type CutResult, cutFilm } from '../../src/cut/cut-film.ts';
import type { FilmMetadata } from '../../src/cut/film-metadata.ts';
import type { SoundTrack } from '../../src/cut/film-sound.ts';
import type { CutClip, CutFormat, Overlay } from '../../src/cut/segments.ts';
import type { Ffmpeg } from '../../src/media/ffmpeg.ts';
import { type MediaFacts, probe } from '../../src/media/probe.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { layOut, type Timeline, type TimelineShot } from '../../src/plan/timeline.ts';
import { Derived } from '../../src/store/derived.ts';
import type { CutSettings, Fps, Transition } from '../../src/storyboard/storyboard.ts';
import { afterFile } from './after-file.ts';
import { makeClip, ourFfmpeg, type TestClip, testFfmpeg, testProject } from './project.ts';

export const FPS: Record<string, Fps> = {
  '23.976': { numerator: 24000, denominator: 1001 },
  '24': { numerator: 24, denominator: 1 },
  '25': { numerator: 25, denominator: 1 },
  '29.97': { numerator: 30000, denominator: 1001 },
  '30': { numerator: 30, denominator: 1 },
  '50': { numerator: 50, denominator: 1 },
  '60': { numerator: 60, denominator: 1 },
};

/** An item of a test film: a clip that is made, or one that is there; and what the timeline does with it. */
export interface Part extends TestClip, Partial<Pick<TimelineShot, 'startSeconds' | 'endSeconds' | 'speed'>> {
  readonly planned?: number;
  readonly hold?: number;
  readonly gainDb?: number | null;
  readonly transition?: Partial<Omit<Transition, 'path'>>;
  readonly clip?: CutClip;
  readonly overlays?: readonly Overlay[];
}

/** Pieces of picture of every kind, with sound and without: seven of them. */
export const FIVE: readonly Part[] = [
  { seconds: 1 },
  { seconds: 1, tone: 880, transition: { type: 'dissolve', durationSeconds: 0.2 } },
  { seconds: 1, tone: null, transition: { type: 'dissolve', durationSeconds: 0.2 } },
  { seconds: 1, tone: 220 },
  { seconds: 1, tone: 660 },
];

export interface TestCut {
  readonly settings?: Partial<CutSettings>;
  readonly format?: Partial<CutFormat>;
  readonly sound?: Partial<SoundTrack>;
  readonly metadata?: Partial<FilmMetadata>;
  /** Where the film and its pieces are: for tests of what is made again. */
  readonly folder?: string;
  readonly ffmpeg?: Ffmpeg;
}

export interface Film {
  readonly file: string;
  readonly folder: string;
  readonly timeline: Timeline;
  readonly result: CutResult;
  readonly facts: MediaFacts;
}

let kept: Promise<Derived> | undefined;

/**
 * What the films of a test file have in common, such as the same silence, is encoded for the first of them: equal
 * pieces have the same bytes, and each film is joined of its own. Where a folder is given, all is made in it.
 */
function keptPieces(): Promise<Derived> {
  if (kept === undefined) {
    kept = testProject().then(({ folder }) => new Derived(join(folder, 'derived')));
    afterFile(async () => {
      kept = undefined;
    });
  }
  return kept;
}

/** Cuts real clips and says what came out. */
export async function cutOf(
  parts: readonly Part[],
  { settings = {}, format = {}, sound = {}, metadata = {}, folder, ffmpeg }: TestCut = {},
): Promise<Film> {
  const project = folder === undefined ? await testProject() : { folder };
  const clips: CutClip[] = [];
  for (const [index, part] of parts.entries()) {
    const path = join(project.folder, `clip-${index}.mp4`);
    if (part.clip === undefined) await makeClip(path, part);
    clips.push(part.clip ?? (await videoClip(path, part.tone !== null)));
  }
  const fps = settings.fps ?? (FPS['30'] as Fps);
  const shots = parts.map(({ seconds = 1, planned = seconds, transition, hold, ...part }) => ({
    durationSeconds: planned,
    startSeconds: part.startSeconds ?? 0,
    endSeconds: part.endSeconds ?? null,
    speed: part.speed ?? 1,
    holdSeconds: hold ?? 0,
    transition: { type: 'cut', durationSeconds: 0, color: '#000000' as const, path: [], ...transition },
  }));
  const { timeline, problems } = layOut(shots, { fadeInSeconds: 0, fadeOutSeconds: 0, ...settings, fps });
  expect(problems).toEqual([]);
  const file = join(project.folder, 'film.mp4');
  const result = await cutFilm({
    ffmpeg: ffmpeg ?? (await testFfmpeg()),
    derived: folder === undefined ? await keptPieces() : new Derived(join(folder, 'derived')),
    timeline,
    firstTimecode: 0,
    clips,
    metadata: { title: 'Test', chapters: [], subtitles: null, ...metadata },
    overlays: parts.map(({ overlays = [] }) => overlays),
    sound: {
      gainsDb: parts.map(({ gainDb = 0 }) => gainDb),
      voices: [],
      music: null,
      pictureFrame: 0,
      loudness: null,
      ...sound,
    },
    format: {
      width: 160,
      height: 90,
      fps,
      fit: 'contain',
      background: '#000000',
      codec: 'h264',
      quality: 'normal',
      mark: null,
      logo: null,
      timecode: null,
      ...format,
    },
    file,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  return { file, folder: project.folder, timeline, result, facts: await probe(file) };
}

export async function videoClip(path: string, audio: boolean): Promise<CutClip> {
  return { path, identity: await digest(path), audio, picture: { kind: 'video' } };
}

export async function digest(file: string): Promise<string> {
  return createHash('sha256')
    .update(await fs.readFile(file))
    .digest('hex');
}

/** The film's sound as mono samples at 48 kHz, decoded by ffmpeg. */
export async function soundOf(file: string): Promise<Int16Array> {
  const pcm = `${file}.pcm`;
  await runFfmpeg(await ourFfmpeg(), {
    inputs: [{ source: file }],
    output: ['-map', '0:a:0', '-ac', '1', '-ar', '48000', '-f', 's16le'],
    file: pcm,
  });
  const bytes = await fs.readFile(pcm);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

/** How much of a frequency is in a stretch of sound: the amplitude of that tone, of 32768. */
export function level(samples: Int16Array, hertz: number, fromSeconds: number, seconds = 0.2): number {
  const stretch = samples.subarray(
    Math.round(fromSeconds * 48_000),
    Math.round((fromSeconds + seconds) * 48_000),
  );
  let [sine, cosine] = [0, 0];
  for (const [at, sample] of stretch.entries()) {
    const angle = (2 * Math.PI * hertz * at) / 48_000;
    sine += sample * Math.sin(angle);
    cosine += sample * Math.cos(angle);
  }
  return (2 * Math.hypot(sine, cosine)) / stretch.length;
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** One frame in RGB, scaled to this size: each pixel is the mean of its part of the picture. */
export async function frameOf(file: string, frame: number, columns = 1, rows = 1): Promise<Rgb[]> {
  const bytes = Buffer.alloc(3 * columns * rows);
  const all = await fs.open(await framesOf(file, columns, rows), 'r');
  try {
    const { bytesRead } = await all.read(bytes, 0, bytes.length, frame * bytes.length);
    const value = (at: number) => (at < bytesRead ? (bytes[at] ?? -1) : -1);
    return Array.from(
      { length: columns * rows },
      (_, at): Rgb => [value(3 * at), value(3 * at + 1), value(3 * at + 2)],
    );
  } finally {
    await all.close();
  }
}

/** A file of all frames in RGB, one behind the other; decoded once for many looks at a film that stays as it is. */
async function framesOf(file: string, columns: number, rows: number): Promise<string> {
  const raw = `${file}.${columns}x${rows}.${(await fs.stat(file, { bigint: true })).mtimeNs}.raw`;
  if (!existsSync(raw)) {
    await runFfmpeg(await ourFfmpeg(), {
      inputs: [{ source: file }],
      filters: `[0:v]scale=${columns}:${rows}:flags=area,format=rgb24[out]`,
      output: ['-map', '[out]', '-fps_mode', 'passthrough', '-f', 'rawvideo'],
      file: raw,
    });
  }
  return raw;
}

/** The mean brightness of one frame, 0 to 255. */
export async function brightness(file: string, frame: number): Promise<number> {
  const [[red, green, blue] = [0, 0, 0]] = await frameOf(file, frame);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
