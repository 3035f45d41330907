import { EXIT, Failure } from '../failure.ts';

/** A flag's whole number from 1, of so many digits at most; undefined where the flag was not given. */
export function wholeNumber(flag: string, text: string | undefined, mostDigits: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text) && text.length <= mostDigits) return Number(text);
  throw new Failure('bad-flag', `${flag} takes a whole number from 1, not ${JSON.stringify(text)}`, {
    exitCode: EXIT.usage,
  });
}
