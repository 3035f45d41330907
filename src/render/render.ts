import { randomInt } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { EXIT, type ExitCode, Failure, systemFailure } from '../failure.ts';
import { type Ffmpeg, locateFfmpeg } from '../media/ffmpeg.ts';
import { formatDollars, type Micros } from '../model/money.ts';
import { pinSeeds } from '../plan/pin-seeds.ts';
import type { Plan, PlannedTake } from '../plan/plan.ts';
import {
  type PlannedFiles,
  type PlannedStoryboard,
  type PlanOptions,
  planFiles,
} from '../project/plan-files.ts';
import { loadProvider } from '../provider/load-provider.ts';
import type { Provider } from '../provider/provider.ts';
import { holdStore } from '../store/in-use.ts';
import { lockTakes } from '../store/lock-file.ts';
import type { ClipRecord } from '../store/record.ts';
import { refuseFrozen, refuseOverBudget } from './allowance.ts';
import type { Emit, RenderEvent } from './event.ts';
import { makeFilm } from './film.ts';
import { renderTakes } from './render-takes.ts';

export interface RenderOptions extends PlanOptions {
  /** Where films go; default: `out` in the project's folder. */
  readonly out?: string | undefined;
  /** Takes rendered at once; default 3. */
  readonly concurrency?: number | undefined;
  /** False: render the clips, make no film. */
  readonly cut?: boolean | undefined;
  /** Build the film from locked clips alone; refuse if that does not give exactly this storyboard. */
  readonly frozen?: boolean | undefined;
  /** The most that this run may spend. Holds whatever `confirm` says. */
  readonly maxCostMicros?: Micros | undefined;
  /** Asked once, before anything is spent, and only if something would be. Default: no. */
  readonly confirm?: ((plan: Plan) => Promise<boolean>) | undefined;
  /** Aborting stops the run so that it can be resumed. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: Emit | undefined;
  /** The variables STORYREEL_FFMPEG and PATH; pass `process.env` to use the system's ffmpeg. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** A provider of the caller's own, in place of the named one. */
  readonly customProvider?: Provider | undefined;
}

export interface RenderResult {
  readonly exitCode: ExitCode;
  readonly plan: Plan;
  /** Absolute paths, in the order of the storyboards that have one. */
  readonly films: readonly string[];
  readonly failed: readonly { readonly shot: string; readonly take: number; readonly failure: Failure }[];
  readonly spentMicros: Micros;
}

export const DEFAULT_CONCURRENCY = 3;

/** Plans, asks, renders what is missing and cuts the films. Throws a Failure where nothing could be done. */
export async function render(files: readonly string[], options: RenderOptions = {}): Promise<RenderResult> {
  const custom = options.customProvider;
  const planned = await planFiles(files, { ...options, identity: custom ?? options.identity });
  const emit = options.onEvent ?? (() => {});
  const toRender = new Set(
    planned.plan.takes.filter(({ action }) => action === 'render').map(({ key }) => key),
  );
  emit({
    type: 'planned',
    storyboards: planned.films.length,
    takes: planned.plan.takes.length,
    toRender: toRender.size,
    cost: formatDollars(planned.plan.newMicros),
  });
  if (options.frozen === true) refuseFrozen(planned);
  refuseOverBudget(planned, options.maxCostMicros);

  const findFfmpeg = ffmpegFinder(options);
  const getProvider = once(
    async () => custom ?? (await loadProvider(planned.plan.provider.name, findFfmpeg, planned.store.derived)),
  );
  if (toRender.size > 0) await getProvider(); // what cannot render must not ask for money first
  await confirmCost(planned.plan, options);
  return await new Run(planned, options, emit, findFfmpeg, getProvider).go();
}

