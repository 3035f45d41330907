import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut, startFrames, type TimelineShot } from '../../src/plan/timeline.ts';
import type { Transition } from '../../src/storyboard/storyboard.ts';
import { FPS } from '../support/cut.ts';

const NONE = { fadeInSeconds: 0, fadeOutSeconds: 0 };

function shot(durationSeconds: number, transition: Partial<Transition> = {}): TimelineShot {
  return {
    ...{ durationSeconds, startSeconds: 0, endSeconds: null, speed: 1, holdSeconds: 0 },
    transition: { type: 'cut', durationSeconds: 0, color: '#000000', path: [], ...transition },
  };
}

const dissolve = (durationSeconds: number) => ({ type: 'dissolve', durationSeconds });

test('a second between two dissolves of half a second is long enough at every rate', () => {
  for (const fps of Object.values(FPS)) {
    const shots = [shot(1), shot(1, dissolve(0.5)), shot(1, dissolve(0.5))];
    const { timeline, problems } = layOut(shots, { fps, ...NONE });
    expect(problems).toEqual([]);
    const [, first = 0, second = 0] = timeline.items.map(({ overlapFrames }) => overlapFrames);
    expect(first - second).toBeLessThanOrEqual(1);
    expect(first + second).toBeLessThanOrEqual(timeline.items[1]?.frames ?? 0);
  }
  expect(
    layOut([shot(1), shot(0.9, dissolve(0.5)), shot(1, dissolve(0.5))], { fps: FPS['25'] as never, ...NONE })
      .problems,
  ).toMatchObject([
    {
      index: 1,
      at: 'next',
      message: 'the shot has 0.92 s, but its transitions take 0.52 s at its start and 0.52 s at its end',
    },
  ]);
});

/** Tenths of a second, so that they are no whole frames at most rates. */
const tenths = (min: number, max: number) => fc.integer({ min, max }).map(value => value / 10);
const films = fc.record({
  fps: fc.constantFrom(...Object.values(FPS)),
  transitions: fc.array(
    fc.record({ type: fc.constantFrom('cut', 'dissolve', 'wipe-left', 'fade'), seconds: tenths(2, 20) }),
    { minLength: 1, maxLength: 6 },
  ),
  spare: fc.array(fc.oneof(fc.constant(0), tenths(0, 9)), { minLength: 7, maxLength: 7 }),
  speed: fc.constantFrom(1, 1, 0.5, 2),
  fadeInSeconds: fc.constantFrom(0, 0.3, 0.5),
  fadeOutSeconds: fc.constantFrom(0, 0.3, 0.5),
});

test('shots that are as long as what is at their ends in seconds are so in frames, and each frame is rounded once', () => {
  fc.assert(
    fc.property(films, ({ fps, transitions, spare, speed, ...fades }) => {
      const written = transitions.map(({ type, seconds }) => ({
        type,
        durationSeconds: type === 'cut' ? 0 : seconds,
      }));
      const takes = written.map(({ type, durationSeconds }) =>
        type === 'fade' ? durationSeconds / 2 : durationSeconds,
      );
      const ends = [fades.fadeInSeconds, ...takes, fades.fadeOutSeconds];
      const shots = spare.slice(0, written.length + 1).map((more, index) => {
        const seconds = Math.max(0.1, (ends[index] ?? 0) + (ends[index + 1] ?? 0) + more);
        return { ...shot(seconds * speed, written[index - 1]), speed };
      });
      const { timeline, problems } = layOut(shots, { fps, ...fades });
      expect(problems).toEqual([]);
      const starts = startFrames(timeline);
      const rate = fps.numerator / fps.denominator;
      for (const [index, item] of timeline.items.entries()) {
        const following = timeline.items[index + 1]?.overlapFrames ?? 0;
        const taken = item.overlapFrames + item.fadeIn.frames + item.fadeOut.frames + following;
        expect(taken).toBeLessThanOrEqual(item.frames);
        expect(
          Math.abs(item.frames - ((shots[index]?.durationSeconds ?? 0) / speed) * rate),
        ).toBeLessThanOrEqual(0.5 + 1e-6);
        const wanted = (ends[index] ?? 0) * rate;
        const got = index === 0 || item.overlapFrames === 0 ? item.fadeIn.frames : item.overlapFrames;
        expect(Math.abs(got - wanted)).toBeLessThan(2.5);
        expect(starts[index]).toBeGreaterThanOrEqual(0);
      }
      const last = timeline.items.length - 1;
      expect(timeline.frameCount).toBe((starts[last] ?? 0) + (timeline.items[last]?.frames ?? 0));
    }),
    { numRuns: 500 },
  );
});
