import { existsSync, promises as fs, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CutClip } from '../cut/segments.ts';
import { hasCode } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { requirePicture } from '../media/grab-still.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import { type Cue, toSrt, toVtt } from '../plan/subtitles.ts';
import { framesToSeconds } from '../plan/timeline.ts';
import { temporaryBeside, writeAnew } from '../store/atomic-write.ts';
import { type Derived, derivedKey } from '../store/derived.ts';
import type { Store } from '../store/store.ts';
import type { Fps, Item } from '../storyboard/storyboard.ts';
import type { FilmFacts, Report } from './report.ts';

type ShownClip = Pick<CutClip, 'path' | 'identity'>;

/**
 * Throws where a folder cannot be written or made, and makes nothing: that is to be known before hours of work, and
 * Node's mkdir says of a read-only file system that there is no such folder.
 */
export async function requireWritable(folder: string): Promise<void> {
  try {
    await fs.access(folder, fs.constants.W_OK);
  } catch (error) {
    const parent = dirname(folder);
    if (!hasCode(error, 'ENOENT') || parent === folder) throw error;
    await requireWritable(parent);
  }
}

/**
 * Lays the picked clips into `clips/` in the order of the film: `01-harbour-arrival.mp4`. Links where the file
 * system has them, since a film's clips are large; copies elsewhere. Clips of an older cut are taken away.
 */
export async function writeClipLinks(
  folder: string,
  items: readonly Item[],
  clips: readonly (ShownClip | null)[],
  store: Store,
): Promise<void> {
  const target = join(folder, 'clips');
  await fs.mkdir(target, { recursive: true });
  const digits = Math.max(2, String(items.length).length);
  const names = items.map((item, index) => {
    const { scene, id } = item;
    // What the author brought is where the author has it; its place in the numbers is kept.
    if (item.kind !== 'shot') return null;
    const number = String(index + 1).padStart(digits, '0');
    return `${[number, ...(scene === null ? [] : [scene.id]), id].join('-')}.mp4`;
  });
  const wanted = new Set<string | null>(names);
  for (const name of await fs.readdir(target)) {
    if (/^\d{2,}-.*\.mp4$/.test(name) && !wanted.has(name)) await fs.rm(join(target, name), { force: true });
  }
  for (const [index, name] of names.entries()) {
    const clip = clips[index] ?? null;
    if (clip !== null && name !== null) await placeClip(clip, join(target, name), store);
  }
}

async function placeClip({ path, identity }: ShownClip, target: string, store: Store): Promise<void> {
  // At once: a film has hundreds, and nearly always all are there.
  const [source, present] = [statSync(path), statSync(target, { throwIfNoEntry: false })];
  if (present?.ino === source.ino && present.dev === source.dev) return;
  const temporary = temporaryBeside(target);
  try {
    await fs.link(path, temporary);
  } catch (error) {
    if (!hasCode(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EACCES')) throw error;
    await fs.copyFile(path, temporary);
  }
  await fs.rename(temporary, target);
  // A link touches the file's change time, by which digests are kept; its bytes are the same as before.
  if (path === store.clipPath(identity as Sha256)) await store.digests.note(path, identity as Sha256);
}

/** What is said, beside a film and under its name, where players look; taken away where nothing is said any more. */
export async function writeSubtitles(film: string, cues: readonly Cue[]): Promise<void> {
  for (const [extension, text] of [
    ['srt', toSrt(cues)],
    ['vtt', toVtt(cues)],
  ] as const) {
    const file = beside(film, extension);
    if (cues.length === 0) await fs.rm(file, { force: true });
    else await writeAnew(file, text);
  }
}

/** Deliverables that the storyboard no longer asks for would pass for current ones. */
export async function removeOldVersions(
  folder: string,
  before: Report | null,
  now: readonly FilmFacts[],
): Promise<void> {
  const wanted = new Set(now.map(({ file }) => file));
  for (const { file } of before?.deliverables ?? []) {
    if (wanted.has(file) || basename(file) !== file) continue;
    for (const gone of [file, beside(file, 'srt'), beside(file, 'vtt')])
      await fs.rm(join(folder, gone), { force: true });
  }
}

function beside(film: string, extension: string): string {
  return film.replace(/\.\w+$/, `.${extension}`);
}

export function hasPoster(folder: string): boolean {
  return existsSync(posterIn(folder));
}

function posterIn(folder: string): string {
  return join(folder, 'poster.jpg');
}

/** A still of the film, or of a piece of it. */
export async function writePoster(
  folder: string,
  { path, identity, frame, fps }: ShownClip & { readonly frame: number; readonly fps: Fps },
  {
    ffmpeg,
    derived,
    signal,
  }: { readonly ffmpeg: Ffmpeg; readonly derived: Derived; readonly signal: AbortSignal },
): Promise<void> {
  // Between two frames, the next one is taken; at a frame, rounding may have it that it is over.
  const atSeconds = framesToSeconds(Math.max(0, frame - 0.5), fps).toFixed(6);
  const key = derivedKey(['poster', 2, ffmpeg.version, identity, atSeconds]);
  const { path: made } = await derived.get('posters', key, 'jpg', async file => {
    await runFfmpeg(ffmpeg, {
      inputs: [untrustedInput(path, '-ss', atSeconds)],
      output: [
        ...['-map', '0:V:0', '-frames:v', '1', '-q:v', '2', '-threads', '1'],
        ...[...REPRODUCIBLE, '-f', 'image2', '-update', '1'],
      ],
      file,
      signal,
    });
    requirePicture(file, path, atSeconds);
    return null;
  });
  const poster = posterIn(folder);
  const temporary = temporaryBeside(poster);
  try {
    await fs.mkdir(folder, { recursive: true }); // a poster that was kept is there before the film is
    await fs.copyFile(made, temporary);
    await fs.rename(temporary, poster);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}
