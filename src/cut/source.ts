import { Failure } from '../failure.ts';
import { stampOf } from '../media/stamp.ts';

/** A file that something is made of. */
export interface Source {
  readonly path: string;
  /** Digest of whatever makes its bytes what they are: equal identities have equal bytes. */
  readonly identity: string;
  /** Of a file of the author's, as it was when it was digested; absent where none but we write to it. */
  readonly stamp?: string;
}

/**
 * Throws where a file was written to since it was digested. To be asked when something was made of it, before that is
 * kept: else it lies under the key of what the file was, and is taken for it ever after.
 */
export function requireUnchanged(sources: readonly Source[]): void {
  for (const { path, stamp } of sources) {
    if (stamp !== undefined && stampOf(path) !== stamp)
      throw new Failure('film-wrong', `${path} was changed while the film was made of it`, {
        hint: 'Cut again.',
      });
  }
}
