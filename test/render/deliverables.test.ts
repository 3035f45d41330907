import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RenderEvent, render } from '../../src/index.ts';
import { probe } from '../../src/media/probe.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { readReport } from '../../src/render/report.ts';
import { digest, frameOf, soundOf } from '../support/cut.ts';
import { doubleProvider } from '../support/double.ts';
import { ourFfmpeg, type TestProject, testProject } from '../support/project.ts';
import { asPublished } from '../support/schema.ts';
import { REFERENCES, shot } from '../support/storyboards.ts';

const SHOTS = `${shot('a', { dialogue: 'Where is the salt?' })}${shot('b', { transition: { type: 'dissolve' } })}  - id: end
    card: { title: The End }
`;

function text(deliverables: string, shots = SHOTS): string {
  return `version: 1
title: Test
cut: { size: 64x36, fps: 25 }
subtitles: { track: true }
characters:
  mira: { videos: [refs/mira.mp4] }
${deliverables}shots:
${shots}`;
}

const FIVE = `deliverables:
  vertical: { size: 36x64, fit: cover }
  editorial: { codec: prores, burn_in: true }
  avid: { codec: dnxhr, size: 256x144 }
  offline: { codec: prores, quality: small, size: 256x144 }
  message: { size: 32x18, quality: small }
`;

const CARD = `  - { id: end, card: { title: The End }, duration: 1 }\n`;

async function cut(project: TestProject) {
  const events: RenderEvent[] = [];
  const result = await render(['reel.yaml'], {
    cwd: project.folder,
    customProvider: doubleProvider({ folder: join(project.folder, 'made') }),
    environment: process.env,
    confirm: async () => true,
    onEvent: event => events.push(event),
  });
  expect(result.exitCode).toBe(0);
  const report = asPublished('report.schema.json', await project.read('out/reel/report.json'));
  const written = events.flatMap(event => (event.type === 'film-written' ? [event] : []));
  // The clips of tests stand still for two seconds, which is told.
  const types = events.map(({ type }) => type).filter(type => type !== 'film-warned');
  return { report, written, types };
}

