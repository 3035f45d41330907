import { promises as fs } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planFiles } from '../../src/project/plan-files.ts';
import { versionName } from '../../src/project/version.ts';
import { parseLock } from '../../src/store/lock-file.ts';
import { buy, emulate, paidProject } from '../support/paid.ts';

const PROFILES = 'profiles: { draft: { duration: 2 }, final: { resolution: 1080p } }\n';
const SHOTS =
  '  - { id: a, prompt: "{mira} walks in ${town}", duration: 3 }\n  - { id: b, prompt: "{mira} sits", duration: 3 }\n';

describe('versions of a storyboard', () => {
  test('live side by side: each clip is bought once, and each version has its own lock', async () => {
    const emulator = await emulate();
    const project = await paidProject(SHOTS, `${PROFILES}variables: { town: Oran }\n`);
    const rome = new Map([['town', 'rome']]);
    await buy(project, emulator);
    await buy(project, emulator, { profile: 'draft' });
    expect(emulator.ledger().charges).toHaveLength(4);
    await buy(project, emulator, { variables: rome }); // the second shot is the same in every town
    expect(emulator.ledger().charges).toHaveLength(5);
    for (const options of [{}, { profile: 'draft' }, { variables: rome }])
      expect((await buy(project, emulator, options)).plan.newMicros).toBe(0);
    expect(emulator.ledger().charges).toHaveLength(5);

    const keys = async (name: string) => {
      const { shots } = parseLock('l', await project.read(name));
      return ['a', 'b'].map(shot => shots.get(shot)?.get(1)?.key);
    };
    const [plain, draft, there] = await Promise.all(
      ['reel.lock.yaml', 'reel@draft.lock.yaml', 'reel@town=rome.lock.yaml'].map(keys),
    );
    expect(new Set([...(plain ?? []), ...(draft ?? [])]).size).toBe(4);
    expect(there?.[1]).toBe(plain?.[1]);

    // What any version bought counts against the storyboard's budget, once; also where the journal is another one.
    const spent = async () => {
      const { films } = await planFiles(['reel.yaml'], { cwd: project.folder, profile: 'draft' });
      const { spentMicros, elsewhereMicros } = films[0]?.account ?? { spentMicros: 0, elsewhereMicros: 0 };
      return spentMicros + elsewhereMicros;
    };
    const all = await spent();
    expect(all).toBe(emulator.ledger().charges.reduce((sum, { micros }) => sum + micros, 0));
    await fs.rm(project.path('.storyreel'), { recursive: true });
    await fs.mkdir(project.path('.storyreel'));
    expect(await spent()).toBe(all);
  });

  test('a film of a version is a film of its own', async () => {
    const emulator = await emulate();
    const project = await paidProject(
      SHOTS.slice(0, SHOTS.indexOf('\n') + 1),
      `${PROFILES}variables: { town: Oran }\ncut: { size: 32x18 }\n`,
    );
    const { films } = await buy(project, emulator, { profile: 'draft', cut: true });
    expect(films).toEqual([project.path('out/reel@draft/reel@draft.mp4')]);
    const frozen = await buy(project, emulator, { profile: 'draft', cut: true, frozen: true });
    expect(frozen.exitCode).toBe(0);
    await expect(buy(project, emulator, { frozen: true })).rejects.toMatchObject({ exitCode: 5 });
  });

  test('have names that fit into one of a file, and are never the same', () => {
    const of = (town: string) => versionName({ profile: 'draft', variables: new Map([['town', town]]) });
    expect(of('rome')).toBe('draft+town=rome');
    const names = ['Rome', 'rome', 'ROME', 'rome!', '../rome', '', ' ', '\u6771\u4eac', 'r'.repeat(500)].map(
      of,
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^draft\+town=[a-z0-9_-]{1,40}$/);
  });
});
