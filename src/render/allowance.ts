import type { FailureCode } from '../explanations/explanations.ts';
import { EXIT, Failure } from '../failure.ts';
import { formatDollars, type Micros } from '../model/money.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlannedFiles } from '../project/plan-files.ts';
import { countedMicros } from '../project/purchases.ts';
import type { QuotedPlan } from '../project/quote-plan.ts';

/** Refuses what would cost more than the run may spend, or more than a storyboard may ever cost. */
export function refuseOverBudget({ plan, films }: PlannedFiles, maxCostMicros: Micros | undefined): void {
  if (maxCostMicros !== undefined && plan.newMicros > maxCostMicros) {
    const message = `this would cost $${formatDollars(plan.newMicros)}, and --max-cost allows $${formatDollars(maxCostMicros)}`;
    throw refusal(
      'over-max-cost',
      message,
      'Nothing was submitted. Raise --max-cost, or render fewer shots with --only.',
    );
  }
  for (const { loaded, account } of films) {
    const { budgetMicros, file } = loaded.storyboard;
    if (budgetMicros === null) continue;
    const newMicros = newMicrosOf(plan, file);
    const spentMicros = countedMicros(account);
    if (newMicros === 0 || spentMicros + newMicros <= budgetMicros) continue;
    const sums = `$${formatDollars(spentMicros)} spent, $${formatDollars(newMicros)} more`;
    const message = `${file} has a budget of $${formatDollars(budgetMicros)}: ${sums} would exceed it`;
    throw refusal(
      'over-budget',
      message,
      'Nothing was submitted. Raise `budget`, or render fewer shots with --only.',
    );
  }
}

/** What a plan would add to what a storyboard costs: a clip that it shares with another one counts for each. */
function newMicrosOf({ takes }: Plan, storyboard: string): Micros {
  const bought = new Set(takes.flatMap(({ key, costMicros }) => (costMicros === 0 ? [] : [key])));
  const own = new Map(
    takes
      .filter(take => take.storyboard === storyboard && bought.has(take.key))
      .map(({ key, price }) => [key, price.micros ?? 0]),
  );
  return [...own.values()].reduce((sum, micros) => sum + micros, 0);
}

/** Refuses to buy what nobody has told the price of: it is asked for before this, and never taken for nothing. */
export function refuseUnpriced({ takes, unpriced, provider }: Plan): void {
  if (unpriced.new === 0) return;
  const shots = [...new Set(takes.flatMap(take => (take.costMicros === null ? [take.shot] : [])))];
  const named = `${shots.slice(0, 8).join(', ')}${shots.length > 8 ? ' …' : ''}`;
  throw refusal(
    'quote-needed',
    `nobody has told what ${unpriced.new === 1 ? 'a take costs' : `${unpriced.new} takes cost`} (${named})`,
    `Nothing was submitted. ${provider.name} did not quote ${unpriced.new === 1 ? 'it' : 'them'}: run the same command again later, or choose a model whose prices are known.`,
  );
}

/** Refuses to begin what the account cannot pay for: it would end in the middle of a film. */
export function refuseOverBalance({ plan, balanceMicros }: QuotedPlan): void {
  if (balanceMicros === null || plan.newMicros <= balanceMicros) return;
  throw refusal(
    'balance-too-low',
    `this costs $${formatDollars(plan.newMicros)}, and the account has $${formatDollars(balanceMicros)} left`,
    `Nothing was submitted. Top up the account at ${plan.provider.name}, or render fewer shots with --only.`,
  );
}

/** Under `--frozen` every picked take must be the one that is locked, and its clip must be here. */
export function refuseFrozen({ plan, films }: PlannedFiles): void {
  const problems: string[] = [];
  for (const take of plan.takes) {
    const film = films.find(({ loaded }) => loaded.file.file === take.storyboard);
    const entry = film?.locked.get(take.shot)?.get(take.take);
    if (entry === undefined) problems.push(`${take.shot}: take ${take.take} is not locked`);
    else if (entry.key !== take.key)
      problems.push(`${take.shot}: changed since it was locked (${take.reasons.join(', ')})`);
    else if (take.clip !== entry.clip)
      problems.push(`${take.shot}: its clip ${entry.clip.slice(0, 12)}… is not in the store`);
  }
  if (problems.length === 0) return;
  const shown = problems
    .slice(0, 20)
    .map(problem => `\n  ${problem}`)
    .join('');
  const more = problems.length > 20 ? `\n  and ${problems.length - 20} more` : '';
  const mend = plan.provider.priced
    ? 'Render without --frozen first, or restore the lock file and the store.'
    : `Clips of the free ${plan.provider.name} are never locked: leave out --frozen, or buy them first, with --provider wavespeed.`;
  throw refusal(
    'frozen',
    `--frozen builds the film from locked clips alone, and these are not:${shown}${more}`,
    `Nothing was rendered. ${mend}`,
  );
}

/** Refuses to pin a film whose clips are not locked: no `--frozen --verify` would ever prove it. */
export function refuseFreeLock({ plan: { takes, provider } }: PlannedFiles): void {
  const take = takes.find(({ picked }) => picked);
  if (provider.priced || take === undefined) return;
  throw new Failure(
    'bad-flag',
    `--lock-film is for films that --frozen --verify can prove, and ${take.storyboard} has clips of the free ${provider.name}, which are never locked`,
    {
      hint: 'Leave out --lock-film, or buy the clips first, with --provider wavespeed.',
      exitCode: EXIT.usage,
    },
  );
}

function refusal(code: FailureCode, message: string, hint: string): Failure {
  return new Failure(code, message, { hint, exitCode: EXIT.refused });
}
