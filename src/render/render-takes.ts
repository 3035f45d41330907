import { setMaxListeners } from 'node:events';
import { promises as fs } from 'node:fs';
import pLimit from 'p-limit';
import { Failure, systemFailure } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { formatDollars, type Micros } from '../model/money.ts';
import type { Key } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Job, JobMedia, Provider } from '../provider/provider.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Emit } from './event.ts';

export interface TakeRendering {
  readonly provider: Provider;
  readonly store: Store;
  readonly ffmpeg: Ffmpeg;
  readonly concurrency: number;
  /** Aborted: no new take is started, and those under way end as soon as they can go on later. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Absolute path of a file that a take's storyboard names. */
  readonly pathOf: (take: PlannedTake, file: string) => string;
  /** Called for each clip as it arrives, after its record is written. */
  readonly onClip: (record: ClipRecord, takes: readonly PlannedTake[]) => Promise<void>;
}

export interface RenderedTakes {
  readonly rendered: number;
  readonly failed: readonly { readonly take: PlannedTake; readonly failure: Failure }[];
  readonly spentMicros: Micros;
}

/** Mistakes of the machine rather than of one take: every other take would meet them too. */
const FATAL = new Set([
  'disk-full',
  'not-permitted',
  'io-error',
  'too-many-files',
  'ffmpeg-missing',
  'ffmpeg-broken',
]);

const NEVER = new AbortController().signal;

/** Renders what a plan says is missing; equal requests once. One failing take leaves the others unharmed. */
export async function renderTakes(
  takes: readonly PlannedTake[],
  context: TakeRendering,
): Promise<RenderedTakes> {
  const groups = groupByKey(takes.filter(({ action }) => action === 'render'));
  const failed: { take: PlannedTake; failure: Failure }[] = [];
  let spentMicros = 0;
  let rendered = 0;
  const limit = pLimit(context.concurrency);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  setMaxListeners(0, signal); // one for each take under way: no leak, however many there are
  const work = groups.map(group =>
    limit(async () => {
      if (signal.aborted) return;
      const [take] = group;
      try {
        const record = await renderTake(take, { ...context, signal });
        if (context.provider.priced) spentMicros += take.costMicros;
        rendered++;
        await context.onClip(record, group);
      } catch (error) {
        if (signal.aborted && isAbort(error, signal)) return;
        const failure = systemFailure(error, 'cannot store the clip');
        if (!(failure instanceof Failure) || FATAL.has(failure.code)) {
          stop.abort(failure);
          throw failure;
        }
        failed.push({ take, failure });
        const { code, message, hint } = failure;
        context.emit({ type: 'take-failed', ...nameOf(take), code, message, hint: hint ?? null });
      }
    }),
  );
  const settled = await Promise.allSettled(work);
  const fatal = settled.find(result => result.status === 'rejected');
  if (fatal !== undefined) throw fatal.reason;
  return { rendered, failed, spentMicros };
}

async function renderTake(take: PlannedTake, context: TakeRendering): Promise<ClipRecord> {
  const { provider, store, signal, emit } = context;
  const started = performance.now();
  emit({ type: 'take-started', ...nameOf(take) });
  const job = jobOf(take, context);
  const submission = await provider.submit(job, signal);
  if (submission.predictionId !== null) {
    emit({ type: 'take-submitted', ...nameOf(take), predictionId: submission.predictionId });
  }
  const file = await store.temporaryClip();
  try {
    let told = 0;
    const onProgress = (fraction: number) => {
      const tenths = Math.floor(fraction * 10);
      if (tenths > told && tenths < 10)
        emit({ type: 'take-progressed', ...nameOf(take), fraction: tenths / 10 });
      told = Math.max(told, tenths);
    };
    // What was paid for is waited for, also after Ctrl-C: there is nothing yet to find it again by.
    const waiting = provider.priced ? NEVER : signal;
    await provider.collect(job, submission, { file, signal: waiting, onProgress });
    const facts = await inspect(file, provider, { ...context, signal: waiting });
    const { sha256, bytes } = await store.putClip(file);
    const record: ClipRecord = {
      version: 1,
      key: take.key,
      clip: { sha256, bytes, ...facts },
      provider: provider.name,
      providerVersion: provider.version,
      model: take.request.model,
      inputs: take.request.inputs,
      references: take.media.map(({ field, name, token, sha256 }) => ({ field, name, token, sha256 })),
      predictionId: submission.predictionId,
      cost: formatDollars(provider.priced ? take.costMicros : 0),
      labels: provider.drawsLabels ? take.labels : null,
    };
    await store.putRecord(record);
    const seconds = Math.round(performance.now() - started) / 1000;
    emit({ type: 'take-rendered', ...nameOf(take), clip: sha256, cost: record.cost, seconds });
    return record;
  } finally {
    await fs.rm(file, { force: true });
  }
}

export function jobOf(take: PlannedTake, { pathOf }: Pick<TakeRendering, 'pathOf'>): Job {
  const media = take.media.map((use): JobMedia => ({ ...use, path: pathOf(take, use.file) }));
  return { key: take.key, request: take.request, labels: take.labels, media, output: take.format };
}

/** Probes a clip that arrived; what a service sent is decoded whole, since headers do not show a torn file. */
async function inspect(file: string, provider: Provider, { ffmpeg, signal }: TakeRendering) {
  const [{ probe }, { decodeWhole }] = await Promise.all([
    import('../media/probe.ts'),
    import('../media/decode.ts'),
  ]);
  const { width, height, durationSeconds, audio } = await probe(file);
  if (provider.version === null) await decodeWhole(ffmpeg, file, signal);
  return { width, height, durationSeconds, audio: audio !== null };
}

function groupByKey(takes: readonly PlannedTake[]): [PlannedTake, ...PlannedTake[]][] {
  const groups = new Map<Key, [PlannedTake, ...PlannedTake[]]>();
  for (const take of takes) {
    const group = groups.get(take.key);
    if (group === undefined) groups.set(take.key, [take]);
    else group.push(take);
  }
  return [...groups.values()];
}

export function nameOf({
  storyboard,
  scene,
  shot,
  take,
  key,
}: PlannedTake): Pick<PlannedTake, 'storyboard' | 'scene' | 'shot' | 'take' | 'key'> {
  return { storyboard, scene, shot, take, key };
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
