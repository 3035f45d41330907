import { cuesOf } from '../plan/subtitles.ts';
import { startFrames } from '../plan/timeline.ts';
import type { LockedFilm } from '../store/lock-file.ts';
import type { Item } from '../storyboard/storyboard.ts';
import { type FoundClip, fileOf, findClips, takeClip } from './film-clips.ts';
import type { FilmJob } from './film-job.ts';
import { type QualityWarning, qualityOf } from './film-quality.ts';
import type { Fonts } from './film-text.ts';
import { soundTrack } from './film-track.ts';
import {
  type FilmContent,
  make,
  type PreparedVersion,
  posterFrame,
  prepare,
  versionsOf,
} from './film-version.ts';
import { filesOfFilm, hasPoster, writeClipLinks, writePoster, writeSubtitles } from './out-folder.ts';
import { OwnFiles } from './own-files.ts';
import { type FilmFacts, findVersion, isCurrent, type Report, readReport, writeReport } from './report.ts';
import { loudnessWarnings, mixWarnings } from './sound-quality.ts';

export interface MadeFilm {
  readonly file: string;
  readonly warnings: readonly QualityWarning[];
  /** The film's digest and those of its deliverables, by the names of their files. */
  readonly files: ReadonlyMap<string, LockedFilm>;
}

/**
 * Makes a storyboard's film and its deliverables from the clips in the store, with the report, the poster and the
 * clips in order beside them. What is there and made of the same clips in the same way stays. Null if clips are
 * missing.
 */
export async function makeFilm(job: FilmJob): Promise<MadeFilm | null> {
  const { film, store, emit } = job;
  const storyboard = film.loaded.file.file;
  const clips = await findClips(job);
  const { items } = film.loaded.storyboard;
  const { timeline } = film.loaded;
  const missing = items.filter((_, index) => clips[index] === null).map(({ id }) => id);
  if (missing.length > 0) {
    emit({ type: 'film-skipped', storyboard, reason: 'some shots have no clip yet', shots: missing });
    return null;
  }
  const cues = cuesOf(
    timeline,
    items.map(({ dialogue }) => dialogue),
  );
  const content: FilmContent = {
    clips: clips as FoundClip[],
    ...{ sound: await soundTrack(job), fonts: await fontsOf(job), cues },
  };
  const before = await readReport(job.folder);
  const engine = job.pinned ? (await job.ffmpeg()).version : null;
  const versions: PreparedVersion[] = [];
  const facts: (FilmFacts | null)[] = [];
  for (const version of versionsOf(job)) {
    const prepared = await prepare(version, content, job);
    const known = before === null ? null : findVersion(before, version.name);
    versions.push(prepared);
    const isOurs = known !== null && (engine === null || known.ffmpeg === engine);
    facts.push(isOurs && (await isCurrent(known, prepared.cutKey, prepared.file, store)) ? known : null);
  }
  const master = versions[0]?.file ?? '';
  const unchanged = facts.every(known => known !== null);
  let warnings = before === null ? [] : warningsOf(before, items);
  const own = new OwnFiles(job.folder, 'film', film.loaded);
  const files = filesOfFilm(film.loaded);
  await own.claim(files);
  for (const [index, version] of versions.entries()) {
    if (facts[index] !== null) continue;
    const frames = version.leadFrames + timeline.frameCount;
    emit({ type: 'cut-started', storyboard, shots: items.length, frames });
    const made = await make(version, content, job);
    facts[index] = made.facts;
    if (index === 0) {
      const ids = items.map(({ id }) => id);
      warnings = [
        ...(await qualityOf(job, content.clips, made, version.leadFrames)),
        ...mixWarnings(timeline, ids, made.clipped, version.leadFrames),
      ];
    }
    emit({
      ...{
        type: 'film-written',
        storyboard,
        film: version.file,
        durationSeconds: made.facts.durationSeconds,
      },
      ...{ frames, encoded: made.encoded, reused: made.reused },
    });
  }
  if (unchanged) emit({ type: 'film-unchanged', storyboard, film: master });
  const measured = (facts as FilmFacts[]).flatMap(loudnessWarnings);
  warnings = [...warnings.filter(({ code }) => code !== 'loudness-missed'), ...measured];
  await writeBeside(job, content, versions);
  await own.keepOnly(files);
  await writeReport(job.folder, await reportOf(job, content, versions, facts as FilmFacts[], warnings));
  tell(warnings, job);
  return { file: master, warnings, files: filesOf(facts as FilmFacts[]) };
}

