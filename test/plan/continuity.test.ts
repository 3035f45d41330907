import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainsOf } from '../../src/plan/chains.ts';
import type { PlannedTake } from '../../src/plan/plan.ts';
import { planToJson } from '../../src/plan/plan-json.ts';
import { checkFiles } from '../../src/project/check-files.ts';
import { fillPlan, fitToMoney } from '../../src/project/fillers.ts';
import { planFiles } from '../../src/project/plan-files.ts';
import { unquoted } from '../../src/project/quote-plan.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { publishedSchema } from '../support/schema.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

/** Shots that each take a frame or a clip from some of the others; `order` is that of the film. */
interface Graph {
  readonly sources: readonly (readonly number[])[];
  readonly order: readonly number[];
}

const graphs = (circles: boolean): fc.Arbitrary<Graph> =>
  fc.integer({ min: 1, max: 7 }).chain(size =>
    fc.record({
      sources: fc.tuple(
        ...Array.from({ length: size }, (_, place) =>
          fc.uniqueArray(fc.nat({ max: circles ? size - 1 : Math.max(0, place - 1) }), {
            maxLength: circles || place > 0 ? 3 : 0,
          }),
        ),
      ),
      order: fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
    }),
  );

function textOf({ sources, order }: Graph, seeds: readonly number[] = []): string {
  const shots = order.map(place => {
    const [first, ...others] = sources[place] ?? [];
    return shot(`s${place}`, {
      seed: seeds[place] ?? 0,
      ...(first === undefined ? {} : { image: { from: `s${first}`, at: 'last' } }),
      ...(others.length === 0 ? {} : { videos: others.map(other => ({ from: `s${other}` })) }),
    });
  });
  return storyboardText(shots.join(''));
}

const project: TestProject = await testProject(REFERENCES);

async function takesOf(text: string, only?: string): Promise<Map<string, PlannedTake>> {
  await project.write('reel.yaml', text);
  const { plan } = await planFiles(['reel.yaml'], { cwd: project.folder, provider: 'wavespeed', only });
  return new Map(plan.takes.map(take => [take.shot, take]));
}

/** The shots behind a shot, found by walking. */
function behind(place: number, sources: Graph['sources']): Set<number> {
  const found = new Set<number>();
  const walk = (at: number) => {
    for (const [next, own] of sources.entries()) {
      if (!own.includes(at) || found.has(next)) continue;
      found.add(next);
      walk(next);
    }
  };
  walk(place);
  return found;
}

