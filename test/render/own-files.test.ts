import { spawn } from 'node:child_process';
import { existsSync, promises as fs } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buy, emulate, paidProject } from '../support/paid.ts';
import { command, makeClip, type TestProject, testProject } from '../support/project.ts';
import { REFERENCES, shot, storyboardText } from '../support/storyboards.ts';

const INDEX = new URL('../../dist/index.js', import.meta.url).href;

/** A film of one card, with whatever else. */
function card(rest = '', shots = ''): string {
  return `version: 1
title: Test
cut: { size: 64x36, fps: 25 }
${rest}shots:
  - { id: end, card: { title: The End }, duration: 0.4, dialogue: Farewell. }
${shots}`;
}

const TWO = 'deliverables: { v: { size: 36x64 }, e: { codec: prores } }\n';

async function cut(project: TestProject, ...args: string[]) {
  const { code, stdout, stderr } = await command(['cut', ...args], { cwd: project.folder });
  return { code, told: stdout + stderr };
}

async function filesIn(project: TestProject, folder: string): Promise<string[]> {
  return (await fs.readdir(project.path(folder))).filter(name => name !== 'clips').sort();
}

const OF_FILM = ['.storyreel.json', 'film.mp4', 'film.srt', 'film.vtt', 'poster.jpg', 'report.json'];

describe('what is not ours', () => {
  test('stays where the film is sent into the folder of its own footage', async () => {
    const project = await testProject({
      'films/road/storyboard.yaml': card('', '  - { id: a, clip: clips/01-arrival.mp4 }\n'),
      'films/road/clips/02-not-named.mp4': 'mine',
    });
    const footage = await makeClip(project.path('films/road/clips/01-arrival.mp4'), { size: '64x36' });
    const before = await fs.readFile(footage);
    expect((await cut(project, 'films/road', '--out', 'films')).code).toBe(0);
    await project.write('films/road/storyboard.yaml', card());
    expect((await cut(project, 'films/road', '--out', 'films')).code).toBe(0);
    expect((await fs.readFile(footage)).equals(before)).toBe(true);
    expect(await project.read('films/road/clips/02-not-named.mp4')).toBe('mine');
    expect(existsSync(project.path('films/road/road.mp4'))).toBe(true);
  });

  test.each(['film.mp4', 'film-v.mp4', 'film-e.mov', 'film-e.srt', 'film.vtt', 'poster.jpg', 'report.json'])(
    'is refused before anything is made: %s',
    async name => {
      const project = await testProject({ 'film.yaml': card(TWO), [`out/film/${name}`]: 'mine' });
      const { code, told } = await cut(project, 'film.yaml');
      expect([code, told]).toEqual([
        1,
        `storyreel: ${project.path(`out/film/${name}`)} is there already, and is not known to be ours\n  Move it away, or choose another place with --out: what is not ours is never replaced.\n`,
      ]);
      expect(await filesIn(project, 'out/film')).toEqual([name]);
      expect(await project.read(`out/film/${name}`)).toBe('mine');
      expect(existsSync(project.path('.storyreel/derived'))).toBe(false);
      if (name === 'film.mp4') expect((await cut(project, 'film.yaml', '--out', 'other')).code).toBe(0);
    },
  );

  test('among clips and contact sheets neither', async () => {
    const project = await testProject({
      ...REFERENCES,
      'film.yaml': storyboardText(shot('a')),
      'out/film/clips/01-a.mp4': 'mine',
      'out/film/takes.png': 'mine',
    });
    const refused = await command(['render', 'film.yaml'], { cwd: project.folder });
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('out/film/clips/01-a.mp4 is'),
    ]);
    expect(existsSync(project.path('.storyreel/clips'))).toBe(false);
    expect((await command(['render', 'film.yaml', '--out', 'o'], { cwd: project.folder })).code).toBe(0);

    const takes = await command(['takes', 'film.yaml'], { cwd: project.folder });
    expect([takes.code, takes.stderr]).toEqual([1, expect.stringMatching(/takes\.png is [\s\S]+--sheet/)]);
    for (const name of ['clips/01-a.mp4', 'takes.png'])
      expect(await project.read(`out/film/${name}`)).toBe('mine');
    await fs.rm(project.path('out/film/takes.png'));
    for (const _ of ['drawn', 'drawn again'])
      expect((await command(['takes', 'film.yaml'], { cwd: project.folder })).code).toBe(0);
    // A cut knows which files are not its own.
    await fs.rm(project.path('out/film/clips'), { recursive: true });
    expect((await cut(project, 'film.yaml')).code).toBe(0);
    expect(await filesIn(project, 'out/film')).toContain('takes.png');
  });
});

