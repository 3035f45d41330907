import { formatDollars } from '../model/money.ts';
import type { Plan } from '../plan/plan.ts';
import { plural } from './amounts.ts';

/** Asks before money is spent; the question names the sum. No answer, or Ctrl-C, means no. */
export async function confirmSpending(plan: Plan, signal: AbortSignal): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm');
  const clips = plan.takes.filter(({ costMicros }) => costMicros !== 0).length;
  const message = `Spend $${formatDollars(plan.newMicros)} on ${plural(clips, 'clip')}?`;
  try {
    return await confirm({ message, default: false }, { signal, output: process.stderr });
  } catch (error) {
    if (error instanceof Error && /^(ExitPromptError|AbortPromptError)$/.test(error.name)) return false;
    throw error;
  }
}
