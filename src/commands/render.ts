import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { EXIT, type ExitCode, Failure, tell } from '../failure.ts';
import type { PlannedFiles } from '../project/plan-files.ts';
import type { RenderEvent } from '../render/event.ts';
import { cut, type RenderOptions, type RenderResult, render } from '../render/render.ts';
import { type Presenter, presentAsJson, presentAsLines } from '../terminal/present.ts';
import type { CommandContext } from './context.ts';
import { interruption } from './interruption.ts';
import { maxCostOf } from './max-cost.ts';
import { serviceAccess } from './service-access.ts';
import { readOptionsOf, type VersionFlags } from './version-flags.ts';
import { wholeNumber } from './whole-number.ts';

export interface RenderFlags extends VersionFlags {
  readonly provider?: string;
  readonly yes?: boolean;
  readonly maxCost?: string;
  readonly fill?: string;
  readonly concurrency?: string;
  readonly only?: string;
  readonly frozen?: boolean;
  readonly plan?: string;
  readonly keyFile?: string;
  readonly retryFailed?: boolean;
  readonly refreshReferences?: boolean;
  readonly wait?: string;
  readonly cut?: boolean;
  readonly strict?: boolean;
  readonly lockFilm?: boolean;
  readonly verify?: boolean;
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

export async function renderCommand(
  files: readonly string[],
  flags: RenderFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  // It may go on for hours: better to collect often than to grow to the size of the machine.
  setFlagsFromString('--heap-growing-percent=20');
  if (flags.watch === true) return await watch(files, flags, context);
  const saved = flags.plan === undefined ? null : await savedPlan(resolve(cwd, flags.plan), files, flags);
  const options: RenderOptions = {
    ...optionsOf(flags, context),
    access: await serviceAccess(flags, context),
    cut: flags.cut,
    strict: flags.strict,
    frozen: flags.frozen,
    lockFilm: flags.lockFilm,
    verify: verifying(flags),
    retryFailed: flags.retryFailed,
    refreshReferences: refreshing(flags),
    maxCostMicros: maxCostOf(flags),
    fill: flags.fill,
    concurrency: wholeNumber('--concurrency', flags.concurrency, 4),
    waitMs: flags.wait === undefined ? undefined : lengthOfTime(flags.wait),
    only: flags.only,
    review: async (planned, quoted) => {
      await saved?.review(planned);
      const isToTell = quoted.plan.newMicros > 0 || quoted.plan.takes.some(({ action }) => action === 'skip');
      if (!isToTell && planned.changedReferences.length === 0) return;
      const { formatChangedReferences, formatPlan } = await import('../terminal/format-plan.ts');
      terminal.err(formatChangedReferences(planned.changedReferences));
      if (isToTell) terminal.err(`${formatPlan(quoted, terminal.errColor, terminal.columns)}\n`);
    },
    confirm: confirmation(flags, saved !== null, context),
    ...saved?.options,
  };
  const named = saved?.files ?? files;
  if (named.length === 0) {
    throw new Failure('no-storyboard', 'name a storyboard to render, or a plan with --plan', {
      exitCode: EXIT.usage,
    });
  }
  return await present(flags, context, onEvent => render(named, { ...options, onEvent }));
}

/** Renders again with every save. Whatever could spend, or asks for a last film, contradicts it. */
async function watch(
  files: readonly string[],
  flags: RenderFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { yes, maxCost, plan, frozen, retryFailed, wait, lockFilm, verify, fill } = flags;
  if (
    [yes, maxCost, plan, frozen, retryFailed, wait, lockFilm, verify, fill].some(flag => flag !== undefined)
  ) {
    throw new Failure(
      'bad-flag',
      '--watch draws the animatic with every save, and takes no flag about buying or releases',
      {
        hint: 'It goes with --provider, --profile, --set, --only, --no-cut, --strict, --concurrency, --out, --store and --json.',
        exitCode: EXIT.usage,
      },
    );
  }
  if (files.length === 0)
    throw new Failure('no-storyboard', 'name a storyboard to watch', { exitCode: EXIT.usage });
  const { cut, strict, only, provider = 'animatic' } = flags;
  const concurrency = wholeNumber('--concurrency', flags.concurrency, 4);
  const options = { ...optionsOf(flags, context), provider, cut, strict, only, concurrency };
  const { watchAndRender } = await import('./watch.ts');
  const present = async (run: (onEvent: (event: RenderEvent) => void) => Promise<unknown>) => {
    const presenter = await choosePresenter(flags, context.terminal);
    try {
      await run(presenter.onEvent);
    } finally {
      await presenter.close();
    }
  };
  return await watchAndRender(files, options, { present, json: flags.json === true }, context);
}

function verifying({ verify, frozen, cut }: RenderFlags): boolean {
  if (verify === true && (frozen !== true || cut === false))
    throw new Failure(
      'bad-flag',
      '--verify compares a finished film: it goes with --frozen, and not with --no-cut',
      {
        exitCode: EXIT.usage,
      },
    );
  return verify === true;
}

function refreshing({ refreshReferences, frozen }: RenderFlags): boolean {
  if (refreshReferences === true && frozen === true)
    throw new Failure('bad-flag', '--frozen takes what the lock file pins: it looks at no address again', {
      hint: 'Leave out --refresh-references, or --frozen.',
      exitCode: EXIT.usage,
    });
  return refreshReferences === true;
}

/** Who says yes: a flag, a saved plan, a person; or nobody. */
function confirmation(
  flags: RenderFlags,
  isSaved: boolean,
  { terminal, signal }: CommandContext,
): RenderOptions['confirm'] {
  if (flags.yes === true || isSaved) return async () => true;
  if (!terminal.interactive) return undefined;
  return async ({ plan }) => {
    const { confirmSpending } = await import('../terminal/confirm.ts');
    return await confirmSpending(plan, signal);
  };
}

interface SavedRender {
  readonly files: readonly string[];
  readonly options: Partial<RenderOptions>;
  /** Throws a Failure if something has moved since. */
  readonly review: (planned: PlannedFiles) => Promise<void>;
}

/** What a saved plan says about how to render; flags that would change it are a contradiction. */
async function savedPlan(path: string, files: readonly string[], flags: RenderFlags): Promise<SavedRender> {
  if (
    files.length > 0 ||
    [flags.provider, flags.only, flags.retryFailed, flags.frozen, flags.profile, flags.set, flags.fill].some(
      flag => flag !== undefined,
    )
  ) {
    throw new Failure('bad-flag', 'a saved plan says itself what is rendered, and how', {
      hint: 'Leave out the files, --provider, --only, --profile, --set, --fill, --frozen and --retry-failed; or render without --plan.',
      exitCode: EXIT.usage,
    });
  }
  const { readSavedPlan, refuseIfMoved } = await import('./saved-plan-file.ts');
  const saved = await readSavedPlan(path);
  const { provider, only, retryFailed, profile, variables, fill, maxCost } = saved.options;
  const limits = [maxCostOf(flags), maxCostOf({ maxCost: maxCost ?? undefined })].filter(
    one => one !== undefined,
  );
  return {
    files: saved.options.files,
    options: {
      ...{ provider, only: only ?? undefined, retryFailed },
      ...{ profile: profile ?? undefined, variables: new Map(Object.entries(variables)) },
      fill: fill ?? undefined,
      maxCostMicros: limits.length === 0 ? undefined : Math.min(...limits),
    },
    review: async planned => await refuseIfMoved(path, saved, planned),
  };
}

export async function cutCommand(
  files: readonly string[],
  flags: Pick<
    RenderFlags,
    'provider' | 'out' | 'store' | 'json' | 'strict' | 'lockFilm' | keyof VersionFlags
  >,
  context: CommandContext,
): Promise<ExitCode> {
  const { strict, lockFilm } = flags;
  return await present(flags, context, onEvent =>
    cut(files, { ...optionsOf(flags, context), strict, lockFilm, onEvent }),
  );
}

function optionsOf(flags: RenderFlags, { cwd, environment, signal }: CommandContext): RenderOptions {
  const { provider, store, out } = flags;
  return { cwd, environment, signal, provider, store, out, ...readOptionsOf(flags) };
}

/** Runs with one of the three presenters of the same events; `--json` ends with `finished` whatever happens. */
async function present(
  flags: RenderFlags,
  { terminal, signal }: CommandContext,
  run: (onEvent: (event: RenderEvent) => void) => Promise<RenderResult>,
): Promise<ExitCode> {
  const presenter = await choosePresenter(flags, terminal);
  let finished = false;
  try {
    const { exitCode } = await run(event => {
      finished ||= event.type === 'finished';
      presenter.onEvent(event);
    });
    await presenter.close();
    return exitCode;
  } catch (caught) {
    await presenter.close();
    const error = interruption(caught, signal);
    if (error instanceof Failure && flags.json === true && !finished) {
      // It was refused before anything was begun.
      const nothing = { film: null, films: [], rendered: 0, cached: 0, failed: 0, held: 0, spent: '0.00' };
      presenter.onEvent({ type: 'finished', exitCode: error.exitCode, ...nothing, error: tell(error) });
    }
    throw error;
  }
}

async function choosePresenter(flags: RenderFlags, terminal: CommandContext['terminal']): Promise<Presenter> {
  if (flags.json === true) return presentAsJson(terminal);
  if (!terminal.live) return presentAsLines(terminal);
  const { presentAsTasks } = await import('../terminal/present-tasks.ts');
  return presentAsTasks(terminal);
}

/** `90s`, `30m`, `2h`; a bare number means minutes. */
function lengthOfTime(text: string): number {
  const match = /^(\d{1,6}(?:\.\d+)?)(s|m|h)?$/.exec(text);
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 'm'] ?? 0;
  if (match !== null) return Math.min(Number(match[1]) * unit, 2 ** 31 - 1);
  throw new Failure('bad-flag', `--wait takes a length of time, such as 30m, not ${JSON.stringify(text)}`, {
    exitCode: EXIT.usage,
  });
}
