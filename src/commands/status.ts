import { EXIT, type ExitCode } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import type { Json } from '../plan/request.ts';
import { planFiles } from '../project/plan-files.ts';
import { lockedCost } from '../store/lock-file.ts';
import { cleanLine } from '../terminal/clean.ts';
import { plural, table } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';

/** Prints what of each storyboard is rendered, and what was spent on it. */
export async function statusCommand(
  files: readonly string[],
  flags: { json?: boolean; provider?: string; store?: string },
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const { plan, films } = await planFiles(files, { cwd, ...flags });
  const status = films.map(({ loaded, locked }) => {
    const takes = plan.takes.filter(take => take.storyboard === loaded.file.file);
    const count = (action: string) => takes.filter(take => take.action === action).length;
    return {
      loaded,
      takes,
      rendered: count('cached'),
      missing: count('render'),
      inFlight: count('resume'),
      held: count('held'),
      spentMicros: lockedCost(locked),
    };
  });
  if (flags.json === true) {
    const storyboards = status.map(({ loaded, takes, spentMicros, ...counts }): Json => {
      const { budgetMicros, title } = loaded.storyboard;
      return {
        file: loaded.file.file,
        title,
        provider: plan.provider.name,
        ...counts,
        spent: formatDollars(spentMicros),
        budget: budgetMicros === null ? null : formatDollars(budgetMicros),
        takes: takes.map(({ scene, shot, take, picked, key, action, reasons, clip }) => {
          return {
            scene,
            shot,
            take,
            picked,
            key,
            state: action === 'render' ? 'missing' : action,
            reasons,
            clip,
          };
        }),
      };
    });
    terminal.out(`${JSON.stringify({ version: 1, storyboards }, null, 2)}\n`);
    return EXIT.done;
  }
  const paint = painter(terminal.outColor);
  for (const { loaded, takes, rendered, missing, spentMicros } of status) {
    const { budgetMicros, title } = loaded.storyboard;
    const budget = budgetMicros === null ? '' : ` of a budget of $${formatDollars(budgetMicros)}`;
    terminal.out(`${paint('bold', cleanLine(title))}  ${paint('dim', cleanLine(loaded.file.file))}\n`);
    const rows = takes.map(take => [
      `${take.scene === null ? '' : `${take.scene}/`}${take.shot}`,
      take.labels.takes > 1 ? `take ${take.take}${take.picked ? ' ◂' : ''}` : '',
      take.action === 'cached' ? paint('green', 'rendered') : paint('yellow', 'missing'),
      take.clip?.slice(0, 12) ?? take.reasons.join(', '),
    ]);
    for (const line of table(rows)) terminal.out(`  ${line}\n`);
    terminal.out(
      `${plural(takes.length, 'take')} by ${plan.provider.name}: ${rendered} rendered, ${missing} missing; $${formatDollars(spentMicros)} spent${budget}\n`,
    );
  }
  return EXIT.done;
}
