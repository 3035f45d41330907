import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { Slate } from '../cut/draw-leader.ts';
import { chaptersOf, type FilmMetadata } from '../cut/film-metadata.ts';
import type { FilmSound, Heard, PlacedVoice, SoundTrack } from '../cut/film-sound.ts';
import type { JoinedPart } from '../cut/join.ts';
import { type CutClip, type CutFormat, lookOf, type Overlay } from '../cut/segments.ts';
import { ALL_VERSIONS } from '../cut/versions.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { firstTimecode, type LeaderItem, leaderFrames, leaderItems, withLeader } from '../plan/leader.ts';
import type { Json } from '../plan/request.ts';
import { type Cue, later, toSrt } from '../plan/subtitles.ts';
import { framesToSeconds, type Timeline } from '../plan/timeline.ts';
import { derivedKey } from '../store/derived.ts';
import type { Codec, CutSettings, Quality } from '../storyboard/storyboard.ts';
import { cutClipOf, type FoundClip, identityOf, type Size, sizeOf } from './film-clips.ts';
import type { FilmJob } from './film-job.ts';
import { type LeaderCut, leaderCut, slateOf } from './film-leader.ts';
import { type Fonts, filmOverlays, itemOverlays, ownFrames, slugOf } from './film-text.ts';
import { withoutPaths } from './film-track.ts';
import { filmName, requireWritable, writePoster } from './out-folder.ts';
import type { FilmFacts } from './report.ts';

/** One output of a cut: the film itself, or a deliverable. */
export interface Version {
  /** Null for the film itself. */
  readonly name: string | null;
  readonly cut: CutSettings;
  readonly codec: Codec;
  readonly quality: Quality;
  readonly loudness: number | null;
}

/** What all versions of a film have in common. */
export interface FilmContent {
  readonly clips: readonly FoundClip[];
  readonly sound: SoundTrack;
  readonly fonts: Fonts;
  /** In seconds of the picture. */
  readonly cues: readonly Cue[];
}

export interface PreparedVersion {
  readonly version: Version;
  readonly file: string;
  readonly format: CutFormat;
  readonly sound: SoundTrack;
  readonly leader: readonly LeaderItem[];
  /** Null where there is no leader. */
  readonly slate: Slate | null;
  /** Of the leader: where the picture begins. */
  readonly leadFrames: number;
  readonly cues: readonly Cue[];
  readonly metadata: FilmMetadata;
  readonly cutKey: string;
}

export interface MadeVersion {
  readonly facts: FilmFacts;
  readonly clips: readonly CutClip[];
  readonly heard: readonly Heard[];
  /** Where the mix is cut off, in seconds of the film. */
  readonly clipped: FilmSound['clipped'];
  readonly encoded: number;
  readonly reused: number;
}

/** The film, and whatever else the storyboard asks for. */
export function versionsOf({ film }: FilmJob): Version[] {
  const { cut, audio, deliverables } = film.loaded.storyboard;
  const { loudness } = audio;
  return [{ name: null, cut, codec: 'h264', quality: 'normal', loudness }, ...deliverables];
}

/** Works out what a version is to be, without making it. */
export async function prepare(
  version: Version,
  content: FilmContent,
  job: FilmJob,
): Promise<PreparedVersion> {
  const { name } = job.film.loaded.file;
  const file = join(job.folder, filmName(name, version));
  const format = await formatOf(version, content, job);
  const sound = { ...content.sound, loudness: version.loudness };
  const { leader: wanted } = version.cut;
  const leader = wanted === null ? [] : leaderItems(wanted, format.fps);
  const leadFrames = leaderFrames(leader);
  const cues = later(content.cues, framesToSeconds(leadFrames, format.fps));
  const metadata = metadataOf(job, cues, leadFrames);
  const slate = wanted === null ? null : slateOf(wanted, version, format, job);
  const cutKey = cutKeyOf(job, content, { format, sound, metadata, leader, slate });
  return { version, file, format, sound, leader, slate, leadFrames, cues, metadata, cutKey };
}

/** Cuts one version. What another one has made already is found in `derived/`. */
export async function make(
  { version, file, format, sound, leader, slate, leadFrames, metadata, cutKey }: PreparedVersion,
  { clips: found, fonts }: FilmContent,
  job: FilmJob,
): Promise<MadeVersion> {
  const { film, store, emit, signal } = job;
  const { timeline } = film.loaded;
  await requireWritable(job.folder);
  const finding = job.ffmpeg(); // it is started to ask for its version: meanwhile, clips are looked at
  finding.catch(() => {});
  const clips: CutClip[] = [];
  const overlays: Overlay[][] = [];
  for (const [index, clip] of found.entries()) {
    clips.push(await cutClipOf(clip, format, job, fonts));
    const own = ownFrames(timeline, index);
    overlays.push(await itemOverlays(clip, own, version.cut, format, store, fonts));
  }
  const { cutFilm } = await import('../cut/cut-film.ts');
  const storyboard = film.loaded.file.file;
  const whole = withLeader(timeline, leader);
  const before = slate === null ? NO_LEADER : await leaderCut(leader, slate, format, job, fonts);
  const ffmpeg = await finding;
  const { sha256, parts, encoded, reused, loudness, heard, clipped } = await cutFilm({
    ...{ ffmpeg, derived: store.derived, timeline: whole, signal },
    ...{ format, metadata, file, firstTimecode: firstTimecode(leadFrames, format.fps) },
    clips: [...before.clips, ...clips],
    overlays: [...leader.map(() => []), ...overlays],
    sound: afterLeader(sound, before.voices, leader.length, leadFrames),
    onProgress: (done, total) => emit({ type: 'cut-progressed', storyboard, done, total }),
  });
  store.digests.note(file, sha256);
  // Of pieces that are whole: joining has looked at them.
  if (version.name === null) await posterOf(parts, posterFrame(timeline, leadFrames), ffmpeg, job);
  const { width, height, fps } = format;
  const facts: FilmFacts = {
    file: file.slice(job.folder.length + 1),
    sha256,
    bytes: (await fs.stat(file)).size,
    ...{ width, height, fps: `${fps.numerator}/${fps.denominator}` },
    frameCount: whole.frameCount,
    leaderFrames: leadFrames,
    durationSeconds: Math.round(framesToSeconds(whole.frameCount, whole.fps) * 1e6) / 1e6,
    ...{ codec: version.codec, loudness, cutKey, ffmpeg: ffmpeg.version },
  };
  return { facts, clips, heard: heard.slice(leader.length), clipped, encoded, reused };
}

