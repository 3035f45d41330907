import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { type Ffmpeg, locateFfmpeg } from '../media/ffmpeg.ts';
import { formatDollars, type Micros } from '../model/money.ts';
import { type Plan, pickedOnly } from '../plan/plan.ts';
import { ANIMATIC, fillPlan, fitToMoney, refuseFilledLock } from '../project/fillers.ts';
import { type PlannedFiles, type PlanOptions, planFiles } from '../project/plan-files.ts';
import { type QuotedPlan, quotePlan, unquoted } from '../project/quote-plan.ts';
import { isRehearsal, loadProvider, type ServiceAccess } from '../provider/load-provider.ts';
import type { PaidProvider, Provider } from '../provider/provider.ts';
import { type Checkpoint, refuseOtherService } from '../store/journal/journal.ts';
import {
  refuseFreeLock,
  refuseFrozen,
  refuseOverBalance,
  refuseOverBudget,
  refuseUnpriced,
} from './allowance.ts';
import type { Emit } from './event.ts';
import { requireRoom } from './film-folder.ts';
import { isToMake } from './render-takes.ts';
import { Run } from './run.ts';

export interface RenderOptions extends PlanOptions {
  /** Where films go; default: `out` in the project's folder. */
  readonly out?: string | undefined;
  /** Takes rendered at once; default 3. */
  readonly concurrency?: number | undefined;
  /** False: render the clips, make no film. */
  readonly cut?: boolean | undefined;
  /** Write the digests of the finished films into the lock file. */
  readonly lockFilm?: boolean | undefined;
  /** Make each film a second time, from nothing but its clips, and compare it with the lock file. */
  readonly verify?: boolean | undefined;
  /** A film with anything in it that should be looked at counts as failed. */
  readonly strict?: boolean | undefined;
  /** Buy what the money is enough for, and fill the rest of the film: `animatic`, or a profile whose clips are there. */
  readonly fill?: string | undefined;
  /** The most that this run may spend. Holds whatever `confirm` says. */
  readonly maxCostMicros?: Micros | undefined;
  /** Asked once, before anything is spent, and only if something would be. Absent: the answer is no. */
  readonly confirm?: ((quoted: QuotedPlan) => Promise<boolean>) | undefined;
  /** Called with the priced plan before anything is asked; throws a Failure to refuse it. */
  readonly review?: ((planned: PlannedFiles, quoted: QuotedPlan) => Promise<void>) | undefined;
  /** How long to wait for clips, in milliseconds; what is not here by then is fetched by the next run. Default: as long as it takes. */
  readonly waitMs?: number | undefined;
  readonly onEvent?: Emit | undefined;
  /** A service's key and address; default: what `environment` says. */
  readonly access?: ServiceAccess | undefined;
  /** The variables STORYREEL_FFMPEG, STORYREEL_WAVESPEED_URL, WAVESPEED_API_KEY and PATH; pass `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** A provider of the caller's own, in place of the named one. */
  readonly customProvider?: Provider | undefined;
  /** Called around each change of state in the journal. */
  readonly checkpoint?: Checkpoint | undefined;
}

export interface RenderResult {
  readonly exitCode: ExitCode;
  readonly plan: Plan;
  /** Absolute paths, in the order of the storyboards that have one. */
  readonly films: readonly string[];
  readonly failed: readonly { readonly shot: string; readonly take: number; readonly failure: Failure }[];
  readonly spentMicros: Micros;
}

