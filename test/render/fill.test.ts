import { describe, expect, test } from 'vitest';
import { buy, emulate, paidProject, scripted } from '../support/paid.ts';
import { shot } from '../support/storyboards.ts';

const CUT = 'cut: { size: 64x36 }\nprofiles: { draft: { resolution: 720p, duration: 2 } }\n';
const SHOTS = [
  shot('a', { duration: 3 }),
  shot('b', { duration: 3, priority: 1 }),
  shot('c', { duration: 3, image: { from: 'a', at: 'first' } }),
].join('');

const report = async (project: Awaited<ReturnType<typeof paidProject>>) =>
  JSON.parse(await project.read('out/reel/report.json')).shots.map(
    ({ shot, filledWith }: { shot: string; filledWith: string | null }) => [shot, filledWith],
  );

describe('the best film for the money', () => {
  test('buys what fits, fills the rest with the animatic or a draft, and goes on from there', async () => {
    const emulator = await emulate();
    const project = await paidProject(SHOTS, CUT);
    const options = { cut: true, fill: 'animatic', maxCostMicros: 1_000_000 };
    const first = await buy(project, emulator, options);
    expect(first.exitCode).toBe(0);
    expect(first.spentMicros).toBe(800_000);
    expect(first.plan.takes.map(({ shot, action, fill }) => [shot, action, fill])).toEqual([
      ['a', 'skip', 'animatic'],
      ['b', 'render', null],
      ['c', 'skip', 'animatic'],
    ]);
    expect(emulator.ledger().charges).toHaveLength(1);
    expect(await report(project)).toEqual([
      ['a', 'animatic'],
      ['b', null],
      ['c', 'animatic'],
    ]);
    expect(first.events).toContainEqual({
      type: 'film-filled',
      storyboard: 'reel.yaml',
      shots: [
        { shot: 'a', source: 'animatic' },
        { shot: 'c', source: 'animatic' },
      ],
    });

    // Clips of a profile that are there already go before the animatic.
    await buy(project, emulator, { profile: 'draft', only: 'a' });
    expect(emulator.ledger().charges).toHaveLength(2);
    await buy(project, emulator, { ...options, fill: 'draft', maxCostMicros: 0 });
    expect(emulator.ledger().charges).toHaveLength(2);
    expect(await report(project)).toEqual([
      ['a', 'draft'],
      ['b', null],
      ['c', 'animatic'],
    ]);

    const whole = await buy(project, emulator, { cut: true, fill: 'animatic' });
    expect(emulator.ledger().charges).toHaveLength(4);
    expect(whole.exitCode).toBe(0);
    expect((await report(project)).map(([, source]: [string, string | null]) => source)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('a shot that fails is filled too, and the run says that it failed', async () => {
    const emulator = await emulate({
      faults: scripted({ point: 'task', fault: 'moderated', prompt: 'does b' }),
    });
    const project = await paidProject(SHOTS, CUT);
    const run = await buy(project, emulator, { cut: true, fill: 'animatic' });
    expect(run.exitCode).toBe(3);
    expect(run.films).toHaveLength(1);
    expect(await report(project)).toEqual([
      ['a', null],
      ['b', 'animatic'],
      ['c', null],
    ]);
  });

  test('the budget and the balance are limits too; what is not known to fit is not bought', async () => {
    const poor = await emulate({ balance: 0.9 });
    const project = await paidProject(SHOTS, CUT);
    expect((await buy(project, poor, { fill: 'animatic' })).spentMicros).toBe(800_000);
    const rich = await emulate({ without: ['price'] });
    const again = await paidProject(SHOTS, `${CUT}budget: 1.7\n`);
    expect((await buy(again, rich, { fill: 'animatic' })).spentMicros).toBe(1_600_000);
    await expect(buy(again, rich, { fill: 'animatic', lockFilm: true })).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(buy(again, rich, { fill: 'drafd' })).rejects.toMatchObject({ code: 'no-profile' });
  });

  test('fills the film that was agreed to, whatever is written into the storyboard meanwhile', async () => {
    const emulator = await emulate();
    const project = await paidProject(SHOTS, CUT);
    const run = await buy(project, emulator, {
      ...{ cut: true, fill: 'animatic', maxCostMicros: 1_000_000 },
      review: async () => {
        await project.write('reel.yaml', 'title: half a');
      },
    });
    expect(run.exitCode).toBe(0);
    expect(run.films).toHaveLength(1);
    expect((await report(project)).map(([, source]: [string, string | null]) => source)).toEqual([
      ...['animatic', null, 'animatic'],
    ]);
  });
});
