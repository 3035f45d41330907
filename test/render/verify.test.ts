import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLock } from '../../src/store/lock-file.ts';
import { digest } from '../support/cut.ts';
import { buy, emulate, paidProject } from '../support/paid.ts';
import { cli, command, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const MORE = 'cut: { size: 64x36, burn_in: true }\ndeliverables: { message: { size: 32x18 } }\n';

describe('a pinned film', () => {
  test('is made again from its clips alone, byte for byte', async () => {
    const emulator = await emulate();
    const project = await paidProject(2, MORE);
    await buy(project, emulator, { cut: true, lockFilm: true });
    const { films, shots } = parseLock('l', await project.read('reel.lock.yaml'));
    expect([...films.keys(), ...shots.keys()]).toEqual(['reel-message.mp4', 'reel.mp4', 's0', 's1']);
    expect(films.get('reel.mp4')?.sha256).toBe(await digest(project.path('out/reel/reel.mp4')));

    const frozen = { cut: true, frozen: true, verify: true };
    const { events, exitCode } = await buy(project, emulator, frozen);
    expect(exitCode).toBe(0);
    expect(events.find(({ type }) => type === 'film-verified')).toMatchObject({ files: 2 });
    expect((await fs.readdir(project.path('.storyreel'))).filter(name => name.includes('.tmp'))).toEqual([]);

    // What lies in derived/ is not believed: neither film may come from it.
    await fs.rm(project.path('out'), { recursive: true });
    await fs.rm(project.path('.storyreel/derived/segments'), { recursive: true });
    const drawings = project.path('.storyreel/derived/text');
    for (const name of await fs.readdir(drawings, { recursive: true })) {
      const drawing = join(drawings, name);
      if (name.endsWith('.rgba')) await fs.writeFile(drawing, (await fs.readFile(drawing)).fill(200));
    }
    await expect(buy(project, emulator, frozen)).rejects.toMatchObject({
      code: 'film-wrong',
      message: expect.stringContaining('what is kept is damaged: reel-message.mp4, reel.mp4'),
      exitCode: 3,
    });
    expect(emulator.ledger().charges).toHaveLength(2);
  });

  test('that is another one now is refused, and so is another ffmpeg', async () => {
    const emulator = await emulate();
    const project = await paidProject(1, MORE);
    const frozen = { cut: true, frozen: true, verify: true };
    await buy(project, emulator, { cut: true });
    await expect(buy(project, emulator, frozen)).rejects.toMatchObject({
      code: 'film-not-locked',
      exitCode: 5,
    });
    await buy(project, emulator, { cut: true, lockFilm: true });
    const lock = await project.read('reel.lock.yaml');

    // A film that another ffmpeg made is kept; to be pinned, it is made by this one, which can prove it.
    const report = await project.read('out/reel/report.json');
    const older = report.replaceAll(/"ffmpeg": ".*"/g, '"ffmpeg": "4.4"');
    await project.write('out/reel/report.json', older);
    await project.write('reel.lock.yaml', lock.replaceAll(/ffmpeg: ".*"/g, 'ffmpeg: "4.4"'));
    await expect(buy(project, emulator, frozen)).rejects.toMatchObject({ code: 'other-ffmpeg' });
    await buy(project, emulator, { cut: true });
    expect(await project.read('out/reel/report.json')).toBe(older);
    await buy(project, emulator, { cut: true, lockFilm: true });
    expect(await project.read('reel.lock.yaml')).toBe(lock);
    expect((await buy(project, emulator, frozen)).exitCode).toBe(0);

    await project.write('reel.yaml', (await project.read('reel.yaml')).replace('64x36', '66x36'));
    await expect(buy(project, emulator, frozen)).rejects.toMatchObject({
      code: 'film-differs',
      message: expect.stringMatching(/: reel\.mp4$/),
    });
    await project.write('reel.lock.yaml', lock.replaceAll(/ffmpeg: ".*"/g, 'ffmpeg: "4.4"'));
    await expect(buy(project, emulator, frozen)).rejects.toMatchObject({ code: 'other-ffmpeg' });
    await project.write('reel.lock.yaml', lock.replaceAll(/ffmpeg: ".*"/g, 'ffmpeg: 4'));
    await expect(buy(project, emulator, frozen)).rejects.toMatchObject({ code: 'lock-broken', exitCode: 2 });
  });

  test('is not one of free clips: nothing would ever prove it', async () => {
    const project = await testProject({ ...REFERENCES, 'reel.yaml': storyboardText(shot('a')) });
    for (const verb of ['render', 'cut']) {
      const { code, stderr } = await command([verb, 'reel.yaml', '--lock-film'], { cwd: project.folder });
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(
          /reel\.yaml has clips of the free animatic.+\n {2}Leave out --lock-film, or buy/,
        ),
      ]);
    }
    expect((await fs.readdir(project.folder)).sort()).toEqual(['.storyreel', 'reel.yaml', 'refs']);
    // Cards and footage need no lock: what they are is in the project.
    await project.write('reel.yaml', storyboardText('  - { id: a, card: { title: A }, duration: 0.4 }\n'));
    for (const flags of [['--lock-film'], ['--frozen', '--verify']])
      expect((await command(['render', 'reel.yaml', ...flags], { cwd: project.folder })).code).toBe(0);
  });

  test('stays pinned when more is bought, and --verify asks for --frozen', async () => {
    const emulator = await emulate();
    const project = await paidProject(1, MORE);
    await buy(project, emulator, { cut: true, lockFilm: true });
    const { films } = parseLock('l', await project.read('reel.lock.yaml'));
    const text = await project.read('reel.yaml');
    await project.write('reel.yaml', `${text}  - { id: more, prompt: "{mira} sings" }\n`);
    await buy(project, emulator);
    const after = parseLock('l', await project.read('reel.lock.yaml'));
    expect([after.films, after.shots.size]).toEqual([films, 2]);
    const { code, stderr } = await cli(['render', 'reel.yaml', '--verify'], { cwd: project.folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--frozen')]);
  });
});