/** Makes the films from the clips that exist. Renders nothing, asks nothing. */
export async function cut(files: readonly string[], options: RenderOptions = {}): Promise<RenderResult> {
  const planned = await planFiles(files, options);
  const findFfmpeg = ffmpegFinder(options);
  const getProvider = once(() => loadProvider(planned.plan.provider.name, findFfmpeg, planned.store.derived));
  return await new Run(planned, options, options.onEvent ?? (() => {}), findFfmpeg, getProvider).go({
    cutOnly: true,
  });
}

/** Looks for ffmpeg when it is first needed: a run that finds everything done starts none. */
function ffmpegFinder({ environment }: RenderOptions): () => Promise<Ffmpeg> {
  return once(() => locateFfmpeg({ override: environment?.STORYREEL_FFMPEG, searchPath: environment?.PATH }));
}

async function confirmCost(plan: Plan, { confirm }: RenderOptions): Promise<void> {
  if (plan.newMicros === 0) return;
  if (confirm !== undefined && (await confirm(plan))) return;
  throw new Failure(
    'not-confirmed',
    `$${formatDollars(plan.newMicros)} would be spent, and nobody said yes`,
    {
      hint: 'Nothing was submitted. Run it again on a terminal and answer, or with --yes.',
      exitCode: EXIT.refused,
    },
  );
}

class Run {
  private readonly planned: PlannedFiles;
  private readonly options: RenderOptions;
  private readonly emit: Emit;
  private readonly findFfmpeg: () => Promise<Ffmpeg>;
  private readonly getProvider: () => Promise<Provider>;
  private readonly signal: AbortSignal;
  private lockWrites: Promise<void> = Promise.resolve();

  constructor(
    planned: PlannedFiles,
    options: RenderOptions,
    emit: Emit,
    findFfmpeg: () => Promise<Ffmpeg>,
    getProvider: () => Promise<Provider>,
  ) {
    this.planned = planned;
    this.options = options;
    this.emit = emit;
    this.findFfmpeg = findFfmpeg;
    this.getProvider = getProvider;
    this.signal = options.signal ?? new AbortController().signal;
  }

  async go({ cutOnly = false } = {}): Promise<RenderResult> {
    const { store } = this.planned;
    const plan = cutOnly ? this.planned.plan : pinSeeds(this.planned.plan, limit => randomInt(limit + 1));
    try {
      const hold = await holdStore(store.folder, 'shared');
      try {
        const outcome = cutOnly ? { rendered: 0, failed: [], spentMicros: 0 } : await this.renderTakes(plan);
        const films = this.signal.aborted || this.options.cut === false ? [] : await this.makeFilms(plan);
        return this.finish(plan, films, outcome, cutOnly);
      } finally {
        await store.digests.save();
        hold.release();
      }
    } catch (error) {
      if (this.signal.aborted && !(error instanceof Failure)) {
        return this.finish(plan, [], { rendered: 0, failed: [], spentMicros: 0 }, cutOnly);
      }
      throw systemFailure(error, 'cannot write the store or the film');
    }
  }

  private async renderTakes(plan: Plan) {
    if (!plan.takes.some(({ action }) => action === 'render')) {
      await this.lockBought(plan.takes);
      return { rendered: 0, failed: [], spentMicros: 0 };
    }
    const outcome = await renderTakes(plan.takes, {
      provider: await this.getProvider(),
      store: this.planned.store,
      ffmpeg: await this.findFfmpeg(),
      concurrency: this.options.concurrency ?? DEFAULT_CONCURRENCY,
      signal: this.signal,
      emit: this.emit,
      pathOf: (take, file) => this.filmOf(take).loaded.referencePaths.get(file) ?? '',
      onClip: async (_, takes) => await this.lockBought(takes),
    });
    await this.lockBought(plan.takes);
    await this.noteHistory(plan.takes);
    return outcome;
  }