describe('deliverables', () => {
  test('come out of one run, each in its own size and codec, with the frames of the film', async () => {
    const project = await testProject({ ...REFERENCES, 'reel.yaml': text(FIVE) });
    const { report, written } = await cut(project);
    expect(written).toHaveLength(6);
    const frames = report.film.frameCount;
    expect(frames).toBe(50 + 50 - 13 + 75);
    for (const [name, codec, width, height] of [
      ['reel.mp4', 'avc', 64, 36],
      ['reel-vertical.mp4', 'avc', 36, 64],
      ['reel-editorial.mov', 'prores', 64, 36],
      ['reel-avid.mov', null, 256, 144],
      ['reel-offline.mov', 'prores', 256, 144],
      ['reel-message.mp4', 'avc', 32, 18],
    ] as const) {
      const file = project.path(`out/reel/${name}`);
      const facts = await probe(file);
      expect([name, facts]).toMatchObject([name, { frameCount: frames, width, height }]);
      if (codec === 'avc') expect(facts.codec).toBe('avc');
      expect(facts.audio).not.toBeNull();
      expect(Math.abs(facts.durationSeconds - frames / 25)).toBeLessThan(0.01);
      const known = [report.film, ...report.deliverables].find(({ file: known }) => known === name);
      expect(known).toMatchObject({
        sha256: await digest(file),
        bytes: (await fs.stat(file)).size,
        width,
        height,
      });
    }
    // The clips are 16:9: only the upright version had to cut them.
    expect(
      report.deliverables.map(({ name, reframed }: { name: string; reframed: string[] }) => [name, reframed]),
    ).toEqual([
      ['vertical', ['a', 'b']],
      ['editorial', []],
      ['avid', []],
      ['offline', []],
      ['message', []],
    ]);
    // Apple's names of 422 HQ and of 422 Proxy.
    for (const [name, fourcc] of [
      ['editorial', 'apch'],
      ['offline', 'apco'],
    ])
      expect((await fs.readFile(project.path(`out/reel/reel-${name}.mov`))).includes(fourcc ?? '')).toBe(
        true,
      );
    // Names and timecode are in the editors' version alone.
    const corner = async (file: string) =>
      (await frameOf(project.path(`out/reel/${file}`), 150, 64, 36)).slice(0, 64 * 6);
    const [plain, burnt] = [await corner('reel.mp4'), await corner('reel-editorial.mov')];
    const differs = plain.filter(([red], at) => Math.abs(red - (burnt[at]?.[0] ?? 0)) > 40).length;
    expect(differs).toBeGreaterThan(8);
    expect(await project.read('out/reel/reel.srt')).toContain('Where is the salt?');
  });

  test('are left alone when nothing changed, made again alone, and taken away when no longer asked for', async () => {
    const two = 'deliverables: { message: { size: 32x18 }, vertical: { size: 36x64 } }\n';
    const project = await testProject({ ...REFERENCES, 'reel.yaml': text(two) });
    const first = await cut(project);
    const bytes = await digest(project.path('out/reel/reel-message.mp4'));
    expect((await cut(project)).types).toEqual(['planned', 'film-unchanged', 'finished']);

    await project.write('reel.yaml', text(two.replace('36x64', '40x64')));
    const changed = await cut(project);
    expect(changed.written.map(({ film }) => film)).toEqual([project.path('out/reel/reel-vertical.mp4')]);
    expect(changed.report.film).toEqual(first.report.film);

    await project.write('reel.yaml', text('deliverables: { message: { size: 32x18 } }\n'));
    expect((await cut(project)).types).toEqual(['planned', 'film-unchanged', 'finished']);
    expect((await fs.readdir(project.path('out/reel'))).filter(name => name.startsWith('reel-'))).toEqual([
      'reel-message.mp4',
      'reel-message.srt',
      'reel-message.vtt',
    ]);
    expect(await digest(project.path('out/reel/reel-message.mp4'))).toBe(bytes);

    // What one version has made, another one finds: a size that was there before is not encoded anew.
    await project.write('reel.yaml', text('deliverables: { again: { size: 32x18 } }\n'));
    const [again] = (await cut(project)).written;
    expect(again).toMatchObject({ encoded: 0 });
  });

  test('a leader runs before the picture, and everything that is timed comes so much later', async () => {
    const project = await testProject({
      ...REFERENCES,
      'reel.yaml': text('deliverables: { web: { leader: false }, editorial: { codec: prores } }\n').replace(
        'fps: 25',
        'fps: 25, leader: { slate: 1, countdown: 3, lines: { Director: J. Vale } }',
      ),
    });
    const { report } = await cut(project);
    const picture = report.deliverables[0].frameCount;
    const lead = 25 + 25 + 50; // the slate, the 3, and two seconds from the 2 to the picture
    expect(report.film).toMatchObject({ leaderFrames: lead, frameCount: lead + picture });
    expect(report.deliverables).toMatchObject([
      { name: 'web', leaderFrames: 0 },
      { name: 'editorial', leaderFrames: lead, frameCount: lead + picture },
    ]);
    expect((await probe(project.path('out/reel/reel.mp4'))).frameCount).toBe(lead + picture);
    expect(report.shots[0].startFrame).toBe(lead);
    const [early, late] = [
      await project.read('out/reel/reel-web.srt'),
      await project.read('out/reel/reel.srt'),
    ];
    expect([early.slice(0, 14), late.slice(0, 14)]).toEqual(['1\n00:00:00,000', '1\n00:00:04,000']);
    const film = project.path('out/reel/reel.mp4');
    const light = async (frame: number) => (await frameOf(film, frame))[0]?.[0] ?? -1;
    expect([await light(50), await light(51), await light(99)].map(value => value > 100)).toEqual([
      true, // the one frame of the 2
      false,
      false,
    ]);
    expect((await frameOf(film, lead)).at(0)).toEqual(
      (await frameOf(project.path('out/reel/reel-web.mp4'), 0)).at(0),
    );
    // The beep is on that frame, and nothing is heard before the picture but it.
    const sound = (await soundOf(film)).subarray(0, lead * 1920);
    const loud = [...sound.keys()].filter(at => Math.abs(sound[at] ?? 0) > 1000);
    expect([Math.round((loud[0] ?? 0) / 96), Math.round((loud.at(-1) ?? 0) / 96)]).toEqual([1000, 1020]);
    const said = project.path('out/reel/editorial.meta');
    await runFfmpeg(await ourFfmpeg(), {
      inputs: [{ source: project.path('out/reel/reel-editorial.mov') }],
      output: ['-map_metadata', '0:s:v:0', '-f', 'ffmetadata'],
      file: said,
    });
    expect(await fs.readFile(said, 'utf8')).toContain('timecode=00:59:56:00');
  });

  test('a film of cards alone needs no model and no money', async () => {
    const card = '  - { id: one, card: { title: One }, duration: 1 }\n';
    const project = await testProject({ ...REFERENCES, 'reel.yaml': text('', card) });
    const { report, written } = await cut(project);
    expect([written.length, report.film.frameCount]).toEqual([1, 25]);
    expect(report.shots).toMatchObject([{ shot: 'one', kind: 'card', take: null, clip: null }]);
  });
});