/** The middle of the first shot. */
export function posterFrame({ items }: Timeline, leadFrames: number): number {
  return leadFrames + Math.floor((items[0]?.frames ?? 0) / 2);
}

/** A frame of the film, taken from the piece that it is in. */
async function posterOf(
  parts: readonly JoinedPart[],
  frame: number,
  ffmpeg: Ffmpeg,
  { film, folder, store, signal }: FilmJob,
): Promise<void> {
  const { fps } = film.loaded.timeline;
  let before = 0;
  for (const { path, identity, frames } of parts) {
    if (frame < before + frames) {
      const still = { path, identity, frame: frame - before, fps };
      return await writePoster(folder, still, { ffmpeg, derived: store.derived, signal });
    }
    before += frames;
  }
}

const NO_LEADER: LeaderCut = { clips: [], voices: [] };

/** What is heard moves with the picture. */
function afterLeader(
  { gainsDb, voices, ...sound }: SoundTrack,
  beeps: readonly PlacedVoice[],
  items: number,
  frames: number,
): SoundTrack {
  return {
    ...sound,
    gainsDb: [...Array.from({ length: items }, () => null), ...gainsDb],
    voices: [...beeps, ...voices.map(voice => ({ ...voice, item: voice.item + items }))],
    pictureFrame: frames,
  };
}

function metadataOf({ film }: FilmJob, cues: readonly Cue[], leadFrames: number): FilmMetadata {
  const { title, items, subtitles } = film.loaded.storyboard;
  return {
    title,
    chapters: chaptersOf(film.loaded.timeline, items, leadFrames),
    subtitles: subtitles.track && cues.length > 0 ? { srt: toSrt(cues), language: subtitles.language } : null,
  };
}

async function formatOf(
  { cut, codec, quality }: Version,
  { clips, fonts }: FilmContent,
  job: FilmJob,
): Promise<CutFormat> {
  const { fps, fit, background } = cut;
  const { width, height } = cut.size ?? (await usualSize(clips, job));
  const over = await filmOverlays(cut, { width, height, fps }, job, fonts);
  return { width, height, fps, fit, background, codec, quality, ...over };
}

/** What most of the film has, by its frames; the first one's where two are as common. */
async function usualSize(clips: readonly FoundClip[], job: FilmJob): Promise<Size> {
  const { items } = job.film.loaded.timeline;
  const sizes = new Map<string, { readonly size: Size; frames: number }>();
  for (const [index, clip] of clips.entries()) {
    const size = await sizeOf(clip, job);
    if (size === null) continue;
    const { width, height } = size;
    const common = sizes.get(`${width}x${height}`) ?? { size, frames: 0 };
    common.frames += items[index]?.frames ?? 0;
    sizes.set(`${width}x${height}`, common);
  }
  const [most] = [...sizes.values()].sort((a, b) => b.frames - a.frames);
  return most?.size ?? DEFAULT_SIZE;
}

/** Of a film of cards and stills, which have no size of their own. */
const DEFAULT_SIZE: Size = { width: 1280, height: 720 };

type Shaped = Pick<PreparedVersion, 'format' | 'sound' | 'metadata' | 'leader' | 'slate'>;

/** Everything that shapes the film, but for ffmpeg itself: a newer one makes no better film of the same clips. */
function cutKeyOf(
  { film }: FilmJob,
  { clips, fonts }: FilmContent,
  { format, sound, metadata, leader, slate }: Shaped,
): string {
  const identities = clips.map(clip => {
    const { item } = clip;
    const { caption, lowerThird } = item;
    const slug = format.timecode === null ? null : slugOf(clip);
    const written = [
      caption?.value ?? null,
      lowerThird === null ? null : { ...lowerThird, path: null },
      slug,
    ];
    return [identityOf(clip), item.kind === 'still' ? item.move : null, written];
  });
  return derivedKey([
    'film',
    6,
    ALL_VERSIONS,
    identities as unknown as Json,
    withoutPaths(sound),
    [...fonts.digests],
    metadata as unknown as Json,
    film.loaded.timeline as unknown as Json,
    lookOf(format),
    ...(slate === null ? [] : ([leader, slate] as unknown as Json[])),
  ]);
}
