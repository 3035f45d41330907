import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ffmpeg } from '../../../src/media/ffmpeg.ts';
import { probe } from '../../../src/media/probe.ts';
import { runFfmpeg } from '../../../src/media/run-ffmpeg.ts';
import type { Key, Sha256 } from '../../../src/plan/key.ts';
import { createAnimatic } from '../../../src/provider/animatic/animatic.ts';
import { layOutBoard } from '../../../src/provider/animatic/layout.ts';
import type { Rectangle } from '../../../src/provider/animatic/rectangle.ts';
import type { ClipFormat, Job, JobMedia, Labels } from '../../../src/provider/provider.ts';
import { Derived } from '../../../src/store/derived.ts';
import { withCover } from '../../support/cover.ts';
import { makeClip, type TestProject, testFfmpeg, testProject } from '../../support/project.ts';

const WIDE: ClipFormat = { width: 1280, height: 720, durationSeconds: 2, fps: 30 };
const TALL: ClipFormat = { width: 720, height: 1280, durationSeconds: 2, fps: 30 };

test.each([
  ['wide', WIDE],
  ['tall, an odd length', { ...TALL, durationSeconds: 3 }],
])('a %s clip has exactly the frames, size and sound of its format', async (_, output) => {
  const project = await testProject();
  const mira = await makeClip(project.path('mira.mp4'), { seconds: 1, rate: '24', tone: null });
  const file = await render(project, [await medium(mira, 'mira')], output);
  const facts = await probe(file);
  expect(facts).toMatchObject({
    width: output.width,
    height: output.height,
    frameCount: output.durationSeconds * 30,
    fps: 30,
    durationSeconds: output.durationSeconds,
    codec: 'avc',
    audio: { codec: 'aac', channels: 2, sampleRate: 48_000 },
  });
  // Decoded, since the container could tell what is not there.
  expect(await decodedFrames(file)).toBe(output.durationSeconds * 30);
  expect((await decodedSound(file)).length).toBeGreaterThanOrEqual(output.durationSeconds * 48_000 * 4);
});

test('the same job gives the same bytes, with and without what was kept of the last time', async () => {
  const project = await testProject();
  const mira = await makeClip(project.path('mira.mp4'), { tone: null });
  const still = await makeStill(project.path('still.png'), 'orange');
  const media = [await medium(mira, 'mira'), await medium(still, null, 'image')];
  const bytes = [];
  for (const derived of ['one', 'one', 'two']) {
    bytes.push(await fs.readFile(await render(project, media, WIDE, { derived })));
  }
  expect(bytes[1]?.equals(bytes[0] as Buffer)).toBe(true);
  expect(bytes[2]?.equals(bytes[0] as Buffer)).toBe(true);
  const other = await render(project, media, WIDE, { labels: { shot: 'Another' } });
  expect((await fs.readFile(other)).equals(bytes[0] as Buffer)).toBe(false);
});

test('references move, looped for as long as the shot lasts; a still stands', async () => {
  const project = await testProject();
  const mira = await makeClip(project.path('mira.mp4'), { seconds: 1, size: '160x160', tone: null });
  const still = await makeStill(project.path('still.png'), 'blue');
  const file = await render(project, [await medium(mira, 'mira'), await medium(still, 'bo', 'image')], WIDE);
  const [moving, standing] = layOutBoard(1280, 720, [1, 1]).insets as [Rectangle, Rectangle];
  const at = async (frame: number, inset: Rectangle) => (await crops(file, inset, [frame]))[0] as Buffer;
  expect(difference(await at(5, moving), await at(20, moving))).toBeGreaterThan(2);
  expect(difference(await at(5, moving), await at(35, moving))).toBeLessThan(2); // one second later: the loop
  expect(difference(await at(5, standing), await at(50, standing))).toBeLessThan(1);
  const [red = 255, green = 255, blue = 0] = await at(30, standing);
  expect(blue).toBeGreaterThan(200);
  expect(Math.max(red, green)).toBeLessThan(60);
});

test('the progress line is nearly empty at first and full at last', async () => {
  const project = await testProject();
  const file = await render(project, [], WIDE);
  const { progress } = layOutBoard(1280, 720, []);
  const filled = (await crops(file, progress, [0, 29, 59])).map(line => {
    const middle = line.subarray(progress.width * 3, progress.width * 6);
    return middle.filter((value, index) => index % 3 === 0 && value > 150).length / progress.width;
  });
  expect(filled[0]).toBeLessThan(0.05);
  expect(filled[1]).toBeCloseTo(0.5, 1);
  expect(filled[2]).toBeGreaterThan(0.98);
});

