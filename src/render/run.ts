import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { EXIT, type ExitCode, Failure, quietly, systemFailure, tell } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { formatDollars } from '../model/money.ts';
import type { Key } from '../plan/key.ts';
import { MAX_DRAWN_SEED, pinSeeds } from '../plan/pin-seeds.ts';
import type { Plan, PlannedTake } from '../plan/plan.ts';
import { planFillers } from '../project/fillers.ts';
import { type PlannedFiles, type PlannedStoryboard, planFiles } from '../project/plan-files.ts';
import type { Provider } from '../provider/provider.ts';
import { holdStore } from '../store/in-use.ts';
import { Journal } from '../store/journal/journal.ts';
import { LockWriter } from '../store/lock-writer.ts';
import { BoughtLocks, settleStored, unlockedTakes, unsettledTakes } from './bought-locks.ts';
import { boughtTakes } from './bought-takes.ts';
import type { Emit } from './event.ts';
import { type MadeFilm, makeFilm } from './film.ts';
import { withoutClip } from './film-clips.ts';
import { filmFolder, requireRoom } from './film-folder.ts';
import type { FilmJob } from './film-job.ts';
import { type MediaContext, mediaFinder } from './find-media.ts';
import { clipInspector } from './inspect-clip.ts';
import { nameOf } from './job-of.ts';
import type { RenderOptions, RenderResult } from './render.ts';
import { isToMake, type RenderedTakes, renderTakes } from './render-takes.ts';
import { drawnTakes, type SourceContext } from './take-source.ts';
import { verifyFilm } from './verify-film.ts';

const DEFAULT_CONCURRENCY = 3;

/** A plan that was agreed to, and what it takes to carry it out. */
export interface AgreedPlan {
  readonly planned: PlannedFiles;
  readonly options: RenderOptions;
  readonly findFfmpeg: () => Promise<Ffmpeg>;
  readonly getProvider: () => Promise<Provider>;
  /** What fills shots whose clips are not bought. */
  readonly getAnimatic: () => Promise<Provider>;
}

const NOTHING: RenderedTakes = { rendered: 0, failed: [] };

/** Carries out a plan: renders what is missing, and makes the films. */
export class Run {
  private readonly planned: PlannedFiles;
  private readonly options: RenderOptions;
  private readonly findFfmpeg: () => Promise<Ffmpeg>;
  private readonly getProvider: () => Promise<Provider>;
  private readonly getAnimatic: () => Promise<Provider>;
  private readonly emit: Emit;
  /** Aborted by Ctrl-C, by the end of the author's patience, or by a mistake that every other take would meet too. */
  private readonly stop = new AbortController();
  private interrupted = false;
  /** Takes whose clip turned out to be another's, after it was fetched. */
  private readonly reassigned = new Map<Key, Failure>();
  /** What has been done so far: also where the run ends before its time. */
  private readonly tally = { rendered: 0, failed: 0, held: 0, spentMicros: 0, inFlight: 0 };

  constructor({ planned, options, findFfmpeg, getProvider, getAnimatic }: AgreedPlan) {
    this.planned = planned;
    this.options = options;
    this.findFfmpeg = findFfmpeg;
    this.getProvider = getProvider;
    this.getAnimatic = getAnimatic;
    this.emit = event => {
      if (event.type === 'take-failed') this.tally.failed++;
      if (event.type === 'take-held') this.tally.held++;
      options.onEvent?.(event);
    };
    setMaxListeners(0, this.stop.signal);
  }

  /** `cutOnly`: renders nothing. */
  async go({ cutOnly = false }: { cutOnly?: boolean } = {}): Promise<RenderResult> {
    const { store } = this.planned;
    let { plan } = this.planned;
    const endOfPatience = this.watchInterrupts();
    let { failed } = NOTHING;
    try {
      const hold = await holdStore(store.folder, 'shared');
      try {
        // Much may have happened since it was asked about.
        if (this.options.cut !== false) await requireRoom(this.planned, this.options);
        if (!cutOnly) {
          await this.pinReferences();
          plan = await this.drawSeeds(plan);
          failed = this.withReassigned(plan, (await this.renderMissing(plan)).failed);
          await this.noteHistory(plan);
        }
        const films = this.interrupted || this.options.cut === false ? [] : await this.makeFilms(plan);
        return this.finish(plan, films, failed, cutOnly);
      } finally {
        await store.saveKnown();
        hold.release();
      }
    } catch (error) {
      if (this.interrupted && !(error instanceof Failure)) return this.finish(plan, [], failed, cutOnly);
      const failure = systemFailure(error, 'cannot write the store or the film');
      if (failure instanceof Failure) this.tellEnd(plan, [], failure.exitCode, failure);
      throw failure;
    } finally {
      clearTimeout(endOfPatience);
    }
  }

