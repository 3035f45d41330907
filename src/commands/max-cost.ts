import { EXIT, Failure } from '../failure.ts';
import { parseDollars } from '../model/money.ts';

/** What `--max-cost` says, in micro-dollars. Throws a Failure for what is no amount. */
export function maxCostOf({ maxCost: text }: { readonly maxCost?: string | undefined }): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDollars(text.replace(/^\$/, ''));
  } catch (error) {
    throw new Failure('bad-flag', `--max-cost takes dollars, such as 12.50, not ${JSON.stringify(text)}`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
}