/** Plans, asks, renders what is missing and cuts the films. Throws a Failure where nothing could be done. */
export async function render(files: readonly string[], given: RenderOptions = {}): Promise<RenderResult> {
  const options = { ...given, rehearsal: isRehearsal(accessOf(given)) };
  const custom = options.customProvider;
  const frozen = options.frozen === true;
  if (options.fill !== undefined) refuseFilledLock(options);
  const wanted = { ...options, identity: custom ?? options.identity, ...(frozen ? { only: undefined } : {}) };
  let listed = await planFiles(files, wanted);
  if (options.lockFilm === true) refuseFreeLock(listed);
  if (options.cut !== false) await requireRoom(listed, options);
  if (listed.plan.provider.name === 'wavespeed' && custom === undefined) {
    const { serviceOf } = await import('../provider/wavespeed/service-url.ts');
    refuseOtherService(listed.purchases.service, serviceOf(accessOf(options)));
  }
  const findFfmpeg = ffmpegFinder(listed, options);
  const getProvider = providerGetter(listed, options, findFfmpeg);
  const getAnimatic = animaticGetter(listed, findFfmpeg);
  if (frozen) {
    // Other takes than those of the film are of no matter: nothing is bought.
    listed = { ...listed, plan: pickedOnly(listed.plan) };
    refuseFrozen(listed);
  }
  // What cannot render must not ask for money first.
  const missing = listed.plan.takes.filter(isToMake);
  const provider = missing.length > 0 ? await orWithoutKey(getProvider()) : null;
  const service = provider === null || provider instanceof Failure || !provider.priced ? null : provider;
  if (service !== null) await findFfmpeg(); // clips are checked with it
  const asked = await quote(listed, service, options);
  const quoted =
    options.fill === undefined
      ? asked
      : await fillPlan(options.fill, fitToMoney(asked, listed, options.maxCostMicros), listed, options);
  const planned = { ...listed, plan: quoted.plan };
  options.onEvent?.({
    type: 'planned',
    storyboards: planned.films.length,
    takes: planned.plan.takes.length,
    toRender: new Set(planned.plan.takes.filter(isToMake).map(({ key }) => key)).size,
    cost: planned.plan.unpriced.new > 0 ? null : formatDollars(planned.plan.newMicros),
  });
  if (provider instanceof Failure && quoted.plan.unpriced.new > 0) throw provider; // who has no key is told no price
  refuseUnpriced(quoted.plan);
  refuseOverBudget(planned, options.maxCostMicros);
  refuseOverBalance(quoted);
  await options.review?.(planned, quoted);
  // Who would not be asked needs no key to be refused.
  if (provider instanceof Failure && (options.confirm !== undefined || quoted.plan.newMicros === 0))
    throw provider;
  await confirmCost(quoted, options);
  try {
    return await new Run({ planned, options, findFfmpeg, getProvider, getAnimatic }).go();
  } finally {
    if (provider !== null && 'close' in provider && options.customProvider === undefined) provider.close();
  }
}

/** Makes the films from the clips that exist. Renders nothing, asks nothing. */
export async function cut(files: readonly string[], given: RenderOptions = {}): Promise<RenderResult> {
  const options = { ...given, rehearsal: isRehearsal(accessOf(given)) };
  const planned = await planFiles(files, options);
  if (options.lockFilm === true) refuseFreeLock(planned);
  const findFfmpeg = ffmpegFinder(planned, options);
  const getProvider = providerGetter(planned, options, findFfmpeg);
  const getAnimatic = animaticGetter(planned, findFfmpeg);
  return await new Run({ planned, options, findFfmpeg, getProvider, getAnimatic }).go({ cutOnly: true });
}

/** A service whose key is missing cannot be bought from; what that would cost is known all the same. */
async function orWithoutKey(provider: Promise<Provider>): Promise<Provider | Failure> {
  try {
    return await provider;
  } catch (error) {
    if (error instanceof Failure && error.code === 'key-missing') return error;
    throw error;
  }
}

async function quote(
  planned: PlannedFiles,
  service: PaidProvider | null,
  { signal }: RenderOptions,
): Promise<QuotedPlan> {
  if (service === null) return unquoted(planned.plan);
  return await quotePlan(planned, service, signal ?? new AbortController().signal);
}

function providerGetter(
  { plan, store }: PlannedFiles,
  options: RenderOptions,
  findFfmpeg: () => Promise<Ffmpeg>,
): () => Promise<Provider> {
  return once(
    async () =>
      options.customProvider ??
      (await loadProvider(plan.provider.name, { ffmpeg: findFfmpeg, store, access: accessOf(options) })),
  );
}

/** What fills a film; it needs no key. */
function animaticGetter({ store }: PlannedFiles, ffmpeg: () => Promise<Ffmpeg>): () => Promise<Provider> {
  const access = { key: undefined, url: undefined };
  return once(async () => await loadProvider(ANIMATIC, { ffmpeg, store, access }));
}

function accessOf({ access, environment }: RenderOptions): ServiceAccess {
  return access ?? { key: environment?.WAVESPEED_API_KEY, url: environment?.STORYREEL_WAVESPEED_URL };
}

/** Looks for ffmpeg when it is first needed: a run that finds everything done starts none. */
function ffmpegFinder({ store }: PlannedFiles, { environment }: RenderOptions): () => Promise<Ffmpeg> {
  return once(() =>
    locateFfmpeg({
      override: environment?.STORYREEL_FFMPEG,
      searchPath: environment?.PATH,
      kept: store.ffmpegs,
    }),
  );
}

async function confirmCost(quoted: QuotedPlan, { confirm }: RenderOptions): Promise<void> {
  const { newMicros } = quoted.plan;
  if (newMicros === 0) return;
  if (confirm !== undefined && (await confirm(quoted))) return;
  throw new Failure('not-confirmed', `$${formatDollars(newMicros)} would be spent, and nobody said yes`, {
    hint: 'Nothing was submitted. Run it again on a terminal and answer, or with --yes.',
    exitCode: EXIT.refused,
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
