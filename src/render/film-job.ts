import type { Emit } from './event.ts';
import type { ClipSources } from './film-clips.ts';

/** A film to be made, with its deliverables. */
export interface FilmJob extends ClipSources {
  /** `out/<name>`. */
  readonly folder: string;
  readonly provider: string;
  /** What fills shots in the place of their own clips, by shot. */
  readonly filled: ReadonlyMap<string, string>;
  /** It is to be pinned: what another ffmpeg made is made anew, since this one could not prove it. */
  readonly pinned: boolean;
  readonly emit: Emit;
}
