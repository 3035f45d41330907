import { hasCode } from '../failure.ts';
import { changedReference, requireSameReferences, stampOf } from '../media/stamp.ts';
import type { Sha256 } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { DrawContext, FreeProvider } from '../provider/provider.ts';
import type { Digests } from '../store/digests.ts';
import type { FindMedia } from './find-media.ts';
import { jobOf } from './job-of.ts';

export interface DrawJobContext extends DrawContext {
  readonly provider: FreeProvider;
  readonly digests: Digests;
  readonly findMedia: FindMedia;
}

/**
 * Draws a take's clip of the very bytes that its key names. Throws a Failure where a file had others by now, or was
 * changed or taken away while it was drawn: such a clip must not be kept.
 */
export async function drawJob(
  take: PlannedTake,
  { provider, digests, findMedia, ...context }: DrawJobContext,
): Promise<void> {
  const job = await jobOf(take, findMedia);
  const stamped = <File extends DigestedFile>(file: File) => withStamp(file, digests);
  const media = await Promise.all(job.media.map(stamped));
  const named = (take.labels.fonts ?? []).map((font, index) => ({ ...font, path: job.fonts[index] ?? '' }));
  const fonts = await Promise.all(named.map(stamped));
  try {
    await provider.draw({ ...job, media }, context);
  } finally {
    requireSameReferences([...media, ...fonts]); // why it could not be drawn, if it could not
  }
}

interface DigestedFile {
  readonly file: string;
  readonly sha256: Sha256;
  readonly path: string;
}

/** Stamped before it is digested: what comes between is then told. */
async function withStamp<File extends DigestedFile>(
  file: File,
  digests: Digests,
): Promise<File & { stamp: string }> {
  try {
    const stamp = stampOf(file.path);
    if ((await digests.of(file.path)) === file.sha256) return { ...file, stamp };
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  throw changedReference(file);
}