describe('shots that take pictures from others', () => {
  test('have keys that follow from those before them, whatever the order of the film', async () => {
    await fc.assert(
      fc.asyncProperty(graphs(false), fc.nat(), async (graph, chosen) => {
        const { sources } = graph;
        const keysOf = (takes: Map<string, PlannedTake>) =>
          new Map(sources.map((_, place) => [place, takes.get(`s${place}`)?.key]));
        const before = keysOf(await takesOf(textOf(graph)));
        const inOrder = keysOf(await takesOf(textOf({ sources, order: [...sources.keys()] })));
        expect(inOrder).toEqual(before);
        const changed = chosen % sources.length;
        const after = keysOf(
          await takesOf(
            textOf(
              graph,
              sources.map((_, place) => (place === changed ? 7 : 0)),
            ),
          ),
        );
        const moved = [...after].flatMap(([place, key]) => (key === before.get(place) ? [] : [place]));
        expect(new Set(moved)).toEqual(new Set([changed, ...behind(changed, sources)]));
      }),
      { numRuns: 25 },
    );
  });

  test('the plan tells what another take of a shot brings about, each shot behind it once', async () => {
    await fc.assert(
      fc.asyncProperty(graphs(false), async graph => {
        const takes = await takesOf(textOf(graph));
        const expected = graph.order.flatMap(place => {
          const all = behind(place, graph.sources).size;
          return all === 0 ? [] : [[`s${place}`, all + 1, (all + 1) * 700_000]];
        });
        const { chains } = chainsOf([...takes.values()]);
        expect(chains.map(chain => [chain.shot, chain.takes, chain.micros])).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('a circle is told, each once, and nothing else is', async () => {
    await fc.assert(
      fc.asyncProperty(graphs(true), async graph => {
        const { sources, order } = graph;
        await project.write('reel.yaml', textOf(graph));
        const { diagnostics } = await checkFiles(['reel.yaml'], project.folder);
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        const inCircle = order.filter(place => behind(place, sources).has(place));
        // Shots that reach each other are one knot; each knot has at least one circle to tell of.
        const knots = new Set(
          inCircle.map(place =>
            inCircle
              .filter(
                other =>
                  other === place || (behind(place, sources).has(other) && behind(other, sources).has(place)),
              )
              .sort()
              .join(),
          ),
        );
        expect(errors.every(({ code }) => code === 'continuity-cycle')).toBe(true);
        expect(errors.length).toBeGreaterThanOrEqual(Math.min(1, knots.size));
        expect(errors.length > 0).toBe(inCircle.length > 0);
        expect(errors.length).toBeLessThanOrEqual(inCircle.length);
      }),
      { numRuns: 40 },
    );
  });

  test('bring those before them along with --only, with their picked take alone', async () => {
    const text = storyboardText(
      [
        shot('far', { image: { from: 'near' } }),
        shot('near', { takes: 3, pick: 2, image: { from: 'start', at: 0.5 } }),
        shot('start'),
        shot('other', { videos: [{ from: 'start' }] }),
      ].join(''),
    );
    const takes = await takesOf(text, 'far');
    expect([...takes.values()].map(({ shot, take }) => `${shot} ${take}`)).toEqual([
      'far 1',
      'near 2',
      'start 1',
    ]);
  });

  test('picking another take, frame or kind of picture makes another request; another title does not', async () => {
    const key = async (fields: object, rest: object = {}) =>
      (await takesOf(storyboardText(shot('a', { takes: 2, ...rest }) + shot('b', { ...fields })))).get('b')
        ?.key;
    const base = await key({ image: { from: 'a' } });
    expect(await key({ image: { from: 'a', at: 'last' } })).toBe(base);
    expect(await key({ image: { from: 'a' } }, { title: 'Another', trim: { end: 1 } })).toBe(base);
    const others = [
      await key({ image: { from: 'a' } }, { pick: 2 }),
      await key({ image: { from: 'a', at: 'first' } }),
      await key({ image: { from: 'a', at: 0 } }),
      await key({ videos: [{ from: 'a' }] }),
      await key({}),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
  });

  test('plan --json is as its schema says: chains, prices that nobody knows, shots that are filled', async () => {
    const validate = publishedSchema('plan.schema.json');
    await project.write(
      'reel.yaml',
      storyboardText(
        shot('a') +
          shot('b', { model: 'alibaba/wan-2.7/image-to-video', prompt: 'she stops', image: { from: 'a' } }),
      ),
    );
    const planned = await planFiles(['reel.yaml'], { cwd: project.folder, provider: 'wavespeed' });
    const fitted = fitToMoney(unquoted(planned.plan), planned, 700_000);
    const filled = await fillPlan('animatic', fitted, planned, { cwd: project.folder });
    for (const plan of [planned.plan, filled.plan]) {
      const json = JSON.parse(JSON.stringify(planToJson(plan)));
      expect([validate(json), validate.errors]).toEqual([true, null]);
    }
    expect(planToJson(filled.plan)).toMatchObject({
      takes: [
        { action: 'render', price: '0.70', cost: '0.70' },
        { action: 'skip', fill: 'animatic', price: null, priceSource: 'unknown', cost: '0.00' },
      ],
      chains: [{ shot: 'a', followers: ['b'], reroll: { takes: 2, cost: null } }],
      cost: { new: '0.70', total: null, quoteNeeded: 1 },
    });
    expect(planToJson(planned.plan)).toMatchObject({ cost: { new: null, total: null, quoteNeeded: 1 } });
  });
});
