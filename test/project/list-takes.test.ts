import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plan, render } from '../../src/index.ts';
import { type ListedShot, listTakes } from '../../src/project/list-takes.ts';
import { pickTake, writePick } from '../../src/project/pick-take.ts';
import { deletePrunable, findPrunable } from '../../src/store/inspect.ts';
import { Store } from '../../src/store/store.ts';
import { keysInUse, TakeHistory } from '../../src/store/take-history.ts';
import { doubleProvider } from '../support/double.ts';
import { buy, emulate, journalOf, paidProject } from '../support/paid.ts';
import { type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

async function list(
  project: TestProject,
  options: Parameters<typeof plan>[1] = {},
): Promise<readonly ListedShot[]> {
  const planned = await plan(['reel.yaml'], { cwd: project.folder, ...options });
  const [film] = planned.films;
  return film === undefined ? [] : await listTakes(planned, film);
}

/** `a 1 older:prompt`, a row for each take. */
function rows(shots: readonly ListedShot[]): string[] {
  return shots.flatMap(({ id, takes }) =>
    takes.map(({ take, state, current, picked, locked, changed }) =>
      [
        ...[id, take, state === 'rendered' ? '' : state, picked ? 'picked' : '', locked ? 'locked' : ''],
        current ? '' : `older:${changed.join('+')}`,
      ]
        .filter(word => word !== '')
        .join(' '),
    ),
  );
}

const film = (shots: string) => storyboardText(shots, 'provider: wavespeed\n');

describe('bought takes', () => {
  test('every one is listed, and going back to an older one costs nothing', async () => {
    const emulator = await emulate();
    const project = await paidProject(shot('a', { takes: 2, pick: 2, seed: 7 }) + shot('b'));
    await buy(project, emulator);
    const original = await project.read('reel.yaml');
    await project.write(
      'reel.yaml',
      film(shot('a', { takes: 2, pick: 2, seed: 7, prompt: '{mira} runs' }) + shot('b', { seed: 3 })),
    );
    await buy(project, emulator);
    const { charges } = emulator.ledger();
    expect(charges).toHaveLength(6);

    const listed = await list(project);
    expect(rows(listed)).toEqual([
      ...['a 1 locked', 'a 2 picked locked', 'a 1 older:prompt', 'a 2 older:prompt'],
      ...['b 1 picked locked', 'b 1 older:seed'],
    ]);
    const [older] = listed[0]?.takes.slice(2) ?? [];
    expect(older).toMatchObject({ seed: 7, costMicros: 700_000, version: 1 });
    expect(older?.predictionId).toBe(
      (await journalOf(project)).find(({ key }) => key === older?.key)?.predictionId,
    );
    expect(Math.abs((older?.renderedAt?.getTime() ?? 0) - Date.now())).toBeLessThan(120_000);
    expect(older?.clip?.durationSeconds).toBeCloseTo(2, 0);

    await project.write('reel.yaml', original);
    const { plan: back } = await plan(['reel.yaml'], { cwd: project.folder });
    expect(back.takes.map(({ action }) => action)).toEqual(['cached', 'cached', 'cached']);
    expect((await buy(project, emulator)).spentMicros).toBe(0);
    expect(emulator.ledger().charges).toEqual(charges);
    // What the film uses again is locked again.
    expect(rows(await list(project))).toEqual([
      ...['a 1 locked', 'a 2 picked locked', 'a 1 older:prompt', 'a 2 older:prompt'],
      ...['b 1 picked locked', 'b 1 older:seed'],
    ]);
    // Another take of the same prompt is an edit of its number alone.
    await writePick(await pickTake('reel.yaml', 'a', 1, project.folder));
    expect(await project.read('reel.yaml')).toBe(original.replace('pick: 2', 'pick: 1'));
    expect((await plan(['reel.yaml'], { cwd: project.folder })).plan.newMicros).toBe(0);

    // Without the history the journal and the lock file still know them.
    await fs.rm(project.path('.storyreel/takes'), { recursive: true });
    expect(rows(await list(project))).toHaveLength(6);
    // A renamed shot takes what is in use along; what it had before stays under the name that the journal knows.
    await project.write('reel.yaml', (await project.read('reel.yaml')).replace('id: b', 'id: later'));
    expect(rows(await list(project)).slice(4)).toEqual(['later 1 picked locked', 'b 1 older:shot']);
    expect(rows(await list(project, { only: 'later' }))).toEqual(['later 1 picked locked']);
  });

  test('a shot has fewer takes now, and versions do not mix', async () => {
    const emulator = await emulate();
    const profiles = 'profiles: { short: { duration: 3 } }\n';
    const project = await paidProject(shot('a', { takes: 2 }), profiles);
    await buy(project, emulator);
    await buy(project, emulator, { profile: 'short' });
    await project.write('reel.yaml', storyboardText(shot('a'), `provider: wavespeed\n${profiles}`));
    expect(rows(await list(project))).toEqual(['a 1 picked locked', 'a 2 locked older:takes']);
    expect(rows(await list(project, { profile: 'short' }))).toEqual([
      'a 1 picked locked',
      'a 2 locked older:takes',
    ]);
  });
});

describe('free takes', () => {
  test('pruning takes what no storyboard uses: it is listed as gone, and what was gone back to stays', async () => {
    const project = await testProject(REFERENCES);
    const provider = doubleProvider({ folder: project.path('made'), priced: false });
    const draw = async (prompt: string) => {
      await project.write('reel.yaml', storyboardText(shot('a', { prompt })));
      await render(['reel.yaml'], { cwd: project.folder, customProvider: provider, cut: false });
    };
    for (const prompt of ['{mira} walks', '{mira} runs', '{mira} walks']) await draw(prompt);
    expect(provider.submitted).toHaveLength(2);
    expect(rows(await list(project, { identity: provider }))).toEqual(['a 1 picked', 'a 1 older:prompt']);
    const store = new Store(project.path('.storyreel'));
    await deletePrunable(await findPrunable(store, project.folder, { olderThanMs: 0, derivedBytes: null }));
    const listed = await list(project, { identity: provider });
    expect(rows(listed)).toEqual(['a 1 picked', 'a 1 gone older:']);
    expect(listed[0]?.takes[1]).toMatchObject({
      seed: 0,
      costMicros: null,
      clip: null,
      renderedAt: expect.any(Date),
    });
  });
});

describe('the history of takes', () => {
  const key = (digit: string) => digit.repeat(64) as never;
  const at = (time: string) => () => new Date(time);

  test('keeps every key with the time of its first rendering; in use are the last ones alone', async () => {
    const { folder, path } = await testProject();
    const history = new TakeHistory(path('.storyreel'), 'reel.yaml');
    const note = (digit: string, time: string) =>
      history.note('animatic', [{ shot: 'a', take: 1, key: key(digit), seed: 7 }], at(time));
    await note('1', '2026-01-01');
    await note('2', '2026-01-02');
    await note('1', '2026-01-03');
    expect(await history.last('animatic')).toEqual(new Map([['a 1', key('1')]]));
    expect(
      (await history.all('animatic')).map(({ key, renderedAt }) => [key[0], renderedAt?.getDate()]),
    ).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(await history.all('wavespeed')).toEqual([]);
    expect(await keysInUse(`${folder}/.storyreel`)).toEqual(new Set([key('1')]));
  });

  test('reads what the first versions wrote, and loses nothing of it', async () => {
    const { path, write } = await testProject();
    const history = new TakeHistory(path('.storyreel'), 'reel.yaml');
    await history.note('animatic', [{ shot: 'a', take: 1, key: key('1'), seed: 7 }], at('2026-01-01'));
    const [name = ''] = await fs.readdir(path('.storyreel/takes'));
    const takes = { 'animatic a 1': key('1'), 'animatic b 1': key('3') };
    await write(`.storyreel/takes/${name}`, JSON.stringify({ version: 1, storyboard: 'reel.yaml', takes }));
    expect((await history.all('animatic')).map(({ shot, seed }) => [shot, seed])).toEqual([
      ['a', null],
      ['b', null],
    ]);
    await history.note('animatic', [{ shot: 'a', take: 1, key: key('2'), seed: 8 }], at('2026-01-02'));
    expect((await history.all('animatic')).map(({ shot, key, seed }) => [shot, key[0], seed])).toEqual([
      ['a', '1', null],
      ['a', '2', 8],
      ['b', '3', null],
    ]);
  });
});
