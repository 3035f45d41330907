import { existsSync, promises as fs, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CutClip } from '../cut/segments.ts';
import { hasCode } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { requirePicture } from '../media/grab-still.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import { type Cue, cuesOf, toSrt, toVtt } from '../plan/subtitles.ts';
import { framesToSeconds } from '../plan/timeline.ts';
import type { LoadedStoryboard } from '../project/check-files.ts';
import { temporaryBeside, writeAnew } from '../store/atomic-write.ts';
import { type Derived, derivedKey } from '../store/derived.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { Store } from '../store/store.ts';
import type { Codec, Fps, Item } from '../storyboard/storyboard.ts';
import type { Report } from './report.ts';

/** Where the picked clips are. */
export const CLIPS = 'clips';
const POSTER = 'poster.jpg';
const BESIDE = [POSTER, 'report.json'];
const SUBTITLES = ['srt', 'vtt'] as const;

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

/** What the film of a storyboard, or one of its deliverables, is called. */
export function filmName(
  storyboard: string,
  { name, codec }: { readonly name: string | null; readonly codec: Codec },
): string {
  return `${storyboard}${name === null ? '' : `-${name}`}.${codec === 'h264' ? 'mp4' : 'mov'}`;
}

const MASTER = { name: null, codec: 'h264' } as const;

/** Every file that a storyboard's cut makes, by its path in the folder. */
export function filesOfFilm({ storyboard, timeline, file: { name } }: LoadedStoryboard): string[] {
  const { items, deliverables } = storyboard;
  const dialogue = items.map(item => item.dialogue);
  const texts = cuesOf(timeline, dialogue).length === 0 ? [] : SUBTITLES;
  return filesOf(
    [MASTER, ...deliverables].map(one => filmName(name, one)),
    texts,
    items,
  );
}

/** The same of a cut that was made, as its report has it. */
export function filesOfReport({ film, deliverables, shots }: Report): string[] {
  const items = shots.map(({ kind, scene, shot }) => ({
    kind,
    scene: scene === null ? null : { id: scene },
    id: shot,
  }));
  return filesOf(
    [film, ...deliverables].map(({ file }) => file),
    SUBTITLES,
    items,
  );
}

function filesOf(films: readonly string[], texts: readonly string[], items: readonly NamedItem[]): string[] {
  return [
    ...films.flatMap(film => [film, ...texts.map(extension => beside(film, extension))]),
    ...BESIDE,
    ...clipNames(items).flatMap(clip => (clip === null ? [] : [`${CLIPS}/${clip}`])),
  ];
}

/** What an item is called among the clips: `01-harbour-arrival.mp4`. */
interface NamedItem extends Pick<Item, 'kind' | 'id'> {
  readonly scene: { readonly id: string } | null;
}

function clipNames(items: readonly NamedItem[]): (string | null)[] {
  const digits = Math.max(2, String(items.length).length);
  return items.map(({ kind, scene, id }, index) => {
    // What the author brought is where the author has it; its place in the numbers is kept.
    if (kind !== 'shot') return null;
    const number = String(index + 1).padStart(digits, '0');
    return `${[number, ...(scene === null ? [] : [scene.id]), id].join('-')}.mp4`;
  });
}

/**
 * Lays the picked clips into `clips/` in the order of the film. Links where the file system has them, since a film's
 * clips are large; copies elsewhere.
 */
export async function writeClipLinks(
  folder: string,
  items: readonly Item[],
  clips: readonly (ShownClip | null)[],
  store: Store,
): Promise<void> {
  const target = join(folder, CLIPS);
  await makeFolder(target);
  for (const [index, name] of clipNames(items).entries()) {
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

/** What is said, beside a film and under its name, where players look. */
export async function writeSubtitles(film: string, cues: readonly Cue[]): Promise<void> {
  if (cues.length === 0) return;
  for (const extension of SUBTITLES)
    await writeAnew(beside(film, extension), extension === 'srt' ? toSrt(cues) : toVtt(cues));
}

function beside(film: string, extension: string): string {
  return film.replace(/\.\w+$/, `.${extension}`);
}

export function hasPoster(folder: string): boolean {
  return existsSync(posterIn(folder));
}

function posterIn(folder: string): string {
  return join(folder, POSTER);
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
    await makeFolder(folder); // a poster that was kept is there before the film is
    await fs.copyFile(made, temporary);
    await fs.rename(temporary, poster);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}