  private watchInterrupts(): NodeJS.Timeout | undefined {
    const interrupt = () => {
      this.interrupted = true;
      this.stop.abort();
    };
    if (this.options.signal?.aborted === true) interrupt();
    this.options.signal?.addEventListener('abort', interrupt, { once: true });
    const { waitMs } = this.options;
    return waitMs === undefined ? undefined : setTimeout(interrupt, waitMs).unref();
  }

  /** One seed for each shot, for all processes: who draws second gets what the first one drew. */
  private async drawSeeds(plan: Plan): Promise<Plan> {
    if (!plan.takes.some(({ open }) => open)) return plan;
    const journal = await Journal.open(this.planned.store.folder, this.options.checkpoint);
    try {
      const draw = () => randomInt(MAX_DRAWN_SEED + 1);
      return journal.alone(() =>
        pinSeeds(plan, take => journal.seeds.of(this.filmOf(take).inside, take.shot, draw)),
      );
    } finally {
      journal.close();
    }
  }

  private async renderMissing(plan: Plan): Promise<RenderedTakes> {
    if (!plan.provider.priced) {
      return plan.takes.some(isToMake) ? await this.drawMissing(plan) : NOTHING;
    }
    const unlocked = await unlockedTakes(plan.takes, this.filmOf, this.planned.store);
    const complete = !plan.takes.some(isToMake);
    const unsettled = unsettledTakes(plan.takes, this.planned.purchases.current);
    if (complete && unlocked.length === 0 && unsettled.length === 0) return NOTHING;
    const journal = await Journal.open(this.planned.store.folder, this.options.checkpoint);
    try {
      await settleStored(unsettled, journal);
      const locks = new BoughtLocks(journal, this.filmOf);
      for (const { take, record } of unlocked) locks.add([take], record);
      return await andThen(
        async () => (complete ? NOTHING : await this.buyMissing(plan, journal, locks)),
        () => locks.flush(),
      );
    } finally {
      journal.close();
    }
  }

  private async drawMissing(plan: Plan): Promise<RenderedTakes> {
    const provider = await this.getProvider();
    if (provider.priced) throw new TypeError(`${provider.name} is not free`);
    const source = drawnTakes(provider, this.sourceContext(plan));
    const onClip = () => this.tally.rendered++;
    return await renderTakes(plan.takes, { source, ...this.renderContext(), onClip });
  }

  private async buyMissing(plan: Plan, journal: Journal, locks: BoughtLocks): Promise<RenderedTakes> {
    const provider = await this.getProvider();
    if (!provider.priced) throw new TypeError(`${provider.name} sells nothing`);
    const source = boughtTakes(provider, {
      ...this.sourceContext(plan),
      journal,
      inspect: clipInspector(this.findFfmpeg, this.planned.store.derived, this.stop.signal),
      runMicros: this.options.maxCostMicros ?? null,
      filmOf: this.filmOf,
      films: this.planned.films,
      lockedKeys: this.planned.lockedKeys,
      onReassigned: ({ key }, failure) => this.reassigned.set(key, failure),
    });
    try {
      return await renderTakes(plan.takes, {
        source,
        ...this.renderContext(),
        onClip: (record, takes) => {
          this.tally.rendered++;
          locks.add(takes, record);
        },
      });
    } finally {
      quietly(() => {
        this.tally.spentMicros = source.spentMicros();
        this.tally.inFlight = source.inFlight();
      });
      source.close();
    }
  }

  private withReassigned({ takes }: Plan, failed: RenderedTakes['failed']): RenderedTakes['failed'] {
    const told = new Set(failed.map(({ take }) => take.key));
    const more = takes.flatMap(take => {
      const failure = this.reassigned.get(take.key);
      return failure === undefined || told.has(take.key) ? [] : [{ take, failure }];
    });
    for (const { take, failure } of more) this.emit({ type: 'take-held', ...nameOf(take), ...tell(failure) });
    return [...failed, ...more];
  }