/**
 * Writes what lies beside the films wherever it is not as it should be: names and words may have changed that shape no
 * picture, and a file may have been taken away.
 */
async function writeBeside(
  job: FilmJob,
  { clips }: FilmContent,
  versions: readonly PreparedVersion[],
): Promise<void> {
  const { folder, film, store, signal } = job;
  const { timeline, storyboard } = film.loaded;
  for (const { file, cues } of versions) await writeSubtitles(file, cues);
  const shown = await Promise.all(clips.map(clip => (clip.kind === 'shot' ? takeClip(clip, job) : null)));
  await writeClipLinks(folder, storyboard.items, shown, store);
  const [master] = versions;
  if (master === undefined || hasPoster(folder)) return;
  const identity = await store.digests.of(master.file);
  const frame = posterFrame(timeline, master.leadFrames);
  const tools = { ffmpeg: await job.ffmpeg(), derived: store.derived, signal };
  await writePoster(folder, { path: master.file, identity, frame, fps: timeline.fps }, tools);
}

/** What was noticed in a film that is kept, under the names that its shots have now. */
function warningsOf({ shots, warnings }: Report, items: readonly Item[]): readonly QualityWarning[] {
  const names = new Map(shots.map(({ shot }, index) => [shot, items[index]?.id ?? shot]));
  return warnings.map(warning => ({ ...warning, shot: names.get(warning.shot ?? '') ?? warning.shot }));
}

function filesOf(facts: readonly FilmFacts[]): MadeFilm['files'] {
  return new Map(facts.map(({ file, sha256, ffmpeg }) => [file, { sha256, ffmpeg }]));
}

function tell(warnings: readonly QualityWarning[], { emit, film }: FilmJob): void {
  for (const warning of warnings)
    emit({ type: 'film-warned', storyboard: film.loaded.file.file, ...warning });
}

async function fontsOf(job: FilmJob): Promise<Fonts> {
  const paths: string[] = [];
  const digests: string[] = [];
  for (const font of job.film.loaded.storyboard.fonts) {
    const { path, identity } = await fileOf(font, job);
    paths.push(path);
    digests.push(identity);
  }
  return { paths, digests };
}

async function reportOf(
  job: FilmJob,
  { clips }: FilmContent,
  versions: readonly PreparedVersion[],
  facts: readonly FilmFacts[],
  warnings: readonly QualityWarning[],
): Promise<Report> {
  const { timeline, storyboard, file } = job.film.loaded;
  const starts = startFrames(timeline);
  const [film, ...others] = facts;
  if (film === undefined) throw new RangeError('there is always the film itself');
  return {
    version: 1,
    title: storyboard.title,
    storyboard: file.name,
    provider: job.provider,
    film,
    deliverables: others.map((one, index) => ({
      name: versions[index + 1]?.version.name ?? '',
      ...one,
      reframed: reframedShots(clips, versions[index + 1] as PreparedVersion),
    })),
    shots: clips.map((clip, index) => ({
      scene: clip.item.scene?.id ?? null,
      shot: clip.item.id,
      kind: clip.kind,
      take: clip.kind === 'shot' ? clip.take.take : null,
      key: clip.kind === 'shot' ? clip.take.key : null,
      clip: clip.sha256,
      filledWith: job.filled.get(clip.item.id) ?? null,
      startFrame: film.leaderFrames + (starts[index] ?? 0),
      frameCount: timeline.items[index]?.frames ?? 0,
    })),
    warnings,
  };
}

/** Shots that were generated for another shape of picture: they have bars, or were cut off. */
function reframedShots(clips: readonly FoundClip[], { format }: PreparedVersion): string[] {
  return clips.flatMap(clip => {
    if (clip.kind !== 'shot') return [];
    const { width, height } = clip.take.format;
    return Math.abs((width * format.height) / (height * format.width) - 1) > 0.01 ? [clip.item.id] : [];
  });
}
