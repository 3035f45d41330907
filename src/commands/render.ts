import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { parseDollars } from '../model/money.ts';
import type { Plan } from '../plan/plan.ts';
import type { RenderEvent } from '../render/event.ts';
import { cut, type RenderOptions, type RenderResult, render } from '../render/render.ts';
import { confirmSpending } from '../terminal/confirm.ts';
import { formatPlan } from '../terminal/format-plan.ts';
import { type Presenter, presentAsJson, presentAsLines } from '../terminal/present.ts';
import type { CommandContext } from './context.ts';

export interface RenderFlags {
  readonly provider?: string;
  readonly yes?: boolean;
  readonly maxCost?: string;
  readonly concurrency?: string;
  readonly only?: string;
  readonly frozen?: boolean;
  readonly cut?: boolean;
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
}

export async function renderCommand(
  files: readonly string[],
  flags: RenderFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const shared = optionsOf(flags, context);
  const options: RenderOptions = {
    ...shared,
    cut: flags.cut,
    frozen: flags.frozen,
    maxCostMicros: flags.maxCost === undefined ? undefined : dollars(flags.maxCost),
    concurrency: flags.concurrency === undefined ? undefined : atLeastOne(flags.concurrency),
    only: flags.only,
    confirm: async (plan: Plan) => {
      terminal.err(`${formatPlan(plan, terminal.errColor, terminal.columns)}\n`);
      if (flags.yes === true) return true;
      return terminal.interactive && (await confirmSpending(plan, context.signal));
    },
  };
  return await present(flags, context, onEvent => render(files, { ...options, onEvent }));
}

export async function cutCommand(
  files: readonly string[],
  flags: Pick<RenderFlags, 'provider' | 'out' | 'store' | 'json'>,
  context: CommandContext,
): Promise<ExitCode> {
  return await present(flags, context, onEvent => cut(files, { ...optionsOf(flags, context), onEvent }));
}

function optionsOf(flags: RenderFlags, { cwd, environment, signal }: CommandContext): RenderOptions {
  const { provider, store, out } = flags;
  return { cwd, environment, signal, provider, store, out };
}

/** Runs with one of the three presenters of the same events; `--json` ends with `finished` whatever happens. */
async function present(
  flags: RenderFlags,
  { terminal }: CommandContext,
  run: (onEvent: (event: RenderEvent) => void) => Promise<RenderResult>,
): Promise<ExitCode> {
  const presenter = await choosePresenter(flags, terminal);
  try {
    const { exitCode } = await run(presenter.onEvent);
    await presenter.close();
    return exitCode;
  } catch (error) {
    await presenter.close();
    if (error instanceof Failure && flags.json === true) {
      const { code, message, hint, exitCode } = error;
      const nothing = { film: null, films: [], rendered: 0, cached: 0, failed: 0, spent: '0.00' };
      presenter.onEvent({
        type: 'finished',
        exitCode,
        ...nothing,
        error: { code, message, hint: hint ?? null },
      });
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

function dollars(text: string): number {
  try {
    return parseDollars(text.replace(/^\$/, ''));
  } catch (error) {
    throw new Failure('bad-flag', `--max-cost takes dollars, such as 12.50, not ${JSON.stringify(text)}`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Failure('bad-flag', `--concurrency takes a whole number from 1, not ${JSON.stringify(text)}`, {
    exitCode: EXIT.usage,
  });
}
