import { type Micros, timesDecimal } from './money.ts';

/**
 * What a model's clips cost. The service lists some prices; the rule is the line that all of them lie on:
 *
 *     (base + per second × seconds) × factor of the resolution
 */
export interface PriceTable {
  /** The fields of a request that its price depends on: takes that agree in them cost the same. */
  readonly inputs: readonly string[];
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
  readonly micros: Micros;
  /** `listed`: the service's page says so. `computed`: by the rule. `quoted`: the service was asked. */
  readonly source: 'listed' | 'computed' | 'quoted';
  /** What the model's own table says, where the service has quoted another price. */
  readonly tableMicros?: Micros;
}

/** The price of one clip. Throws RangeError for a resolution that has none: an unknown price is never zero. */
export function priceOf(table: PriceTable, clip: { resolution: string; durationSeconds: number }): Price {
  const listed = table.listed.find(
    row => row.resolution === clip.resolution && row.durationSeconds === clip.durationSeconds,
  );
  if (listed !== undefined) return { micros: listed.micros, source: 'listed' };
  const factor = table.factor[clip.resolution];
  if (factor === undefined) throw new RangeError(`no price is known for ${clip.resolution}`);
  const before = table.baseMicros + table.perSecondMicros * clip.durationSeconds;
  return { micros: timesDecimal(before, factor), source: 'computed' };
}
