import { resolve } from 'node:path';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import { planToJson } from '../plan/plan-json.ts';
import { type PlannedFiles, type PlanOptions, planFiles } from '../project/plan-files.ts';
import { type QuotedPlan, quotePlan, unquoted } from '../project/quote-plan.ts';
import { asJson } from '../terminal/json.ts';
import type { CommandContext } from './context.ts';
import { maxCostOf } from './max-cost.ts';
import { serviceAccess } from './service-access.ts';
import { readOptionsOf, type VersionFlags } from './version-flags.ts';

export interface PlanFlags extends VersionFlags {
  readonly json?: boolean;
  readonly detailedExitcode?: boolean;
  readonly provider?: string;
  readonly store?: string;
  readonly only?: string;
  readonly quote?: boolean;
  readonly keyFile?: string;
  readonly retryFailed?: boolean;
  readonly out?: string;
  readonly maxCost?: string;
  readonly fill?: string;
}

/** Prints what would be rendered, why, and what it costs. Spends nothing. */
export async function planCommand(
  files: readonly string[],
  flags: PlanFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const { provider, store, only, retryFailed } = flags;
  const read = readOptionsOf(flags);
  const planned = await planFiles(files, { cwd, provider, store, only, retryFailed, ...read });
  const { checked } = planned;
  const asked = flags.quote === true ? await askForQuotes(planned, flags, context) : unquoted(planned.plan);
  const maxCostMicros = maxCostOf(flags);
  const quoted = await filled(asked, planned, { ...read, cwd, store, fill: flags.fill, maxCostMicros });
  const { plan } = quoted;
  if (flags.out !== undefined) {
    const { writeSavedPlan } = await import('./saved-plan-file.ts');
    const options = {
      files,
      provider: plan.provider.name,
      only: only ?? null,
      retryFailed: retryFailed === true,
      profile: read.profile ?? null,
      variables: Object.fromEntries(read.variables ?? []),
      fill: flags.fill ?? null,
      maxCost: maxCostMicros === undefined ? null : formatDollars(maxCostMicros),
    };
    await writeSavedPlan(resolve(cwd, flags.out), { ...planned, plan }, options);
  }
  if (flags.json === true) {
    terminal.out(asJson(planToJson(plan)));
  } else {
    const { formatPlan } = await import('../terminal/format-plan.ts');
    terminal.out(formatPlan(quoted, terminal.outColor, terminal.columns));
    if (flags.out !== undefined)
      terminal.out(`\nSaved. To carry out exactly this: storyreel render --plan ${flags.out}\n`);
  }
  if (checked.diagnostics.length > 0) {
    const { formatDiagnostics } = await import('../terminal/format-diagnostics.ts');
    terminal.err(`\n${formatDiagnostics(checked.diagnostics, checked.sources, terminal.errColor)}`);
  }
  const pending = plan.takes.some(({ action }) => action !== 'cached');
  return flags.detailedExitcode === true && pending ? EXIT.pending : EXIT.done;
}

/** Asks the service, if it is one that charges. */
async function askForQuotes(
  planned: PlannedFiles,
  flags: PlanFlags,
  context: CommandContext,
): Promise<QuotedPlan> {
  const { plan, store } = planned;
  if (!plan.provider.priced) return unquoted(plan);
  const { loadProvider } = await import('../provider/load-provider.ts');
  const provider = await loadProvider(plan.provider.name, {
    access: await serviceAccess(flags, context),
    store,
    ffmpeg: () => Promise.reject(new TypeError('a quote needs no ffmpeg')),
  });
  if (!provider.priced) throw new TypeError(`${provider.name} sells nothing`);
  try {
    return await quotePlan(planned, provider, context.signal);
  } finally {
    provider.close();
  }
}

/** With --fill: what the money is enough for, and what fills the rest. */
async function filled(
  quoted: QuotedPlan,
  planned: PlannedFiles,
  {
    fill,
    maxCostMicros,
    ...options
  }: PlanOptions & { fill?: string | undefined; maxCostMicros?: number | undefined },
): Promise<QuotedPlan> {
  if (fill === undefined && maxCostMicros === undefined) return quoted;
  if (fill === undefined) {
    throw new Failure(
      'bad-flag',
      '--max-cost says what to buy together with --fill: without it, a plan is of everything',
      {
        hint: 'Add --fill animatic, or leave --max-cost to `render`.',
        exitCode: EXIT.usage,
      },
    );
  }
  const { fillPlan, fitToMoney } = await import('../project/fillers.ts');
  return await fillPlan(fill, fitToMoney(quoted, planned, maxCostMicros), planned, options);
}
