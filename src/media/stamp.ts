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
export function requireUnchanged(
  files: readonly { readonly path: string; readonly stamp?: string | null }[],
): void {
  for (const { path, stamp = null } of files) {
    if (stamp !== null && stampNow(path) !== stamp)
      throw new Failure('film-wrong', `${path} was changed while the film was made of it`, {
        hint: 'Cut again.',
      });
  }
}

function stampNow(path: string): string | null {
  try {
    return stampOf(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
