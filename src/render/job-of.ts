import type { PlannedTake } from '../plan/plan.ts';
import type { Job, JobMedia } from '../provider/provider.ts';

/** What a provider is given to do; `pathOf` is the absolute path of a file that the take's storyboard names. */
export function jobOf(take: PlannedTake, pathOf: (take: PlannedTake, file: string) => string): Job {
  const media = take.media.map((use): JobMedia => ({ ...use, path: pathOf(take, use.file) }));
  return { key: take.key, request: take.request, labels: take.labels, media, output: take.format };
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
