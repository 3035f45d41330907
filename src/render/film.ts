import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { chaptersOf, type FilmMetadata } from '../cut/film-metadata.ts';
import type { PlacedVoice, SoundTrack } from '../cut/film-sound.ts';
import type { Loudness } from '../cut/loudness.ts';
import { type CutClip, type CutFormat, derivedKey, type Overlay, withoutPath } from '../cut/segments.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { Json } from '../plan/request.ts';
import { type Cue, cuesOf, toSrt } from '../plan/subtitles.ts';
import type { TimelineItem } from '../plan/timeline.ts';
import type { Emit } from './event.ts';
import { type ClipSources, cutClipOf, type FoundClip, findClips, identityOf } from './film-clips.ts';
import { type Fonts, filmOverlays, itemOverlays } from './film-text.ts';
import { writeClipLinks, writePoster, writeSubtitles } from './out-folder.ts';
import { isCurrent, type Report, readReport, writeReport } from './report.ts';

export interface FilmJob extends ClipSources {
  /** `out/<name>`. */
  readonly folder: string;
  readonly provider: string;
  readonly emit: Emit;
}

/**
 * Makes a storyboard's film from the clips in the store, with the report, the poster and the clips in order
 * beside it. Does nothing if the film is there and made of the same clips in the same way. Returns its path,
 * or null if clips are missing.
 */
export async function makeFilm(job: FilmJob): Promise<string | null> {
  const { film, store, emit } = job;
  const storyboard = film.loaded.file.file;
  const clips = await findClips(job);
  const { items } = film.loaded.storyboard;
  const missing = items.filter((_, index) => clips[index] === null).map(({ id }) => id);
  if (missing.length > 0) {
    emit({ type: 'film-skipped', storyboard, reason: 'some shots have no clip yet', shots: missing });
    return null;
  }
  const found = clips as FoundClip[];
  const file = join(job.folder, `${film.loaded.file.name}.mp4`);
  const fonts = await fontsOf(job);
  const format = await cutFormat(job, fonts);
  const sound = await soundTrack(job);
  const cues = cuesOf(
    film.loaded.timeline,
    items.map(({ dialogue }) => dialogue),
  );
  const metadata = metadataOf(job, cues);
  const cutKey = cutKeyOf(job, found, format, sound, fonts, metadata);
  const before = await readReport(job.folder);
  if (before !== null && (await isCurrent(before, cutKey, file, store))) {
    emit({ type: 'film-unchanged', storyboard, film: file });
    return file;
  }
  const { frameCount } = film.loaded.timeline;
  emit({ type: 'cut-started', storyboard, shots: items.length, frames: frameCount });
  const ffmpeg = await job.ffmpeg();
  const cutClips: CutClip[] = [];
  const overlays: Overlay[][] = [];
  const { cut } = film.loaded.storyboard;
  for (const [index, clip] of found.entries()) {
    cutClips.push(await cutClipOf(clip, format, job, fonts));
    const item = film.loaded.timeline.items[index] as TimelineItem;
    overlays.push(await itemOverlays(clip, item, cut, format, store, fonts));
  }
  const { cutFilm } = await import('../cut/cut-film.ts');
  const result = await cutFilm({
    ffmpeg,
    derived: store.derived,
    timeline: film.loaded.timeline,
    clips: cutClips,
    overlays,
    format,
    sound,
    metadata,
    file,
    signal: job.signal,
    onProgress: (done, total) => emit({ type: 'cut-progressed', storyboard, done, total }),
  });
  await writeSubtitles(job.folder, film.loaded.file.name, cues);
  await writeClipLinks(job.folder, items, cutClips, store);
  await writePoster(job.folder, file, film.loaded.timeline, ffmpeg, job.signal);
  const report = await reportOf(job, found, format, cutKey, file, ffmpeg, result.loudness);
  await writeReport(job.folder, report);
  const { durationSeconds } = report.film;
  const { encoded, reused } = result;
  emit({
    type: 'film-written',
    storyboard,
    film: file,
    durationSeconds,
    frames: frameCount,
    encoded,
    reused,
  });
  return file;
}

/** The size that the storyboard names; else what most of the rendered film has, the first one's where two are as common. */
async function cutFormat(job: FilmJob, fonts: Fonts): Promise<CutFormat> {
  const { picked, film } = job;
  const { cut } = film.loaded.storyboard;
  const { fps, fit, background } = cut;
  const seconds = new Map<string, { size: { width: number; height: number }; total: number }>();
  for (const { format } of picked) {
    const name = `${format.width}x${format.height}`;
    const total = (seconds.get(name)?.total ?? 0) + format.durationSeconds;
    seconds.set(name, { size: format, total });
  }
  const [most] = [...seconds.values()].sort((a, b) => b.total - a.total);
  const { width, height } = cut.size ?? most?.size ?? DEFAULT_SIZE;
  const over = await filmOverlays(cut, { width, height, fps }, job, fonts);
  return { width, height, fps, fit, background, ...over };
}

