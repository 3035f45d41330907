import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RenderEvent, type RenderOptions, render } from '../../src/index.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { afterFile } from '../support/after-file.ts';
import { doubleProvider } from '../support/double.ts';
import { makeMedia, ourFfmpeg, testFfmpeg, testProject } from '../support/project.ts';
import { asPublished } from '../support/schema.ts';
import { REFERENCES, shot } from '../support/storyboards.ts';

/** Footage of four seconds: picture and sound as ffmpeg's generators describe them. */
async function footage(path: string, picture: string, sound: string | null, filters = 'null'): Promise<void> {
  await makeMedia(path, {
    generators: [picture, ...(sound === null ? [] : [sound])],
    filters: `[0:v]${filters}[v]`,
    output: [
      '-map',
      '[v]',
      ...(sound === null ? [] : ['-map', '1:a', '-c:a', 'aac']),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
    ],
  });
}

const MOVING = 'testsrc2=s=64x36:r=30:d=4';
const TONE = 'sine=frequency=440:sample_rate=48000:duration=4';

let usual: Promise<string> | undefined;

/** The folder of the footage that most of these films are cut of: it is made once. */
function usualFootage(): Promise<string> {
  if (usual === undefined) {
    usual = makeUsual();
    afterFile(async () => {
      usual = undefined;
    });
  }
  return usual;
}

async function makeUsual(): Promise<string> {
  const project = await testProject();
  const file = (name: string) => project.path(`footage/${name}.mp4`);
  await footage(file('good'), MOVING, TONE);
  await footage(file('dark'), MOVING, null, "drawbox=color=black:t=fill:enable='between(t,1,2.5)'");
  await footage(file('stuck'), MOVING, TONE, 'trim=end=1,tpad=stop_mode=clone:stop_duration=3');
  await footage(file('mute'), MOVING, 'anullsrc=r=48000:cl=stereo:d=4');
  await footage(file('hits'), MOVING, "aevalsrc='0.9*sin(2*PI*3000*t)*lt(mod(t,1),0.004)':s=48000:d=4");
  await footage(file('loud'), MOVING, 'aevalsrc=2*sin(2*PI*200*t):s=48000:d=4');
  await footage(file('brief'), MOVING, TONE, 'trim=end=1,tpad=stop_mode=clone:stop_duration=1.5');
  return project.path('footage');
}

interface FilmToBe {
  /** Of the storyboard, before its shots. */
  readonly head?: string;
  /** What is done to its footage. */
  readonly before?: (file: (name: string) => string) => Promise<void>;
}

async function film(
  shots: string,
  options: Partial<RenderOptions> = {},
  { head = '', before = async () => {} }: FilmToBe = {},
) {
  const project = await testProject({
    ...REFERENCES,
    'reel.yaml': `version: 1\ncut: { size: 64x36 }\ncharacters: { mira: { videos: [refs/mira.mp4] } }\n${head}shots:\n${shots}`,
  });
  const file = (name: string) => project.path(`footage/${name}.mp4`);
  await fs.cp(await usualFootage(), project.path('footage'), { recursive: true });
  await before(file);
  const events: RenderEvent[] = [];
  const all = {
    cwd: project.folder,
    customProvider: doubleProvider({ folder: join(project.folder, 'made') }),
    environment: process.env,
    confirm: async () => true,
    onEvent: (event: RenderEvent) => events.push(event),
    ...options,
  };
  const result = await render(['reel.yaml'], all);
  const warned = events.flatMap(event => (event.type === 'film-warned' ? [event] : []));
  const report = asPublished('report.schema.json', await project.read('out/reel/report.json'));
  return { project, result, warned, report, all };
}

/** A clip with 60 bytes turned over; and one that begins where pictures refer to what came before them. */
async function flippedAndExcerpt(file: (name: string) => string): Promise<void> {
  const bytes = await fs.readFile(file('good'));
  const media = bytes.indexOf('mdat');
  for (let count = 1; count <= 60; count++) {
    const at = media + 8 + ((count * 7919) % (bytes.readUInt32BE(media - 4) - 8));
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  }
  await fs.writeFile(file('flipped'), bytes);
  const options = 'open-gop=1:keyint=25:bframes=3:scenecut=0';
  const stream = await makeMedia(file('stream'), {
    generators: [MOVING],
    output: ['-c:v', 'libx264', '-preset', 'medium', '-x264-params', options, '-pix_fmt', 'yuv420p'],
  });
  const inputs = [{ source: stream, options: ['-ss', '2.5'] }];
  await runFfmpeg(await ourFfmpeg(), { inputs, output: ['-c', 'copy'], file: file('excerpt') });
}

