import { Failure } from '../failure.ts';
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

/** Looks into the clips, stills and sounds that a storyboard names: each file once, and only its headers. */
export async function probeFootage(
  { storyboard, locate }: ReadableStoryboard,
  paths: ReferencePaths,
): Promise<Footage> {
  const lengths = new Map<string, number>();
  const sounds = new Map<string, number>();
  const diagnostics: Diagnostic[] = [];
  const problems = new Map<string, string | null>();
  const check = async (
    { file, path: place }: ReferenceFile,
    look: (path: string) => Promise<string | null>,
  ) => {
    const path = paths.get(file);
    if (path === undefined) return; // it was reported that it is not there
    let message = problems.get(file);
    if (message === undefined) {
      message = await look(path);
      problems.set(file, message);
    }
    if (message === null) return;
    diagnostics.push({
      code: 'file-unreadable',
      severity: 'error',
      message,
      ...locate(place),
    });
  };
  const sound = async (reference: ReferenceFile) =>
    await check(reference, async path => {
      const { probeSound } = await import('../media/probe.ts');
      const seconds = await probeSound(path);
      if (seconds === null)
        return `${reference.file} is no sound that can be read: it takes WAV, MP3, M4A, FLAC or Ogg`;
      sounds.set(reference.file, seconds);
      return null;
    });
  const picture = async (reference: ReferenceFile) =>
    await check(reference, async path => {
      const { stillInput } = await import('../media/still.ts');
      return (await stillInput(path)) === null
        ? `${reference.file} is no PNG, JPEG, WebP or BMP picture`
        : null;
    });
  const logo = storyboard.cut.watermark?.image ?? null;
  if (logo !== null) await picture(logo);
  if (storyboard.audio.music !== null) await sound(storyboard.audio.music.file);
  for (const item of storyboard.items) {
    for (const { file } of item.voices) await sound(file);
    if (item.kind === 'clip') {
      await check(item.file, async path => {
        const seconds = await lengthOf(path, item.file.file);
        if (typeof seconds === 'string') return seconds;
        lengths.set(item.file.file, seconds);
        return null;
      });
    } else if (item.kind === 'still') await picture(item.file);
  }
  return { lengths, sounds, diagnostics };
}

/** Seconds; or what is wrong with it. */
async function lengthOf(path: string, file: string): Promise<number | string> {
  const { probe } = await import('../media/probe.ts');
  try {
    const { durationSeconds, torn } = await probe(path);
    if (torn) return `${file} is damaged: it ends before the last frame that it promises`;
    return durationSeconds > 0 ? durationSeconds : `${file} has no length: it is empty or damaged`;
  } catch (error) {
    if (error instanceof Failure) return `${file} cannot be read as a video: it takes MP4, MOV, MKV or WebM`;
    throw error;
  }
}
