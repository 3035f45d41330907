import { type BigIntStats, statSync } from 'node:fs';
import { Failure, hasCode } from '../failure.ts';

/**
 * Another one where a file was written to, or replaced. A link to it, which touches but its change time, does neither.
 * At once: to hand a film's hundred files to another thread costs ten times as much. Throws what the file system throws.
 */
export function stampOf(path: string): string {
  return stampFrom(statSync(path, { bigint: true }));
}

export function stampFrom({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join(':');
}

/**
 * Throws where a file was written to, or taken away, since it had this stamp. To be asked when something was made of it,
 * before that is kept: else it lies under the key of what the file was, and is taken for it ever after.
 */
export function requireUnchanged(files: readonly StampedFile[]): void {
  const changed = files.find(isChanged);
  if (changed !== undefined)
    throw new Failure('film-wrong', `${changed.path} was changed while the film was made of it`, {
      hint: 'Cut again.',
    });
}

/** The same for the references that a clip is drawn with. `file`: as the storyboard names it. */
export function requireSameReferences(files: readonly (StampedFile & { readonly file: string })[]): void {
  const changed = files.find(isChanged);
  if (changed !== undefined) throw changedReference(changed);
}

export function changedReference({ file }: { readonly file: string }): Failure {
  return new Failure('reference-changed', `${file} was changed while a clip was drawn with it`, {
    hint: 'Nothing was kept of it. Run the same command again, for a clip with the file as it is now.',
  });
}

interface StampedFile {
  readonly path: string;
  /** Of the file as it was digested; without one, nothing is asked of it. */
  readonly stamp?: string | null;
}

function isChanged({ path, stamp = null }: StampedFile): boolean {
  return stamp !== null && stampNow(path) !== stamp;
}

function stampNow(path: string): string | null {
  try {
    return stampOf(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