test('a burned-in take is the one that the film has, though its clip is the same', async () => {
  const burnt = (seeds: readonly number[], pick: number) =>
    text('', shot('a', { takes: { seeds }, pick })).replace('fps: 25', 'fps: 25, burn_in: true');
  const project = await testProject({ ...REFERENCES, 'reel.yaml': burnt([7, 9], 1) });
  const first = await cut(project);
  await project.write('reel.yaml', burnt([9, 7], 2));
  const second = await cut(project);
  expect(second.report.shots).toMatchObject([{ take: 2, clip: first.report.shots[0].clip }]);
  expect(second.types).not.toContain('film-unchanged');
  expect(second.report.film.sha256).not.toBe(first.report.film.sha256);
});

test('a poster is made of the last frame of a piece too', async () => {
  const cards = `version: 1
title: Test
cut: { size: 64x36, fps: 24 }
shots:
  - { id: a, card: { title: A }, duration: 0.0833 }
  - { id: b, card: { title: B }, duration: 1 }
`;
  const project = await testProject({ 'reel.yaml': cards });
  const { report } = await cut(project);
  expect(report.film.frameCount).toBe(26);
  expect((await fs.stat(project.path('out/reel/poster.jpg'))).size).toBeGreaterThan(100);
});

test('a poster is not made of a damaged piece', async () => {
  const project = await testProject({
    'reel.yaml': text('', CARD)
      .replace('characters:', '')
      .replace(/ +mira: .*\n/, ''),
  });
  await cut(project);
  const poster = await fs.readFile(project.path('out/reel/poster.jpg'));
  for (const gone of ['out', '.storyreel/derived/posters'])
    await fs.rm(project.path(gone), { recursive: true });
  const segments = project.path('.storyreel/derived/segments');
  for (const name of await fs.readdir(segments, { recursive: true })) {
    if (!name.endsWith('.mp4')) continue;
    const bytes = await fs.readFile(join(segments, name));
    await fs.writeFile(
      join(segments, name),
      bytes.fill(0, bytes.indexOf('mdat') + 60, bytes.indexOf('moov') - 4),
    );
  }
  await cut(project);
  expect((await fs.readFile(project.path('out/reel/poster.jpg'))).equals(poster)).toBe(true);
});

test('a report that somebody wrote into is made anew', async () => {
  const project = await testProject({ ...REFERENCES, 'reel.yaml': text('', shot('a')) });
  const { report } = await cut(project);
  const folder = project.path('out/reel');
  expect(await readReport(folder)).toEqual(report);
  for (const wrong of [
    null,
    7,
    {},
    { ...report, shots: undefined },
    { ...report, shots: [null] },
    { ...report, deliverables: [null] },
    { ...report, deliverables: {} },
    { ...report, warnings: [{ code: 'black' }] },
    { ...report, film: { ...report.film, loudness: undefined } },
    { ...report, film: { ...report.film, cutKey: 3 } },
  ]) {
    await project.write('out/reel/report.json', JSON.stringify(wrong));
    expect([wrong, await readReport(folder)]).toEqual([wrong, null]);
  }
  expect((await cut(project)).report).toEqual(report);
});
