import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dollarsOrNull,
  dollarsToMicros,
  formatDollars,
  parseDollars,
  timesDecimal,
} from '../../src/model/money.ts';
import { priceOf } from '../../src/model/price.ts';
import { loadLanguage } from '../../src/project/language.ts';

const model = (await loadLanguage()).models.get('alibaba/wan-2.7/reference-to-video');
if (model === undefined) throw new Error('the model file is missing');
const price = (resolution: string, durationSeconds: number) => {
  const { micros, source } = priceOf(model.price, { resolution, durationSeconds });
  return [dollarsOrNull(micros), source];
};

describe('what a clip costs', () => {
  test.each([
    ['720p', 5, '1.00'],
    ['720p', 10, '1.50'],
    ['720p', 15, '2.00'],
    ['1080p', 5, '1.60'],
    ['1080p', 10, '2.40'],
    ['1080p', 15, '3.20'],
  ])('%s for %i s is $%s, listed', (resolution, seconds, dollars) => {
    expect(price(resolution, seconds)).toEqual([dollars, 'listed']);
  });

  test.each([
    ['720p', 2, '0.70'],
    ['720p', 7, '1.20'],
    ['1080p', 2, '1.12'],
    ['1080p', 9, '2.24'],
  ])('%s for %i s is $%s, computed', (resolution, seconds, dollars) => {
    expect(price(resolution, seconds)).toEqual([dollars, 'computed']);
  });

  test('all listed prices lie on the rule by which the others are computed', () => {
    const { price: table } = model;
    if (table === null) throw new Error('its prices are known');
    expect(table.listed.length).toBeGreaterThan(5);
    for (const { resolution, durationSeconds, micros } of table.listed) {
      expect(priceOf({ ...table, listed: [] }, { resolution, durationSeconds }).micros).toBe(micros);
    }
  });

  test('a price that is not known is no number, never zero', () => {
    expect(price('4k', 5)).toEqual([null, 'unknown']);
    expect(price('constructor', 5)).toEqual([null, 'unknown']);
    expect(priceOf(null, { resolution: '720p', durationSeconds: 5 })).toEqual({
      micros: null,
      source: 'unknown',
    });
  });
});

describe('money', () => {
  const micros = fc.integer({ min: 0, max: 999_999_999_999_999 });

  test('what is printed is read back as the same amount', () => {
    fc.assert(fc.property(micros, amount => parseDollars(formatDollars(amount)) === amount));
  });

  test('sums of printed amounts lose nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 200 }), amounts => {
        const sum = amounts.reduce((total, amount) => total + amount, 0);
        return amounts.map(formatDollars).reduce((total, text) => total + parseDollars(text), 0) === sum;
      }),
    );
  });

  test('has two decimals, or as many as it takes', () => {
    expect([0, 1, 10_000, 1_605_000, 1_000_000].map(formatDollars)).toEqual([
      '0.00',
      '0.000001',
      '0.01',
      '1.605',
      '1.00',
    ]);
  });

  test('a number of dollars is taken to the nearest micro-dollar', () => {
    expect([0.1 + 0.2, 40, 1.005].map(dollarsToMicros)).toEqual([300_000, 40_000_000, 1_005_000]);
  });

  test('a product that would need a fraction of a micro-dollar is refused', () => {
    expect(timesDecimal(1_000_000, '1.6')).toBe(1_600_000);
    expect(() => timesDecimal(1, '1.6')).toThrow(RangeError);
  });

  test.each(['', '-1', '1.', '.5', '1.0000001', '1e3', '١', ' 1', 'NaN'])('%j is no amount', text => {
    expect(() => parseDollars(text)).toThrow(RangeError);
  });
});
