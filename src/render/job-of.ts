import type { PlannedTake } from '../plan/plan.ts';
import type { Job } from '../provider/provider.ts';
import type { FindMedia } from './find-media.ts';

/** What a provider is given to do. */
export async function jobOf(take: PlannedTake, findMedia: FindMedia): Promise<Job> {
  const media = await Promise.all(take.media.map(use => findMedia(take, use)));
  const fonts = await Promise.all(
    (take.labels.fonts ?? []).map(async source => {
      const font = { field: 'fonts', name: null, description: null, token: '', source };
      return (await findMedia(take, font)).path;
    }),
  );
  return { key: take.key, request: take.request, labels: take.labels, media, fonts, output: take.format };
}

/** How events call a take. */
export function nameOf({
  storyboard,
  scene,
  shot,
  take,
  key,
}: PlannedTake): Pick<PlannedTake, 'storyboard' | 'scene' | 'shot' | 'take' | 'key'> {
  return { storyboard, scene, shot, take, key };
}

/** Progress in tenths: what a log or a screen can use. */
export function inTenths(tell: (fraction: number) => void): (fraction: number) => void {
  let told = 0;
  return fraction => {
    const tenths = Math.floor(fraction * 10);
    if (tenths > told && tenths < 10) tell(tenths / 10);
    told = Math.max(told, tenths);
  };
}
