import { EXIT, Failure } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { Sha256 } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { MediaUse, SourceTake } from '../plan/request.ts';
import type { JobMedia } from '../provider/provider.ts';
import { derivedKey } from '../store/derived.ts';
import { hashFile } from '../store/digests.ts';
import type { Store } from '../store/store.ts';

/** Finds the bytes of a take's medium on this machine. */
export type FindMedia = (take: PlannedTake, use: MediaUse) => Promise<JobMedia>;

export interface MediaContext {
  readonly store: Store;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  readonly signal: AbortSignal;
  /** The takes of the plan: one of them may have its clip through the lock file alone. */
  readonly takes: readonly PlannedTake[];
  /** The absolute path of a file that a take's storyboard names. */
  readonly pathOf: (take: PlannedTake, file: string) => string;
}

/** Files of the project as they are; frames are taken from clips once, and kept. */
export function mediaFinder(context: MediaContext): FindMedia {
  const { takes, pathOf } = context;
  const clips = new Map(takes.flatMap(({ key, clip }) => (clip === null ? [] : [[key, clip] as const])));
  return async (take, { source, ...use }) => {
    if ('file' in source) return { ...use, ...source, path: pathOf(take, source.file) };
    const clip = (await context.store.record(source.key))?.clip.sha256 ?? clips.get(source.key) ?? null;
    if (clip === null || (await context.store.clipState(clip)) !== 'intact') throw notThere(source);
    const file = source.at === null ? `the clip of ${source.shot}` : `a frame of ${source.shot}`;
    if (source.at === null) return { ...use, file, path: context.store.clipPath(clip), sha256: clip };
    return { ...use, file, ...(await frameOf(clip, { ...source, at: source.at }, context)) };
  };
}

/** Taken anew where what was kept has other bytes than were written: a clip is drawn with it, or bought. */
async function frameOf(
  clip: Sha256,
  source: SourceTake & { readonly at: NonNullable<SourceTake['at']> },
  { store, ffmpeg: findFfmpeg, signal }: MediaContext,
): Promise<{ path: string; sha256: Sha256 }> {
  const { at } = source;
  const ffmpeg = await findFfmpeg();
  const key = derivedKey(['frame', ffmpeg.version, clip, at]);
  for (;;) {
    const { path, facts, made } = await store.derived.get('frames', key, 'png', async file => {
      const { extractFrame } = await import('../media/frame.ts');
      await extractFrame(ffmpeg, store.clipPath(clip), at, file, signal);
      // Or another picture lies under this clip's digest.
      if ((await store.clipState(clip)) !== 'intact') throw notThere(source);
      return { sha256: await hashFile(file) };
    });
    if (made || (await store.digests.of(path)) === facts.sha256) return { path, sha256: facts.sha256 };
    await store.derived.remove(path);
  }
}

function notThere({ shot }: SourceTake): Failure {
  return new Failure('upstream-missing', `it begins with a picture of ${shot}, whose clip is not here`, {
    hint: `Nothing was submitted. Render ${shot} first.`,
    exitCode: EXIT.shotsFailed,
  });
}