const clip = (name: string, rest = '') => `  - { id: ${name}, clip: footage/${name}.mp4${rest} }\n`;

describe('the quality gate', () => {
  test('says what is black, frozen, silent or distorted, in which shot and when; good clips pass', async () => {
    const shots = clip('good') + clip('dark') + clip('stuck') + clip('mute') + clip('loud');
    const { warned, report, result } = await film(shots);
    expect(result.exitCode).toBe(0);
    expect(warned.map(({ shot: name, code, at }) => [name, code, at])).toEqual([
      ['dark', 'black', 5],
      ['stuck', 'frozen', expect.closeTo(9, 0)],
      ['mute', 'silent', null],
      ['loud', 'clipped', expect.closeTo(16, 0)],
    ]);
    expect(report.warnings).toHaveLength(4);
    expect(report.warnings[0]).toMatchObject({ message: expect.stringMatching(/^black for 1\.[45] s$/) });
  });

  test('looks at what the film shows of a clip, in the film’s time', async () => {
    const trimmed = await film(clip('dark', ', trim: { start: 2.6 }') + clip('mute', ', mute: true'));
    expect(trimmed.warned).toEqual([]);
    const slow = await film(clip('good') + clip('dark', ', trim: { start: 0.5, end: 2 }, speed: 0.5'));
    expect(slow.warned).toMatchObject([{ shot: 'dark', code: 'black', at: 5 }]);
  });

  test('stillness counts as long as the film shows it', async () => {
    const shots =
      clip('brief', ', speed: 0.5') + clip('good', ', hold: 3') + clip('stuck', ', speed: 2, hold: 1');
    const { warned } = await film(shots);
    expect(warned.map(({ shot: name, code, at }) => [name, code, at])).toEqual([
      ['brief', 'frozen', expect.closeTo(2, 0)],
    ]);
    expect(warned[0]?.message).toMatch(/^nothing moves for (2\.[6-9]|3) s$/);
  });

  test('two seconds in which nothing moves are two seconds; a sound that nobody hears is none', async () => {
    const before = async (file: (name: string) => string) =>
      await footage(
        file('fixed'),
        'color=c=gray:s=64x36:r=30:d=2',
        'aevalsrc=0.0001*sin(2*PI*200*t):s=48000:d=2',
      );
    const { warned } = await film(clip('fixed'), {}, { before });
    expect(warned.map(({ code, at, message }) => [code, at, message])).toEqual([
      ['frozen', 0, 'nothing moves for 2 s'],
      ['silent', null, 'its sound is silence throughout'],
    ]);
  });

  test.each([
    ['mono', 1],
    ['5.1', 6],
  ])('sound is listened to as it is, not as it is mixed: %s', async (_, channels) => {
    const [over, soft] = ['1.5*sin(2*PI*300*t)', '0.0004*sin(2*PI*300*t)'];
    const shots = ['over', 'soft', 'fast'].map(name => `  - { id: ${name}, clip: footage/${name}.mov`);
    const before = async (file: (name: string) => string) => {
      // In the middle of 5.1, which becomes the softest part of the mix.
      const sound = (wave: string) =>
        Array.from({ length: channels }, (_, at) => (channels === 1 || at === 2 ? wave : '0')).join('|');
      const layout = channels === 1 ? 'mono' : '5.1';
      const make = async (name: string, wave: string) =>
        await makeMedia(file(name).replace('.mp4', '.mov'), {
          generators: ['testsrc2=s=64x36:r=30:d=2', `aevalsrc=${sound(wave)}:c=${layout}:s=48000:d=2`],
          output: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'pcm_s16le'],
        });
      await make('over', over);
      await make('soft', soft);
      await make('fast', `if(lt(t\\,1)\\,0.1\\,1.5)*sin(2*PI*300*t)`);
    };
    const { warned } = await film(
      `${shots[0]} }\n${shots[1]} }\n${shots[2]}, trim: { start: 0.5 }, speed: 0.5 }\n`,
      {},
      { before },
    );
    expect(warned).toMatchObject([
      { shot: 'over', code: 'clipped', at: 0 },
      { shot: 'fast', code: 'clipped', at: 5 },
    ]);
  });

  test('sound of which nothing is heard is silent, whatever else it has', async () => {
    const before = async (file: (name: string) => string) => {
      await makeMedia(file('low').replace('.mp4', '.mov'), {
        generators: ['testsrc2=s=64x36:r=30:d=2', 'aevalsrc=0|0|0|0.5*sin(300*t)|0|0:c=5.1:s=48000:d=2'],
        output: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'pcm_s16le'],
      });
    };
    const { warned } = await film('  - { id: low, clip: footage/low.mov }\n', {}, { before });
    expect(warned).toMatchObject([{ shot: 'low', code: 'silent' }]);
  });

  test('footage with damage in its middle is told; what was cut out of a stream is not', async () => {
    const { warned, report } = await film(
      clip('flipped') + clip('good') + clip('excerpt'),
      {},
      { before: flippedAndExcerpt },
    );
    const message = 'its file is damaged: parts of the picture cannot be decoded';
    expect(warned).toMatchObject([{ shot: 'flipped', code: 'damaged', at: null, message }]);
    expect(report.warnings).toHaveLength(1);
  });

  test('footage is opened once: one process looks and listens', async () => {
    const project = await testProject();
    const started = project.path('started.txt');
    const { path } = await testFfmpeg();
    const spy = await project.write('spy', `#!/bin/sh\necho "$*" >> "${started}"\nexec ${path} "$@"\n`);
    await fs.chmod(spy, 0o755);
    const environment = { ...process.env, STORYREEL_FFMPEG: spy };
    const { warned } = await film(clip('loud'), { environment });
    expect(warned).toMatchObject([{ shot: 'loud', code: 'clipped' }]);
    const runs = (await project.read('started.txt')).split('\n');
    const ofClip = runs.filter(line => line.includes('loud.mp4') && !line.includes('libx264'));
    expect(ofClip).toEqual([expect.stringMatching(/-f s16le .*-f rawvideo /)]);
  });

  test('a clip of another length, of another shape or of fewer pixels than was ordered is told', async () => {
    const { project, all } = await film(shot('a'));
    const [record] = (await fs.readdir(project.path('.storyreel/records'), { recursive: true })).filter(
      name => name.endsWith('.json'),
    );
    const path = project.path(`.storyreel/records/${record}`);
    const told = JSON.parse(await fs.readFile(path, 'utf8'));
    const warnedOf = async (clip: object) => {
      const ordered = { width: 1280, height: 720, durationSeconds: 2 };
      await fs.writeFile(path, JSON.stringify({ ...told, clip: { ...told.clip, ...ordered, ...clip } }));
      await fs.rm(project.path('out'), { recursive: true });
      const messages: string[] = [];
      const onEvent = (event: RenderEvent) => {
        if (event.type === 'film-warned' && event.code.startsWith('wrong-')) messages.push(event.message);
      };
      await render(['reel.yaml'], { ...all, onEvent });
      return messages;
    };
    expect(await warnedOf({ durationSeconds: 2.2, width: 1264, height: 712 })).toEqual([]);
    expect(await warnedOf({ width: 1920, height: 1080 })).toEqual([]);
    expect(await warnedOf({ durationSeconds: 1.2 })).toEqual(['the clip lasts 1.2 s, and 2 s were ordered']);
    expect(await warnedOf({ width: 640, height: 360 })).toEqual([
      'the clip has 640×360, and 1280×720 were ordered',
    ]);
    expect(await warnedOf({ width: 1280, height: 960 })).toEqual([
      'the clip has 1280×960, and 1280×720 were ordered',
    ]);
  });

  test('--strict makes it fail, each time, and keeps the film to look at', async () => {
    const { result, project, all } = await film(clip('dark'), { strict: true });
    expect(result.exitCode).toBe(3);
    expect(result.films).toEqual([project.path('out/reel/reel.mp4')]);
    expect((await render(['reel.yaml'], all)).exitCode).toBe(3);
    expect((await render(['reel.yaml'], { ...all, strict: false })).exitCode).toBe(0);
  });

  test('says where the whole is cut off at full scale, though each clip is sound', async () => {
    const { warned } = await film(clip('hits') + clip('good', ', gain: 24'));
    expect(warned).toMatchObject([
      { shot: 'good', code: 'clipped', at: 4, message: expect.stringMatching(/4\.0 s/) },
    ]);
  });

  test('says which film or deliverable missed its loudness, each time, and fails with --strict', async () => {
    const head = 'audio: { loudness: youtube }\ndeliverables: { quiet: { loudness: -40 } }\n';
    const { result, warned, report, all } = await film(clip('hits'), { strict: true }, { head });
    const missed = { shot: null, code: 'loudness-missed', at: null };
    const message = expect.stringMatching(/^reel\.mp4 has -1[5-9]\.\d LUFS, and -14 were asked for$/);
    expect(warned).toMatchObject([{ ...missed, message }]);
    expect(report.warnings).toHaveLength(1);
    expect(result.exitCode).toBe(3);
    expect((await render(['reel.yaml'], all)).exitCode).toBe(3);
  });
});
