import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import type { ProbedFiles } from '../store/probed-files.ts';
import type { FootageLengths, ReadableStoryboard, SoundLengths } from '../storyboard/check.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { ReferenceFile } from '../storyboard/storyboard.ts';
import type { ReferencePaths } from './reference-files.ts';

/** What a cut of existing footage must know of it before it can be laid out. */
export interface Footage {
  /** Seconds of clips and of sounds, by the file as the storyboard names it. */
  readonly lengths: FootageLengths;
  readonly sounds: SoundLengths;
  readonly diagnostics: readonly Diagnostic[];
}

/** So many files are looked into side by side: each waits for the disk at every turn. */
const SIDE_BY_SIDE = 16;

/** Looks into the clips, stills and sounds that a storyboard names: each file once, and only its headers. */
export async function probeFootage(
  { storyboard, locate }: ReadableStoryboard,
  paths: ReferencePaths,
  probed: ProbedFiles,
): Promise<Footage> {
  const lengths = new Map<string, number>();
  const sounds = new Map<string, number>();
  const limit = pLimit(SIDE_BY_SIDE);
  const problems = new Map<string, Promise<string | null>>();
  const checks: Promise<Diagnostic[]>[] = [];
  const check = (
    { file, path: place }: ReferenceFile,
    kind: 'sound' | 'picture' | 'clip',
    look: (path: string) => Promise<string | null>,
  ) => {
    const path = paths.get(file);
    if (path === undefined) return; // it was reported that it is not there
    const problem = problems.get(`${kind} ${file}`) ?? limit(() => look(path));
    problems.set(`${kind} ${file}`, problem);
    checks.push(
      problem.then(message =>
        message === null ? [] : [{ code: 'file-unreadable', severity: 'error', message, ...locate(place) }],
      ),
    );
  };
  const sound = (reference: ReferenceFile) =>
    check(reference, 'sound', async path => {
      const seconds = await probed.soundSeconds(path);
      if (seconds === null)
        return `${reference.file} is no sound that can be read: it takes WAV, MP3, M4A, FLAC or Ogg`;
      sounds.set(reference.file, seconds);
      return null;
    });
  const picture = (reference: ReferenceFile) =>
    check(reference, 'picture', async path => {
      const { stillInput } = await import('../media/still.ts');
      return (await stillInput(path)) === null
        ? `${reference.file} is no PNG, JPEG, WebP or BMP picture`
        : null;
    });
  const clip = (reference: ReferenceFile) =>
    check(reference, 'clip', async path => {
      const seconds = await lengthOf(path, reference.file, probed);
      if (typeof seconds === 'string') return seconds;
      lengths.set(reference.file, seconds);
      return null;
    });
  const logo = storyboard.cut.watermark?.image ?? null;
  if (logo !== null) picture(logo);
  if (storyboard.audio.music !== null) sound(storyboard.audio.music.file);
  for (const item of storyboard.items) {
    for (const { file } of item.voices) sound(file);
    if (item.kind === 'clip') clip(item.file);
    else if (item.kind === 'still') picture(item.file);
  }
  return { lengths, sounds, diagnostics: (await Promise.all(checks)).flat() };
}

/** Seconds; or what is wrong with it. */
async function lengthOf(path: string, file: string, probed: ProbedFiles): Promise<number | string> {
  try {
    const { durationSeconds, torn } = await probed.video(path);
    if (torn) return `${file} is damaged: it ends before the last frame that it promises`;
    return durationSeconds > 0 ? durationSeconds : `${file} has no length: it is empty or damaged`;
  } catch (error) {
    if (error instanceof Failure) return `${file} cannot be read as a video: it takes MP4, MOV, MKV or WebM`;
    throw error;
  }
}
