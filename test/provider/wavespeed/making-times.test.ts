import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MakingTimes } from '../../../src/provider/wavespeed/making-times.ts';

const seen = (runningMs: number | null, finishedMs: number, toldMs: number | null = null) => ({
  ...{ runningMs, finishedMs, toldMs },
});

test('nothing is known before anything was made; what is typical is then only expected', () => {
  const times = new MakingTimes(150_000);
  expect([times.quickestMs, times.typicalMs]).toEqual([null, 150_000]);
});

test('what the service says of it counts where it fits what was seen', () => {
  const times = new MakingTimes(1);
  times.learn(seen(180, 225, 200));
  expect(times.quickestMs).toBe(200);
  times.learn(seen(null, 230, 210));
  expect(times.typicalMs).toBe(205);
  // It was seen unfinished after 300 ms: time in a queue is not in the service's figure.
  times.learn(seen(300, 400, 90));
  times.learn(seen(300, 400, 9000));
  times.learn(seen(null, 230, 0));
  expect(times.quickestMs).toBe(200);
});

test('a first look that found it is followed by earlier ones, until one is too early', () => {
  const times = new MakingTimes(1);
  times.learn(seen(null, 200));
  expect(times.quickestMs).toBe(190);
  times.learn(seen(190, 215));
  expect(times.quickestMs).toBe(190);
});

test('a service that slows down is not looked at too early for ever', () => {
  const times = new MakingTimes(1);
  times.learn(seen(null, 100, 100));
  for (let clip = 0; clip < 8; clip++) times.learn(seen(900, 1100));
  expect(times.quickestMs).toBe(1000);
});

test('whatever the service says, the first look comes within what was seen', () => {
  const ms = fc.integer({ min: 1, max: 1e7 });
  const told = fc.option(fc.double());
  fc.assert(
    fc.property(fc.array(fc.tuple(ms, ms, told), { minLength: 1 }), clips => {
      const times = new MakingTimes(1);
      for (const [a, b, toldMs] of clips) times.learn(seen(Math.min(a, b) - 1, Math.max(a, b), toldMs));
      const last = clips.slice(-8).map(([a, b]) => Math.max(a, b));
      expect(times.quickestMs).toBeGreaterThanOrEqual(0);
      expect(times.quickestMs).toBeLessThanOrEqual(Math.min(...last));
    }),
  );
});