  private sourceContext({ takes }: Pick<Plan, 'takes'>): SourceContext {
    const { store } = this.planned;
    const { signal } = this.stop;
    const pathOf: MediaContext['pathOf'] = (take, file) =>
      this.filmOf(take).loaded.referencePaths.get(file) ?? '';
    const findMedia = mediaFinder({ store, signal, takes, pathOf, ffmpeg: this.findFfmpeg });
    return { store, signal, emit: this.emit, findMedia };
  }

  private renderContext() {
    const concurrency = this.options.concurrency ?? DEFAULT_CONCURRENCY;
    return { concurrency, stop: this.stop, emit: this.emit };
  }

  /** Also where nothing was rendered: a take that was gone back to is in use again. */
  private async noteHistory({ provider, takes }: Plan): Promise<void> {
    const { store, films } = this.planned;
    const isRecorded = ({ action, key }: PlannedTake) =>
      action === 'cached' || store.recordedAt(key) !== null;
    for (const film of films) {
      const own = takes.filter(take => this.filmOf(take) === film && isRecorded(take));
      await this.note(provider.name, film, own);
    }
  }

  private async note(
    provider: string,
    { history }: PlannedStoryboard,
    takes: readonly PlannedTake[],
  ): Promise<void> {
    const named = takes.map(({ shot, take, key, request }) => ({
      ...{ shot, take, key },
      seed: Number(request.inputs.seed),
    }));
    await history.note(provider, named, key => this.planned.store.recordedAt(key));
  }

  private async makeFilms(plan: Plan): Promise<MadeFilm[]> {
    const films: MadeFilm[] = [];
    for (const film of this.planned.films) {
      const own = await this.pickedTakes(plan, film);
      const wrong = own.filter(({ key }) => this.reassigned.has(key)).map(({ shot }) => shot);
      if (wrong.length > 0) {
        const reason = 'the clips of some shots are held';
        this.emit({ type: 'film-skipped', storyboard: film.loaded.file.file, reason, shots: wrong });
        continue;
      }
      const { picked, filled } = await this.fill(film, own);
      const job: FilmJob = {
        film,
        picked,
        filled,
        pinned: this.options.lockFilm === true,
        store: this.planned.store,
        folder: filmFolder(film.loaded, this.planned, this.options),
        provider: plan.provider.name,
        ffmpeg: this.findFfmpeg,
        redraw: filled.size > 0 ? this.getAnimatic : this.getProvider,
        signal: this.stop.signal,
        emit: this.emit,
      };
      const made = await makeFilm(job);
      if (made === null) continue;
      if (this.options.verify === true) await verifyFilm(job, made);
      if (this.options.lockFilm === true) await this.pinFilm(film, made);
      films.push(made);
    }
    return films;
  }

  /** Before anything is rendered with them: what is rendered can be rendered again. */
  private async pinReferences(): Promise<void> {
    const news = this.planned.films.filter(
      ({ references, lockedReferences }) =>
        references.size !== lockedReferences.size ||
        [...references].some(([url, sha256]) => lockedReferences.get(url) !== sha256),
    );
    if (news.length === 0 || this.options.frozen === true) return;
    const journal = await Journal.open(this.planned.store.folder, this.options.checkpoint);
    try {
      for (const { lockFile, references } of news)
        new LockWriter(lockFile, work => journal.alone(work)).pinReferences(references);
    } finally {
      journal.close();
    }
  }

  /** Puts fillers in the place of takes without a clip, if the film is to be whole all the same. */
  private async fill(
    film: PlannedStoryboard,
    own: readonly PlannedTake[],
  ): Promise<Pick<FilmJob, 'picked' | 'filled'>> {
    const { fill } = this.options;
    const { store } = this.planned;
    const missing = fill === undefined ? [] : await withoutClip(own, store);
    if (fill === undefined || missing.length === 0) return { picked: own, filled: new Map() };
    const planned = { ...this.planned, films: [film] };
    const fillers = await planFillers(fill, missing, planned, this.options);
    const provider = await this.getAnimatic();
    if (provider.priced) throw new TypeError(`${provider.name} is not free`);
    const context = this.sourceContext({ takes: fillers.toDraw });
    const drawing = { source: drawnTakes(provider, context), ...this.renderContext(), onClip: () => {} };
    const { failed } = await renderTakes(fillers.toDraw, drawing);
    if (failed[0] !== undefined) throw failed[0].failure;
    await this.note(provider.name, film, fillers.toDraw);
    const filled = new Map([...fillers.of].map(([take, { source }]) => [take.shot, source]));
    const shots = [...filled].map(([shot, source]) => ({ shot, source }));
    this.emit({ type: 'film-filled', storyboard: film.loaded.file.file, shots });
    return { picked: own.map(take => fillers.of.get(take)?.take ?? take), filled };
  }