test.each([
  ['clip: out/film/film.mp4', ''],
  ['still: out/film/poster.jpg, duration: 0.4', ''],
  ['clip: out/film/film-e.mov', TWO],
  ['clip: out/film/film-v.mp4', ''], // made earlier: it would be taken away
])('a film is not made of what its own cut makes: %s', async (source, rest) => {
  const project = await testProject({ 'film.yaml': card(TWO) });
  expect((await cut(project, 'film.yaml')).code).toBe(0);
  const file = project.path(/out[^,]+/.exec(source)?.[0] ?? '');
  const before = await fs.readFile(file);
  await project.write('film.yaml', card(rest, `  - { id: a, ${source} }\n`));
  const { code, told } = await cut(project, 'film.yaml');
  expect([code, told]).toEqual([2, expect.stringContaining('film.yaml names out/film/')]);
  expect((await fs.readFile(file)).equals(before)).toBe(true);
  expect((await cut(project, 'film.yaml', '--out', 'other')).code).toBe(0);
});

describe('what a cut made earlier', () => {
  test('leaves its subtitles to a deliverable whose container has changed', async () => {
    const project = await testProject({ 'film.yaml': card('deliverables: { e: { codec: prores } }\n') });
    await cut(project, 'film.yaml');
    await project.write('film.yaml', card('deliverables: { e: {} }\n'));
    expect((await cut(project, 'film.yaml')).code).toBe(0);
    expect(await filesIn(project, 'out/film')).toEqual(
      [...OF_FILM, 'film-e.mp4', 'film-e.srt', 'film-e.vtt'].sort(),
    );
  });

  test('is taken away when no longer asked for, also after a run that was killed; what the author added is not', async () => {
    const project = await testProject({ 'film.yaml': card(TWO), 'out/film/film-mine.mp4': 'mine' });
    const program = `
      const { cut } = await import(${JSON.stringify(INDEX)});
      await cut(['film.yaml'], {
        cwd: ${JSON.stringify(project.folder)}, environment: process.env,
        onEvent: ({ type, film }) => {
          if (type === 'film-written' && film.endsWith('-v.mp4')) process.kill(process.pid, 'SIGKILL');
        },
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    expect(await new Promise(resolve => child.once('exit', (_, signal) => resolve(signal)))).toBe('SIGKILL');
    expect(await filesIn(project, 'out/film')).toContain('film-v.mp4');

    await project.write('film.yaml', card());
    expect((await cut(project, 'film.yaml')).code).toBe(0);
    expect(await filesIn(project, 'out/film')).toEqual([...OF_FILM, 'film-mine.mp4'].sort());
    await project.write('film.yaml', card().replace(', dialogue: Farewell.', ''));
    expect((await cut(project, 'film.yaml')).code).toBe(0);
    expect(await filesIn(project, 'out/film')).toEqual(
      ['.storyreel.json', 'film-mine.mp4', 'film.mp4', 'poster.jpg', 'report.json'].sort(),
    );
  });

  test('before there were notes is known from its report', async () => {
    const project = await testProject({
      ...REFERENCES,
      'film.yaml': storyboardText(shot('a') + shot('b'), 'deliverables: { v: { size: 36x64 } }\n'),
    });
    expect((await command(['render', 'film.yaml'], { cwd: project.folder })).code).toBe(0);
    await fs.rm(project.path('out/film/.storyreel.json'));
    await project.write('out/film/clips/02-mine.mp4', 'mine');
    await project.write('film.yaml', storyboardText(shot('a')));
    expect((await cut(project, 'film.yaml')).code).toBe(0);
    expect(await fs.readdir(project.path('out/film/clips'))).toEqual(['01-a.mp4', '02-mine.mp4']);
    expect(existsSync(project.path('out/film/film-v.mp4'))).toBe(false);
  });

  test('is left alone by a note or a report that somebody else wrote', async () => {
    const project = await testProject({ 'film.yaml': card(), 'mine.mp4': 'mine' });
    await cut(project, 'film.yaml');
    const note = project.path('out/film/.storyreel.json');
    for (const wrong of [
      'null',
      '[',
      '{"version":1,"storyboard":null,"film":["../../mine.mp4"],"takes":[]}',
      '{"version":1,"storyboard":null,"film":["clips/.."],"takes":[]}',
      '{"version":1,"storyboard":null,"film":7,"takes":[]}',
    ]) {
      await fs.writeFile(note, wrong);
      expect([wrong, (await cut(project, 'film.yaml')).code]).toEqual([wrong, 0]);
      expect(JSON.parse(await fs.readFile(note, 'utf8'))).toMatchObject({ storyboard: '../../film.yaml' });
    }
    expect(await project.read('mine.mp4')).toBe('mine');
  });

  test('and a killed run left half done is swept by every later one', async () => {
    const project = await testProject({ 'film.yaml': card() });
    await cut(project, 'film.yaml');
    const child = spawn(process.execPath, ['-e', '0']);
    await new Promise(resolve => child.once('exit', resolve));
    const left = ['film.mp4.frame', 'clips/01-a.mp4'].map(name =>
      name.replace(/[^/]+$/, own => `.tmp-${child.pid}-0123456789ab-${own}`),
    );
    const anHourAgo = Date.now() / 1000 - 3600;
    for (const name of left) {
      await project.write(`out/film/${name}`, 'x');
      await fs.utimes(project.path(`out/film/${name}`), anHourAgo, anHourAgo);
    }
    expect((await cut(project, 'film.yaml')).told).toContain('unchanged');
    expect(left.filter(name => existsSync(project.path(`out/film/${name}`)))).toEqual([]);
  });
});

test('two storyboards of one name do not take turns in one folder; one that was moved has its film', async () => {
  const project = await testProject({ 'x/film.yaml': card(), 'y/film.yaml': card().replace('End', 'Start') });
  expect((await cut(project, 'x/film.yaml')).code).toBe(0);
  const film = await fs.readFile(project.path('out/film/film.mp4'));
  const { code, told } = await cut(project, 'y/film.yaml');
  expect([code, told]).toEqual([
    2,
    expect.stringContaining(
      `out/film has the film of ${project.path('x/film.yaml')}, not of y/film.yaml\n  Rename one of the storyboards, move that folder away, or choose another place with --out.\n`,
    ),
  ]);
  expect((await fs.readFile(project.path('out/film/film.mp4'))).equals(film)).toBe(true);
  expect((await cut(project, 'y/film.yaml', '--out', 'other')).code).toBe(0);
  await fs.rename(project.path('x'), project.path('z'));
  expect(await cut(project, 'z/film.yaml')).toMatchObject({
    code: 0,
    told: expect.stringContaining('unchanged'),
  });
});

describe('a folder where a file is to be, or a file where a folder is to be,', () => {
  test.each(['film.mp4', 'film-e.mov', 'report.json', 'poster.jpg', 'film.srt'])(
    'is told before anything is encoded: %s',
    async name => {
      const project = await testProject({ 'film.yaml': card(TWO), [`out/film/${name}/mine`]: 'mine' });
      const { code, told } = await cut(project, 'film.yaml');
      expect([code, told]).toEqual([
        1,
        `storyreel: ${project.path(`out/film/${name}`)} is a folder, and a file of that name is to be made\n  Move it away, or choose another place with --out.\n`,
      ]);
      expect(existsSync(project.path('.storyreel/derived'))).toBe(false);
    },
  );

  test.each(['out/film', 'out/film/clips'])('%s too', async name => {
    const project = await testProject({ 'film.yaml': card(), [name]: 'mine' });
    const { code, told } = await cut(project, 'film.yaml');
    expect([code, told]).toEqual([
      1,
      `storyreel: cannot write into ${project.path('out/film')}: a part of the path is a file, not a folder (${project.path(name)})\n  Move it away, or choose another place with --out.\n`,
    ]);
  });

  test('is named where it stands for the lock file', async () => {
    const project = await testProject({ 'film.yaml': card(), 'film.lock.yaml/mine': 'mine' });
    const { code, told } = await cut(project, 'film.yaml', '--lock-film');
    expect([code, told]).toEqual([
      1,
      `storyreel: cannot read the lock file ${project.path('film.lock.yaml')}: this is a folder, not a file\n  Name a file, or move the folder away.\n`,
    ]);
  });
});

test('what an older version has added, which writes no notes, is known from its report', async () => {
  const two = '  - { id: two, clip: two.mp4 }\n';
  const project = await testProject({ 'film.yaml': card('deliverables: { v: { size: 36x64 } }\n') });
  expect((await cut(project, 'film.yaml')).code).toBe(0);
  const note = await project.read('out/film/.storyreel.json');
  await makeClip(project.path('two.mp4'), { size: '64x36' });
  await project.write('film.yaml', card(TWO, two));
  expect((await cut(project, 'film.yaml')).code).toBe(0);
  await project.write('out/film/.storyreel.json', note);
  await fs.appendFile(project.path('film.yaml'), '  - { id: three, card: { title: Three } }\n');
  expect(await cut(project, 'film.yaml')).toMatchObject({ code: 0 });
});

test('a storyboard behind a link is the same storyboard; a copy of it is another', async () => {
  const project = await testProject({ 'real/film.yaml': card() });
  expect((await cut(project, 'real/film.yaml', '--out', 'films')).code).toBe(0);
  await fs.rename(project.path('real'), project.path('moved'));
  await fs.symlink('moved', project.path('real'));
  for (const name of ['moved', 'real'])
    expect((await cut(project, `${name}/film.yaml`, '--out', 'films')).code).toBe(0);
  await fs.cp(project.path('moved'), project.path('copy'), { recursive: true });
  expect(await cut(project, 'copy/film.yaml', '--out', 'films')).toMatchObject({
    code: 2,
    told: expect.stringContaining('has the film of'),
  });
});

test.each(['out', 'out/reel'])(
  'a film that goes nowhere is refused before its price is asked for: %s',
  async link => {
    const emulator = await emulate();
    const project = await paidProject(1);
    await fs.mkdir(dirname(project.path(link)), { recursive: true });
    await fs.symlink('/nowhere/films', project.path(link));
    let asked = false;
    const confirm = async () => {
      asked = true;
      return true;
    };
    await expect(buy(project, emulator, { cut: true, confirm })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('is a link to what is not there'),
    });
    expect([asked, emulator.ledger().requests.submit ?? 0]).toEqual([false, 0]);
  },
);
