import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { EXIT, Failure, systemFailure, tell } from '../failure.ts';
import type { Key } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import { type SourceTake, sourceTakes } from '../plan/request.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Emit } from './event.ts';
import { nameOf } from './job-of.ts';
import type { TakeGroup, TakeSource } from './take-source.ts';

export interface TakeRendering {
  readonly source: TakeSource;
  readonly concurrency: number;
  /** Aborted: no new take is started, and those under way end as soon as they can go on later. */
  readonly stop: AbortController;
  readonly emit: Emit;
  /** Called for each clip as it arrives, after its record is written. */
  readonly onClip: (record: ClipRecord, takes: TakeGroup) => void;
}

export interface RenderedTakes {
  readonly rendered: number;
  readonly failed: readonly { readonly take: PlannedTake; readonly failure: Failure }[];
}

/** Mistakes of the machine rather than of one take: every other take would meet them too. */
const FATAL = new Set([
  'disk-full',
  'not-permitted',
  'io-error',
  'too-many-files',
  'ffmpeg-missing',
  'ffmpeg-broken',
  'journal-busy',
  'journal-broken',
]);

/** Clips fetched, checked and stored at once: enough to wait for several disks, few enough to leave orders room. */
const FETCHES = 16;

/** How often to look whether another process has finished a clip. */
const ELSEWHERE_MS = 250;

/** Gets the clips that a plan says are missing; equal requests once. One failing take leaves the others unharmed. */
export async function renderTakes(
  takes: readonly PlannedTake[],
  context: TakeRendering,
): Promise<RenderedTakes> {
  const failed: { take: PlannedTake; failure: Failure }[] = [];
  let rendered = 0;
  const limit = pLimit(context.concurrency);
  // A clip that is made is fetched while the next one is in the making; but where fetching does not keep up, no more
  // are bought ahead of it: what waits is paid for, and takes memory.
  const fetching = pLimit(FETCHES);
  const begun = pLimit(2 * context.concurrency + 2 * FETCHES);
  const { source, stop, emit } = context;
  const { signal } = stop;
  setMaxListeners(0, signal); // one for each take under way: no leak, however many there are
  const obtain = async (group: TakeGroup): Promise<ClipRecord | null> => {
    for (;;) {
      const clip = await begun(async () => {
        const made = await limit(() => (signal.aborted ? null : source.obtain(group)));
        return typeof made === 'function' ? await fetching(made) : made;
      });
      if (clip !== 'elsewhere') return clip;
      // Without a place in the queue: other takes can be rendered meanwhile.
      while (!signal.aborted && source.isElsewhere(group[0].key)) await sleep(ELSEWHERE_MS);
    }
  };
  const missing = takes.filter(isToMake).sort((a, b) => a.depth - b.depth);
  const underway = new Map<Key, Promise<boolean>>();
  /** True if there is a clip now. */
  const renderGroup = async (group: TakeGroup): Promise<boolean> => {
    const [take] = group;
    try {
      // Those that pictures are taken from stand before: each of them is under way already, or done.
      const sources = take.action === 'render' ? sourceTakes(take.media) : []; // what was sent needs none any more
      const made = await Promise.all(sources.map(({ key }) => underway.get(key) ?? true));
      if (signal.aborted) return false;
      const lost = sources.find((_, index) => made[index] === false);
      if (lost !== undefined) throw waitsInVain(lost);
      const record = await obtain(group);
      if (record === null) return false;
      rendered++;
      context.onClip(record, group);
      return true;
    } catch (error) {
      if (signal.aborted && isAbort(error, signal)) return false;
      const failure = systemFailure(error, 'cannot store the clip');
      const isHeld = isUnknownOutcome(failure);
      const isFatal = !(failure instanceof Failure) || FATAL.has(failure.code);
      // What is paid for is told for each take, also where everything ends.
      if (failure instanceof Failure && (isHeld || !isFatal)) {
        emit({ type: isHeld ? 'take-held' : 'take-failed', ...nameOf(take), ...tell(failure) });
      }
      if (isFatal) {
        stop.abort(failure);
        throw failure;
      }
      failed.push({ take, failure });
      return false;
    }
  };
  const work = groupByKey(missing).map(group => {
    const rendering = renderGroup(group);
    const isMade = rendering.catch(() => false);
    underway.set(group[0].key, isMade);
    return rendering;
  });
  const settled = await Promise.allSettled(work);
  const fatal = settled.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (fatal.length > 0) throw fatal.find(isUnknownOutcome) ?? fatal[0];
  return { rendered, failed };
}

/** Whether a clip is to be made, or fetched, or looked for. */
export function isToMake({ action }: Pick<PlannedTake, 'action'>): boolean {
  return action !== 'cached' && action !== 'skip';
}

/** What it was to begin with will not come. */
function waitsInVain({ shot }: SourceTake): Failure {
  return new Failure('upstream-failed', `it begins with a picture of ${shot}, which has no clip`, {
    hint: `Nothing was submitted. Mend ${shot} first; the next run goes on from there.`,
    exitCode: EXIT.shotsFailed,
  });
}

/** Perhaps paid for: this weighs more than whatever else went wrong. */
function isUnknownOutcome(error: unknown): boolean {
  return error instanceof Failure && error.exitCode === EXIT.unknownOutcome;
}

function groupByKey(takes: readonly PlannedTake[]): TakeGroup[] {
  const groups = new Map<Key, [PlannedTake, ...PlannedTake[]]>();
  for (const take of takes) {
    const group = groups.get(take.key);
    if (group === undefined) groups.set(take.key, [take]);
    else group.push(take);
  }
  return [...groups.values()];
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
