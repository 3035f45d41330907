import { EXIT, type ExitCode } from '../failure.ts';
import { planToJson } from '../plan/plan-json.ts';
import { planFiles } from '../project/plan-files.ts';
import type { CommandContext } from './context.ts';

export interface PlanFlags {
  readonly json?: boolean;
  readonly detailedExitcode?: boolean;
  readonly provider?: string;
  readonly store?: string;
  readonly only?: string;
}

/** Prints what would be rendered, why, and what it costs. Spends nothing. */
export async function planCommand(
  files: readonly string[],
  flags: PlanFlags,
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const { plan, checked } = await planFiles(files, { cwd, ...flags });
  if (flags.json === true) {
    terminal.out(`${JSON.stringify(planToJson(plan), null, 2)}\n`);
  } else {
    const { formatPlan } = await import('../terminal/format-plan.ts');
    terminal.out(formatPlan(plan, terminal.outColor, terminal.columns));
  }
  if (checked.diagnostics.length > 0) {
    const { formatDiagnostics } = await import('../terminal/format-diagnostics.ts');
    terminal.err(`\n${formatDiagnostics(checked.diagnostics, checked.sources, terminal.errColor)}`);
  }
  const pending = plan.takes.some(({ action }) => action !== 'cached');
  return flags.detailedExitcode === true && pending ? EXIT.pending : EXIT.done;
}
