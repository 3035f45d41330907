import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { type CutClip, type CutFormat, derivedKey } from '../cut/segments.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Json } from '../plan/request.ts';
import type { ClipFormat, Labels } from '../plan/take.ts';
import type { PlannedStoryboard } from '../project/plan-files.ts';
import type { Provider } from '../provider/provider.ts';
import type { Store } from '../store/store.ts';
import type { Emit } from './event.ts';
import { jobOf } from './job-of.ts';
import { writeClipLinks, writePoster } from './out-folder.ts';
import { isCurrent, type Report, readReport, writeReport } from './report.ts';

export interface FilmJob {
  readonly film: PlannedStoryboard;
  /** The storyboard's picked takes, in the order of the film. */
  readonly picked: readonly PlannedTake[];
  readonly store: Store;
  /** `out/<name>`. */
  readonly folder: string;
  readonly provider: string;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  /** Draws a clip again under other names, where the provider writes names into the picture. */
  readonly redraw: () => Promise<Provider>;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Makes a storyboard's film from the clips in the store, with the report, the poster and the clips in order
 * beside it. Does nothing if the film is there and made of the same clips in the same way. Returns its path,
 * or null if clips are missing.
 */
export async function makeFilm(job: FilmJob): Promise<string | null> {
  const { film, picked, store, emit } = job;
  const storyboard = film.loaded.file.file;
  const clips = await findClips(job);
  const missing = picked.filter((_, index) => clips[index] === null).map(({ shot }) => shot);
  if (missing.length > 0) {
    emit({ type: 'film-skipped', storyboard, reason: 'some shots have no clip yet', shots: missing });
    return null;
  }
  const found = clips as FoundClip[];
  const file = join(job.folder, `${film.loaded.file.name}.mp4`);
  const format = cutFormat(job);
  const cutKey = cutKeyOf(job, found, format);
  const before = await readReport(job.folder);
  if (before !== null && (await isCurrent(before, cutKey, file, store))) {
    emit({ type: 'film-unchanged', storyboard, film: file });
    return file;
  }
  const { frameCount } = film.loaded.timeline;
  emit({ type: 'cut-started', storyboard, shots: picked.length, frames: frameCount });
  const ffmpeg = await job.ffmpeg();
  const cutClips: CutClip[] = [];
  for (const clip of found) cutClips.push(await cutClipOf(clip, job));
  const { cutFilm } = await import('../cut/cut-film.ts');
  const result = await cutFilm({
    ffmpeg,
    derived: store.derived,
    timeline: film.loaded.timeline,
    clips: cutClips,
    format,
    file,
    signal: job.signal,
    onProgress: (done, total) => emit({ type: 'cut-progressed', storyboard, done, total }),
  });
  await writeClipLinks(job.folder, picked, cutClips, store);
  await writePoster(job.folder, file, film.loaded.timeline, ffmpeg, job.signal);
  const report = await reportOf(job, found, format, cutKey, file, ffmpeg);
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

interface FoundClip {
  readonly take: PlannedTake;
  readonly sha256: Sha256;
  /** The names to draw into the picture, where those in the clip are no longer right. */
  readonly relabel: Labels | null;
  /** Null where the record was lost. */
  readonly audio: boolean | null;
}

async function findClips({ picked, store, film }: FilmJob): Promise<(FoundClip | null)[]> {
  const found: (FoundClip | null)[] = [];
  for (const take of picked) {
    const record = await store.record(take.key);
    const locked = film.locked.get(take.shot)?.get(take.take);
    const sha256 = record?.clip.sha256 ?? take.clip ?? (locked?.key === take.key ? locked.clip : null);
    if (sha256 === null || (await store.clipState(sha256)) !== 'intact') {
      found.push(null);
      continue;
    }
    const labels = record?.labels ?? null;
    const relabel =
      labels !== null && JSON.stringify(labels) !== JSON.stringify(take.labels) ? take.labels : null;
    found.push({ take, sha256, relabel, audio: record?.clip.audio ?? null });
  }
  return found;
}

/** The size that most of the film has; the first one's where two are as common. */
function cutFormat({ picked, film }: FilmJob): CutFormat {
  const seconds = new Map<string, { format: ClipFormat; total: number }>();
  for (const { format } of picked) {
    const name = `${format.width}x${format.height}`;
    const total = (seconds.get(name)?.total ?? 0) + format.durationSeconds;
    seconds.set(name, { format, total });
  }
  const [most] = [...seconds.values()].sort((a, b) => b.total - a.total);
  if (most === undefined) throw new RangeError('a film has at least one shot');
  return { width: most.format.width, height: most.format.height, fps: film.loaded.timeline.fps };
}

/** Everything that shapes the film, but for ffmpeg itself: a newer one makes no better film of the same clips. */
function cutKeyOf({ film }: FilmJob, clips: readonly FoundClip[], format: CutFormat): string {
  const identities = clips.map(({ sha256, relabel }) => [sha256, relabel as unknown as Json]);
  return derivedKey([
    'film',
    1,
    identities,
    film.loaded.timeline as unknown as Json,
    format as unknown as Json,
  ]);
}

/** The stored clip; or, where its drawn names are out of date, the same clip drawn again with the right ones. */
async function cutClipOf(clip: FoundClip, job: FilmJob): Promise<CutClip> {
  const { store } = job;
  const path = store.clipPath(clip.sha256);
  const audio = clip.audio ?? (await (await import('../media/probe.ts')).probe(path)).audio !== null;
  if (clip.relabel === null) return { path, identity: clip.sha256, audio };
  const ffmpeg = await job.ffmpeg();
  const key = derivedKey(['labelled', ffmpeg.version, clip.take.key, clip.relabel as unknown as Json]);
  const drawn = await store.derived.get('labelled', key, 'mp4', async file => {
    const provider = await job.redraw();
    if (provider.priced) throw new TypeError(`${provider.name} draws no names`);
    const takeJob = jobOf(clip.take, (_, name) => job.film.loaded.referencePaths.get(name) ?? '');
    await provider.draw(takeJob, { file, signal: job.signal, onProgress: () => {} });
    return null;
  });
  return { path: drawn.path, identity: key, audio };
}

async function reportOf(
  job: FilmJob,
  clips: readonly FoundClip[],
  format: CutFormat,
  cutKey: string,
  file: string,
  ffmpeg: Ffmpeg,
): Promise<Report> {
  const { timeline, storyboard } = job.film.loaded;
  const { size } = await fs.stat(file);
  const { framesToSeconds } = await import('../plan/timeline.ts');
  let start = 0;
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
    shots: clips.map(({ take, sha256 }, index) => {
      const item = timeline.items[index];
      start -= item?.dissolveFrames ?? 0;
      const startFrame = start;
      start += item?.frames ?? 0;
      const { scene, shot, key } = take;
      return { scene, shot, take: take.take, key, clip: sha256, startFrame, frameCount: item?.frames ?? 0 };
    }),
    ffmpeg: ffmpeg.version,
    cutKey,
  };
}