  /** Pins bought clips in the lock files, one writer at a time. What is pinned already stays as it is. */
  private lockBought(takes: readonly PlannedTake[]): Promise<void> {
    if (!this.planned.plan.provider.priced) return Promise.resolve();
    this.lockWrites = this.lockWrites.then(async () => {
      for (const film of this.planned.films) {
        const entries: Parameters<typeof lockTakes>[1][number][] = [];
        for (const take of takes) {
          if (this.filmOf(take) !== film) continue;
          const record = await this.planned.store.record(take.key);
          if (record !== null) entries.push({ shot: take.shot, take: take.take, locked: lockedTake(record) });
        }
        if (entries.length > 0) await lockTakes(film.lockFile, entries);
      }
    });
    return this.lockWrites;
  }

  private async noteHistory(takes: readonly PlannedTake[]): Promise<void> {
    const { store, films, plan } = this.planned;
    for (const film of films) {
      const own: PlannedTake[] = [];
      for (const take of takes) {
        if (this.filmOf(take) === film && (await store.record(take.key)) !== null) own.push(take);
      }
      await film.history.note(plan.provider.name, own);
    }
  }

  private async makeFilms(plan: Plan): Promise<string[]> {
    const films: string[] = [];
    for (const film of this.planned.films) {
      const own = await this.pickedTakes(plan, film);
      const made = await makeFilm({
        film,
        picked: own,
        store: this.planned.store,
        folder: join(this.outFolder(), film.loaded.file.name),
        provider: plan.provider.name,
        ffmpeg: this.findFfmpeg,
        redraw: this.getProvider,
        signal: this.signal,
        emit: this.emit,
      });
      if (made !== null) films.push(made);
    }
    return films;
  }

  /** The film needs all shots, also those that `--only` kept out of this run's plan. */
  private async pickedTakes(plan: Plan, film: PlannedStoryboard): Promise<PlannedTake[]> {
    let { takes } = plan;
    if (this.options.only !== undefined) {
      const whole = await planFiles([film.loaded.file.path], {
        ...this.options,
        only: undefined,
        identity: plan.provider,
      });
      takes = whole.plan.takes.map(take => ({ ...take, storyboard: film.loaded.file.file }));
    }
    return takes.filter(take => take.picked && this.filmOf(take) === film);
  }

  private outFolder(): string {
    const cwd = resolve(this.options.cwd ?? '.');
    if (this.options.out !== undefined) return resolve(cwd, this.options.out);
    const root = this.planned.films[0]?.loaded.file.root;
    return join(root ?? dirname(this.planned.store.folder), 'out');
  }

  private filmOf(take: PlannedTake): PlannedStoryboard {
    const film = this.planned.films.find(({ loaded }) => loaded.file.file === take.storyboard);
    if (film === undefined) throw new RangeError(`${take.storyboard} is not of this plan`);
    return film;
  }

  private finish(
    plan: Plan,
    films: readonly string[],
    outcome: Awaited<ReturnType<typeof renderTakes>>,
    cutOnly: boolean,
  ): RenderResult {
    const { failed, spentMicros, rendered } = outcome;
    if (this.signal.aborted) this.emit({ type: 'interrupted' });
    const exitCode = this.signal.aborted
      ? EXIT.interrupted
      : failed.length > 0
        ? EXIT.shotsFailed
        : cutOnly && films.length < this.planned.films.length
          ? EXIT.shotsFailed
          : EXIT.done;
    const event: RenderEvent = {
      type: 'finished',
      exitCode,
      film: films[0] ?? null,
      films,
      rendered,
      cached: plan.takes.filter(({ action }) => action === 'cached').length,
      failed: failed.length,
      spent: formatDollars(spentMicros),
    };
    this.emit(event);
    return {
      exitCode,
      plan,
      films,
      failed: failed.map(({ take, failure }) => ({ shot: take.shot, take: take.take, failure })),
      spentMicros,
    };
  }
}

function lockedTake(record: ClipRecord) {
  return {
    key: record.key,
    clip: record.clip.sha256,
    seed: Number(record.inputs.seed),
    model: record.model,
    prediction: record.predictionId,
    cost: record.cost,
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