  private async pinFilm({ lockFile }: PlannedStoryboard, { files }: MadeFilm): Promise<void> {
    const journal = await Journal.open(this.planned.store.folder, this.options.checkpoint);
    try {
      new LockWriter(lockFile, work => journal.alone(work)).pinFilms(files);
    } finally {
      journal.close();
    }
  }

  /** The film needs all shots, also those that `--only` kept out of this run's plan. */
  private async pickedTakes(plan: Plan, film: PlannedStoryboard): Promise<PlannedTake[]> {
    let { takes } = plan;
    if (this.options.only !== undefined) {
      const whole = await planFiles([film.loaded.file.path], {
        ...this.options,
        only: undefined,
        refreshReferences: false,
        identity: plan.provider,
      });
      takes = whole.plan.takes.map(take => ({ ...take, storyboard: film.loaded.file.file }));
    }
    return takes.filter(take => take.picked && this.filmOf(take) === film);
  }

  private readonly filmOf = (take: PlannedTake): PlannedStoryboard => {
    const film = this.planned.films.find(({ loaded }) => loaded.file.file === take.storyboard);
    if (film === undefined) throw new RangeError(`${take.storyboard} is not of this plan`);
    return film;
  };

  private finish(
    plan: Plan,
    made: readonly MadeFilm[],
    failed: RenderedTakes['failed'],
    cutOnly: boolean,
  ): RenderResult {
    if (this.interrupted) this.emit({ type: 'interrupted', inFlight: this.tally.inFlight });
    const films = made.map(({ file }) => file);
    const missingFilms = cutOnly && films.length < this.planned.films.length;
    const doubtful = this.options.strict === true && made.some(({ warnings }) => warnings.length > 0);
    const ended = exitCodeOf(failed, missingFilms || doubtful);
    // Money of which nobody knows weighs more than that it can be gone on with.
    const exitCode = this.interrupted && ended !== EXIT.unknownOutcome ? EXIT.interrupted : ended;
    this.tellEnd(plan, films, exitCode);
    return {
      exitCode,
      plan,
      films,
      failed: failed.map(({ take, failure }) => ({ shot: take.shot, take: take.take, failure })),
      spentMicros: this.tally.spentMicros,
    };
  }

  /** Whatever it ended with, its author learns what was done and spent. */
  private tellEnd(
    { takes }: Plan,
    films: readonly string[],
    exitCode: ExitCode,
    error: Failure | null = null,
  ): void {
    const { rendered, failed, held, spentMicros } = this.tally;
    this.emit({
      type: 'finished',
      ...{ exitCode, film: films[0] ?? null, films, rendered, failed, held },
      cached: takes.filter(({ action }) => action === 'cached').length,
      spent: formatDollars(spentMicros),
      ...(error === null ? {} : { error: tell(error) }),
    });
  }
}

/** Like `finally`; but where both fail, the first mistake is the one to tell. */
async function andThen<T>(work: () => Promise<T>, afterwards: () => void): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    try {
      afterwards();
    } catch {
      // The first one says more.
    }
    throw error;
  }
  afterwards();
  return result;
}

/** Money of which nobody knows weighs most, then what was refused before it was spent. */
function exitCodeOf(failed: RenderedTakes['failed'], filmsFailed: boolean): ExitCode {
  const codes = new Set(failed.map(({ failure }) => failure.exitCode));
  if (codes.has(EXIT.unknownOutcome)) return EXIT.unknownOutcome;
  if (codes.has(EXIT.refused)) return EXIT.refused;
  return failed.length > 0 || filmsFailed ? EXIT.shotsFailed : EXIT.done;
}
