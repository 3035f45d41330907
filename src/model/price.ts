import { type Micros, parseDollars, timesDecimal } from './money.ts';

/**
 * What a model's clips cost. The service lists some prices; the rule is the line that all of them lie on:
 *
 *     (base + per second × seconds) × factor of the resolution
 */
export interface PriceTable {
  readonly baseMicros: Micros;
  readonly perSecondMicros: Micros;
  /** Decimals, such as "1.6", by resolution. */
  readonly factor: Readonly<Record<string, string>>;
  readonly listed: readonly {
    readonly resolution: string;
    readonly durationSeconds: number;
    readonly micros: Micros;
  }[];
}

export interface Price {
  /** Null where nobody has told it: the service is asked before anything is bought. Never taken for zero. */
  readonly micros: Micros | null;
  /** `listed`: the service's page says so. `computed`: by the rule. `quoted`: the service was asked. */
  readonly source: 'listed' | 'computed' | 'quoted' | 'unknown';
  /** What the model's own table says, where the service has quoted another price. */
  readonly tableMicros?: Micros | null;
}

/** A price at which something can be bought. */
export interface KnownPrice extends Price {
  readonly micros: Micros;
}

const UNKNOWN: Price = { micros: null, source: 'unknown' };

/** The price of one clip; unknown where the model's file has none for it. */
export function priceOf(
  table: PriceTable | null,
  clip: { resolution: string; durationSeconds: number },
): Price {
  if (table === null) return UNKNOWN;
  const listed = table.listed.find(
    row => row.resolution === clip.resolution && row.durationSeconds === clip.durationSeconds,
  );
  if (listed !== undefined) return { micros: listed.micros, source: 'listed' };
  const factor = Object.hasOwn(table.factor, clip.resolution) ? table.factor[clip.resolution] : undefined;
  if (factor === undefined) return UNKNOWN;
  const before = table.baseMicros + table.perSecondMicros * clip.durationSeconds;
  return { micros: timesDecimal(before, factor), source: 'computed' };
}

/** Null where a model's file has no prices. */
export function tableOf({ rule, listed = [] }: WrittenPrice): PriceTable | null {
  if (rule === undefined) return null;
  return {
    baseMicros: parseDollars(rule.base),
    perSecondMicros: parseDollars(rule.perSecond),
    factor: rule.factor,
    listed: listed.map(({ resolution, duration, price }) => ({
      resolution,
      durationSeconds: duration,
      micros: parseDollars(price),
    })),
  };
}

/** Prices as they stand in a model's file. */
export interface WrittenPrice {
  currency: string;
  inputs: string[];
  rule?: { base: string; perSecond: string; factor: Record<string, string> };
  listed?: { resolution: string; duration: number; price: string }[];
}
