import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitPlan } from '../../src/plan/fit-plan.ts';
import type { Plan, PlannedTake } from '../../src/plan/plan.ts';
import { planFiles } from '../../src/project/plan-files.ts';
import { testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const project = await testProject(REFERENCES);

async function planOf(text: string): Promise<Plan> {
  await project.write('reel.yaml', text);
  return (await planFiles(['reel.yaml'], { cwd: project.folder, provider: 'wavespeed' })).plan;
}

const NO_BUDGET = () => null;
const chosen = (plan: Plan, runMicros: number | null) =>
  fitPlan(plan, { runMicros, leftFor: NO_BUDGET })
    .takes.filter(({ action }) => action === 'render')
    .map(({ shot, take }) => `${shot}${take === 1 ? '' : ` ${take}`}`);

describe('the part of a plan that the money is enough for', () => {
  test('goes by priority, then by the order of the film; picked takes first; what is too dear is passed over', async () => {
    const plan = await planOf(
      storyboardText(
        [
          shot('a', { takes: 2, pick: 2 }),
          shot('b', { priority: 2 }),
          shot('c', { priority: 1, resolution: '1080p' }), // $1.12, the others $0.70
          shot('d'),
        ].join(''),
      ),
    );
    expect(chosen(plan, null)).toEqual(['a', 'a 2', 'b', 'c', 'd']);
    expect(chosen(plan, 1_820_000)).toEqual(['b', 'c']);
    expect(chosen(plan, 1_819_999)).toEqual(['c']);
    expect(chosen(plan, 700_000)).toEqual(['b']);
    expect(chosen(plan, 2_520_000)).toEqual(['a 2', 'b', 'c']);
    expect(chosen(plan, 3_220_000)).toEqual(['a 2', 'b', 'c', 'd']);
    expect(chosen(plan, 0)).toEqual([]);
  });

  test('a shot is bought with those that it takes pictures from, or not at all', async () => {
    const plan = await planOf(
      storyboardText(
        [
          shot('start'),
          shot('middle', { image: { from: 'start' } }),
          shot('end', { priority: 1, videos: [{ from: 'middle' }] }),
          shot('other', { priority: 2 }),
        ].join(''),
      ),
    );
    expect(chosen(plan, 2_100_000)).toEqual(['start', 'middle', 'end']);
    expect(chosen(plan, 2_000_000)).toEqual(['start', 'other']);
  });

  test('never costs more than any limit, and leaves out nothing that it could still pay', async () => {
    const shots = fc.array(
      fc.record({
        priority: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
        duration: fc.integer({ min: 2, max: 10 }),
        takes: fc.integer({ min: 1, max: 2 }),
        twin: fc.boolean(),
        from: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const limit = fc.integer({ min: 0, max: 8_000_000 });
    await fc.assert(
      fc.asyncProperty(shots, limit, limit, async (list, runMicros, budget) => {
        const text = list.map(({ twin, from, priority, ...fields }, index) =>
          shot(`s${index}`, {
            ...fields,
            ...(priority === undefined ? {} : { priority }),
            ...(twin ? { prompt: '{mira} waits' } : {}),
            ...(from === undefined || index === 0 ? {} : { image: { from: `s${from % index}` } }),
          }),
        );
        const plan = await planOf(storyboardText(text.join('')));
        const fitted = fitPlan(plan, { runMicros, leftFor: () => budget });
        const least = Math.min(runMicros, budget);
        expect(fitted.newMicros).toBeLessThanOrEqual(least);
        const isBought = (take: PlannedTake) => take.action === 'render';
        const keys = new Set(fitted.takes.filter(isBought).map(({ key }) => key));
        for (const take of fitted.takes) {
          const sources = take.media.flatMap(({ source }) => ('key' in source ? [source.key] : []));
          const isReady = sources.every(key => keys.has(key));
          if (isBought(take)) expect(isReady).toBe(true);
          else if (isReady) expect(fitted.newMicros + (take.price.micros ?? 0)).toBeGreaterThan(least);
        }
        // What is the same is bought, or left out, as one.
        for (const take of fitted.takes) expect(isBought(take)).toBe(keys.has(take.key));
      }),
      { numRuns: 60 },
    );
  });
});