test('the running time counts tenths of a second, then seconds', async () => {
  const project = await testProject();
  const file = await render(project, [], WIDE);
  const { running, digitWidth, dotWidth } = layOutBoard(1280, 720, []).clock;
  const ones = { ...running, x: running.x + digitWidth, width: digitWidth };
  const tenths = { ...ones, x: ones.x + digitWidth + dotWidth };
  const tenthsShown = await crops(file, tenths, [0, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  const [first, stillFirst, ...others] = tenthsShown as [Buffer, Buffer, ...Buffer[]];
  expect(difference(first, stillFirst)).toBeLessThan(4);
  const zero = others.pop() as Buffer; // 01.0
  for (const [index, digit] of [first, ...others].entries()) {
    for (const other of [first, ...others].slice(index + 1))
      expect(difference(digit, other)).toBeGreaterThan(8);
  }
  expect(difference(first, zero)).toBeLessThan(4);
  const [before, after] = (await crops(file, ones, [29, 30])) as [Buffer, Buffer];
  expect(difference(before, after)).toBeGreaterThan(8);
});

test('what cannot be decoded leaves a placeholder, and nothing of another file gets into the picture', async () => {
  const project = await testProject();
  const secret = await makeClip(project.path('secret.mp4'), { size: '160x160', color: 'red', tone: null });
  const hostile = {
    'garbage.mp4': Buffer.alloc(4000, 'no film '),
    'empty.mp4': Buffer.alloc(0),
    'hls.mp4': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${secret}\n#EXT-X-ENDLIST\n`,
    'concat.mp4': `ffconcat version 1.0\nfile '${secret}'\n`,
    'cut.png': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  };
  const media = [];
  for (const [name, content] of Object.entries(hostile)) {
    media.push(await medium(await project.write(name, content), 'decoy'));
  }
  const file = await render(project, media, WIDE);
  const { insets } = layOutBoard(1280, 720, Array(5).fill(null));
  for (const inset of insets) {
    const [pixels] = (await crops(file, inset, [30])) as [Buffer];
    // A placeholder is drawn in greys; the secret is nothing but red.
    const reds = pixels.filter((value, index) => index % 3 === 0 && value - (pixels[index + 1] ?? 0) > 60);
    expect(reds).toHaveLength(0);
    expect(pixels.some(value => value > 200)).toBe(true); // the name
  }
  const shown = await render(project, [await medium(secret, 'decoy')], WIDE);
  const [inset] = layOutBoard(1280, 720, [1]).insets as [Rectangle];
  const [red] = (await crops(shown, inset, [30])) as [Buffer];
  expect(red[0]).toBeGreaterThan(200);
});

test('of a reference its picture is shown, though its cover comes first', async () => {
  const project = await testProject();
  const clip = await makeClip(project.path('clip.mp4'), { size: '160x160', color: 'blue', tone: null });
  const covered = await medium(await withCover(clip, project.path('covered.mp4')), 'mira');
  const [inset] = layOutBoard(1280, 720, [1]).insets as [Rectangle];
  const [blue] = (await crops(await render(project, [covered], WIDE), inset, [30])) as [Buffer];
  expect(blue[2]).toBeGreaterThan(200);
});

test('an abort leaves no files behind, and the next try of another job succeeds', async () => {
  const project = await testProject();
  const mira = await makeClip(project.path('mira.mp4'), { seconds: 2, size: '640x360', tone: null });
  const media = [await medium(mira, 'mira')];
  const provider = createAnimatic({
    ffmpeg: await testFfmpeg(),
    derived: new Derived(project.path('derived')),
  });
  const controller = new AbortController();
  const { job, context } = await prepare(project, media, { ...WIDE, durationSeconds: 10 });
  const aborted = provider.draw(job, { ...context, signal: controller.signal });
  setTimeout(() => controller.abort(new Error('stopped by hand')), 150);
  await expect(aborted).rejects.toThrow('stopped by hand');
  const left = (await fs.readdir(project.folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => entry.name);
  expect(left.filter(name => name.includes('.tmp'))).toEqual([]);
  await provider.draw(job, { ...context, file: project.path('clips/again.mp4') });
  expect(await decodedFrames(project.path('clips/again.mp4'))).toBe(300);
});

test('progress rises to one', async () => {
  const project = await testProject();
  const seen: number[] = [];
  await render(
    project,
    [],
    { ...WIDE, durationSeconds: 10 },
    { onProgress: fraction => seen.push(fraction) },
  );
  expect(seen.length).toBeGreaterThan(0);
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  expect(seen.every(fraction => fraction >= 0 && fraction <= 1)).toBe(true);
});

interface Options {
  readonly derived?: string;
  readonly labels?: Partial<Labels>;
  readonly onProgress?: (fraction: number) => void;
}

async function render(
  project: TestProject,
  media: readonly JobMedia[],
  output: ClipFormat,
  options: Options = {},
): Promise<string> {
  const provider = createAnimatic({
    ffmpeg: await testFfmpeg(),
    derived: new Derived(project.path(options.derived ?? 'derived')),
  });
  const { job, context } = await prepare(project, media, output, options);
  await provider.draw(job, context);
  expect(await fs.readdir(project.path('clips'))).toContain(`${clips}.mp4`);
  expect((await fs.readdir(project.path('clips'))).filter(name => name.startsWith('.'))).toEqual([]);
  return context.file;
}

let clips = 0;
async function prepare(
  project: TestProject,
  media: readonly JobMedia[],
  output: ClipFormat,
  { labels, onProgress = () => {} }: Options = {},
) {
  const inputs = { prompt: '', resolution: '720p', aspect_ratio: '16:9', seed: 7, videos: [] };
  const job: Job = {
    key: '0'.repeat(64) as Key,
    request: { provider: 'animatic', providerVersion: '1', model: 'a/model', inputs },
    labels: {
      ...{ film: 'Test', scene: 'Harbour', shot: 'Arrival', take: 1, takes: 2 },
      ...{ prompt: 'mira walks along the wall', ...labels },
    },
    media,
    fonts: [],
    output,
  };
  await fs.mkdir(project.path('clips'), { recursive: true });
  clips += 1;
  const file = join(project.path('clips'), `${clips}.mp4`);
  return { job, context: { file, signal: new AbortController().signal, onProgress } };
}

async function medium(path: string, name: string | null, field = 'videos'): Promise<JobMedia> {
  const sha256 = createHash('sha256')
    .update(await fs.readFile(path))
    .digest('hex') as Sha256;
  return { field, name, description: null, token: 'Video 1', file: path, path, sha256 };
}

async function makeStill(file: string, color: string): Promise<string> {
  const source = { source: `color=${color}:s=200x200`, options: ['-f', 'lavfi'] };
  await runFfmpeg(await testFfmpeg(), { inputs: [source], output: ['-frames:v', '1'], file });
  return file;
}

async function decodedFrames(file: string): Promise<number> {
  const list = `${file}.frames`;
  const output = ['-map', '0:v', '-f', 'framecrc'];
  await runFfmpeg(await testFfmpeg(), { inputs: [{ source: file }], output, file: list });
  return (await fs.readFile(list, 'utf8')).split('\n').filter(line => /^\d/.test(line)).length;
}

async function decodedSound(file: string): Promise<Buffer> {
  const output = ['-map', '0:a', '-f', 's16le'];
  await runFfmpeg(await testFfmpeg(), { inputs: [{ source: file }], output, file: `${file}.pcm` });
  return await fs.readFile(`${file}.pcm`);
}

/** A part of some frames as RGB. */
async function crops(file: string, part: Rectangle, frames: readonly number[]): Promise<Buffer[]> {
  const ffmpeg: Ffmpeg = await testFfmpeg();
  const { x, y, width, height } = part;
  const wanted = frames.map(frame => `eq(n,${frame})`).join('+');
  await runFfmpeg(ffmpeg, {
    inputs: [{ source: file }],
    filters: `[0:v]select='${wanted}',crop=${width}:${height}:${x}:${y}[out]`,
    output: ['-map', '[out]', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-y'],
    file: `${file}.rgb`,
  });
  const pixels = await fs.readFile(`${file}.rgb`);
  const size = width * height * 3;
  return frames.map((_, index) => pixels.subarray(index * size, (index + 1) * size));
}

/** The mean difference of two pictures, of 255. */
function difference(one: Buffer, other: Buffer): number {
  expect(one.length).toBe(other.length);
  expect(one.length).toBeGreaterThan(0);
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}
