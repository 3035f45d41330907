import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { buy, emulate, expectAllHere, journalOf, paidProject, scripted } from '../support/paid.ts';
import { shot } from '../support/storyboards.ts';

const CHAIN = [
  shot('end', { image: { from: 'middle', at: 0.5 }, videos: [{ from: 'start' }] }),
  shot('middle', { image: { from: 'start', at: 'last' }, takes: 2, pick: 2 }),
  shot('start', { seed: -1 }),
  shot('alone'),
].join('');

const orderOf = (events: readonly { type: string; shot?: string | null; take?: number }[], type: string) =>
  events.flatMap(event => (event.type === type ? [`${event.shot} ${event.take}`] : []));

describe('shots that take pictures from others', () => {
  test('are bought after them, each once, also where a seed is drawn and the run is repeated', async () => {
    const emulator = await emulate();
    const project = await paidProject(CHAIN);
    const first = await buy(project, emulator, { concurrency: 8 });
    expect(first.exitCode).toBe(0);
    const submitted = orderOf(first.events, 'take-submitted');
    const rendered = orderOf(first.events, 'take-rendered');
    expect(submitted.slice(0, 2).sort()).toEqual(['alone 1', 'start 1']);
    expect(submitted.slice(2, 4).sort()).toEqual(['middle 1', 'middle 2']);
    expect(submitted[4]).toBe('end 1');
    expect(rendered.indexOf('middle 2')).toBeLessThan(rendered.indexOf('end 1'));
    await expectAllHere(project, emulator, 5);
    const again = await buy(project, emulator);
    expect(again.plan.takes.map(({ action }) => action)).toEqual(Array(5).fill('cached'));
    expect(emulator.ledger().charges).toHaveLength(5);

    // Another start: all that comes of it is another request, and what does not is not.
    await project.write('reel.yaml', (await project.read('reel.yaml')).replace('seed: -1', 'seed: 5'));
    const third = await buy(project, emulator);
    expect(orderOf(third.events, 'take-submitted')).toHaveLength(4);
    expect(emulator.ledger().charges).toHaveLength(9);
  });

  test('are not bought where those have no clip; the next run goes on from there', async () => {
    const emulator = await emulate({ faults: scripted({ point: 'task', fault: 'moderated' }) });
    const project = await paidProject(
      shot('b', { image: { from: 'a' } }) + shot('c', { image: { from: 'b' } }) + shot('a'),
    );
    const failed = await buy(project, emulator);
    expect(failed.exitCode).toBe(3);
    expect(failed.failed.map(({ shot, failure }) => [shot, failure.code]).sort()).toEqual([
      ['a', expect.any(String)],
      ['b', 'upstream-failed'],
      ['c', 'upstream-failed'],
    ]);
    expect(emulator.ledger().charges).toHaveLength(1);
    expect((await journalOf(project)).map(({ shot }) => shot)).toEqual(['a']);
    const mended = await buy(project, emulator, { retryFailed: true });
    expect(mended.exitCode).toBe(0);
    expect(orderOf(mended.events, 'take-submitted')).toEqual(['a 1', 'b 1', 'c 1']);
  });

  test('what was sent is looked after, whatever has become of the clip before it', async () => {
    const lost = { point: 'submit', fault: 'reset-after', prompt: 'does held' } as const;
    const emulator = await emulate({ without: ['history'], faults: scripted(lost) });
    const project = await paidProject(
      ['sent', 'held'].map(id => shot(id, { image: { from: 'a' } })).join('') + shot('a'),
    );
    const { plan } = await buy(project, emulator);
    const store = new Store(project.path('.storyreel'));
    for (const { key, shot } of plan.takes) {
      const clip = (await store.record(key))?.clip.sha256;
      expect(clip === undefined).toBe(shot === 'held');
      if (clip !== undefined) await fs.rm(store.clipPath(clip));
    }
    emulator.faults.replace(scripted({ point: 'download', fault: 'html', prompt: 'does a', times: 50 }));
    const again = await buy(project, emulator);
    expect(again.failed.map(({ shot, failure }) => [shot, failure.code]).sort()).toEqual([
      ['a', 'download-failed'],
      ['held', 'outcome-unknown'],
    ]);
    expect(again.exitCode).toBe(4);
    expect(orderOf(again.events, 'take-rendered')).toEqual(['sent 1']);
    expect(emulator.ledger().charges).toHaveLength(3);
  });

  test('send each frame that is asked for as a picture of its own', async () => {
    const emulator = await emulate();
    const project = await paidProject(
      shot('a') +
        shot('b', { image: { from: 'a', at: 'first' } }) +
        shot('c', { image: { from: 'a', at: 'last' } }),
    );
    expect((await buy(project, emulator)).exitCode).toBe(0);
    const images = (await journalOf(project)).flatMap(({ payload }) =>
      payload.image === undefined ? [] : [payload.image],
    );
    expect(images).toHaveLength(2);
    expect(new Set(images).size).toBe(2);
  });

  test('a take whose price nobody tells is never bought', async () => {
    const emulator = await emulate();
    const silent = await emulate({ without: ['price'] });
    const project = await paidProject(
      shot('a', { model: 'alibaba/wan-2.7/text-to-video', prompt: 'rain' }) + shot('b'),
    );
    await expect(buy(project, silent)).rejects.toMatchObject({ code: 'quote-needed', exitCode: 5 });
    expect(silent.ledger().charges).toEqual([]);
    const { plan } = await buy(project, emulator);
    expect(plan.takes.map(({ price }) => price.source)).toEqual(['quoted', 'quoted']);
    expect(plan.unpriced).toEqual({ new: 0, total: 0 });
    expect(emulator.ledger().charges).toHaveLength(2);
  });
});
