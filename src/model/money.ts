/** Money inside: whole micro-dollars. A float would lose some of it; a dollar string is for the edge. */
export type Micros = number;

const MICROS_PER_DOLLAR = 1_000_000;

/**
 * No clip costs more: $10,000. Whoever says so is wrong, and is refused where it is read. What is below adds up
 * exactly, for more takes than a storyboard can have.
 */
export const MOST_FOR_ONE_CLIP: Micros = 10_000 * MICROS_PER_DOLLAR;

const DOLLARS = /^(\d{1,9})(?:\.(\d{1,6}))?$/;

/** "1.60" → 1600000. Throws RangeError for what is no amount in dollars with at most 6 decimals. */
export function parseDollars(dollars: string): Micros {
  const match = DOLLARS.exec(dollars);
  if (match === null) throw new RangeError(`${JSON.stringify(dollars)} is no amount in dollars`);
  return Number(match[1]) * MICROS_PER_DOLLAR + Number((match[2] ?? '').padEnd(6, '0'));
}

/** Whether a text is what a clip may have cost, in dollars. */
export function isCostOfClip(text: string): boolean {
  return DOLLARS.test(text) && parseDollars(text) <= MOST_FOR_ONE_CLIP;
}

/** 1600000 → "1.60": two decimals, or as many as it takes. */
export function formatDollars(micros: Micros): string {
  if (!Number.isSafeInteger(micros) || micros < 0)
    throw new RangeError(`${micros} is no amount of micro-dollars`);
  const decimals = String(micros % MICROS_PER_DOLLAR)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${Math.floor(micros / MICROS_PER_DOLLAR)}.${decimals}`;
}

/** The same for what was saved, too: "-0.30". */
export function formatDifference(micros: Micros): string {
  return `${micros < 0 ? '-' : ''}${formatDollars(Math.abs(micros))}`;
}

/** Of an amount that may not be known. */
export function dollarsOrNull(micros: Micros | null): string | null {
  return micros === null ? null : formatDollars(micros);
}

/** A number of dollars as YAML or JSON gives it, to the nearest micro-dollar. */
export function dollarsToMicros(dollars: number): Micros {
  return parseDollars(dollars.toFixed(6));
}

/** Multiplies by a decimal such as "1.6" exactly. Throws RangeError if a fraction of a micro-dollar is left. */
export function timesDecimal(micros: Micros, factor: string): Micros {
  const product = BigInt(micros) * BigInt(parseDollars(factor));
  if (product % BigInt(MICROS_PER_DOLLAR) !== 0n) {
    throw new RangeError(`${micros} micro-dollars times ${factor} is not a whole number of them`);
  }
  return Number(product / BigInt(MICROS_PER_DOLLAR));
}

/** Amounts added up, as far as they are known, and how many of them are not. */
export interface Sum {
  readonly micros: Micros;
  readonly unpriced: number;
}

export function sumOf(amounts: readonly (Micros | null)[]): Sum {
  const known = amounts.filter(amount => amount !== null);
  return {
    micros: known.reduce((sum, amount) => sum + amount, 0),
    unpriced: amounts.length - known.length,
  };
}

/** A sum that leaves something out is no sum. */
export function sumOrNull({ micros, unpriced }: Sum): Micros | null {
  return unpriced > 0 ? null : micros;
}