function metadataOf({ film }: FilmJob, cues: readonly Cue[]): FilmMetadata {
  const { title, items, subtitles } = film.loaded.storyboard;
  return {
    title,
    chapters: chaptersOf(film.loaded.timeline, items),
    subtitles: subtitles.track && cues.length > 0 ? { srt: toSrt(cues), language: subtitles.language } : null,
  };
}

async function fontsOf({ film, store }: FilmJob): Promise<Fonts> {
  const paths = film.loaded.storyboard.fonts.map(({ file }) => film.loaded.referencePaths.get(file) ?? '');
  const digests: string[] = [];
  for (const path of paths) digests.push(await store.digests.of(path));
  return { paths, digests };
}

/** What is heard beside the clips, with the digests of its files. */
async function soundTrack({ film, store }: FilmJob): Promise<SoundTrack> {
  const { items, audio } = film.loaded.storyboard;
  const fileOf = async ({ file }: { file: string }) => {
    const path = film.loaded.referencePaths.get(file) ?? '';
    return { path, identity: await store.digests.of(path) };
  };
  const voices: PlacedVoice[] = [];
  for (const [index, item] of items.entries()) {
    for (const { file, offsetSeconds, gainDb } of item.voices)
      voices.push({ ...(await fileOf(file)), item: index, offsetSeconds, gainDb });
  }
  const { music, loudness } = audio;
  return {
    gainsDb: items.map(({ gainDb }) => gainDb),
    voices,
    music: music === null ? null : { ...music, ...(await fileOf(music.file)) },
    loudness,
  };
}

/** A project that is moved has the same sound. */
function withoutPaths({ gainsDb, voices, music, loudness }: SoundTrack): Json {
  const strip = <T extends object>(sound: T) => ({ ...sound, path: null, file: null });
  return [gainsDb, voices.map(strip), music === null ? null : strip(music), loudness] as unknown as Json;
}

/** Of a film without a rendered shot. */
const DEFAULT_SIZE = { width: 1280, height: 720 };

/** Everything that shapes the film, but for ffmpeg itself: a newer one makes no better film of the same clips. */
function cutKeyOf(
  { film }: FilmJob,
  clips: readonly FoundClip[],
  format: CutFormat,
  sound: SoundTrack,
  fonts: Fonts,
  metadata: FilmMetadata,
): string {
  const identities = clips.map(clip => {
    const { item } = clip;
    const { caption, lowerThird } = item;
    const slug = format.timecode === null ? null : [item.scene?.id ?? null, item.id];
    const written = [
      caption?.value ?? null,
      lowerThird === null ? null : { ...lowerThird, path: null },
      slug,
    ];
    return [identityOf(clip), item.kind === 'still' ? item.move : null, written];
  });
  const look = {
    ...format,
    mark: withoutPath(format.mark),
    logo: withoutPath(format.logo),
    timecode: withoutPath(format.timecode),
  };
  return derivedKey([
    'film',
    2,
    identities as unknown as Json,
    withoutPaths(sound),
    [...fonts.digests],
    metadata as unknown as Json,
    film.loaded.timeline as unknown as Json,
    look as unknown as Json,
  ]);
}

async function reportOf(
  job: FilmJob,
  clips: readonly FoundClip[],
  format: CutFormat,
  cutKey: string,
  file: string,
  ffmpeg: Ffmpeg,
  loudness: Loudness | null,
): Promise<Report> {
  const { timeline, storyboard } = job.film.loaded;
  const { size } = await fs.stat(file);
  const { framesToSeconds, startFrames } = await import('../plan/timeline.ts');
  const starts = startFrames(timeline);
  return {
    version: 1,
    title: storyboard.title,
    storyboard: job.film.loaded.file.name,
    provider: job.provider,
    film: {
      file: `${job.film.loaded.file.name}.mp4`,
      sha256: await job.store.digests.of(file),
      bytes: size,
      width: format.width,
      height: format.height,
      fps: `${format.fps.numerator}/${format.fps.denominator}`,
      frameCount: timeline.frameCount,
      durationSeconds: Math.round(framesToSeconds(timeline.frameCount, timeline.fps) * 1e6) / 1e6,
    },
    shots: clips.map((clip, index) => ({
      scene: clip.item.scene?.id ?? null,
      shot: clip.item.id,
      kind: clip.kind,
      take: clip.kind === 'shot' ? clip.take.take : null,
      key: clip.kind === 'shot' ? clip.take.key : null,
      clip: clip.sha256,
      startFrame: starts[index] ?? 0,
      frameCount: timeline.items[index]?.frames ?? 0,
    })),
    loudness,
    ffmpeg: ffmpeg.version,
    cutKey,
  };
}
