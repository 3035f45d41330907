import { promises as fs } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawable } from '../../../src/media/draw.ts';
import { probe } from '../../../src/media/probe.ts';
import { runFfmpeg } from '../../../src/media/run-ffmpeg.ts';
import type { Key, Sha256 } from '../../../src/plan/key.ts';
import { createAnimatic } from '../../../src/provider/animatic/animatic.ts';
import { layOutBoard, type Rectangle } from '../../../src/provider/animatic/layout.ts';
import type { ClipFormat, Job } from '../../../src/provider/provider.ts';
import { Derived } from '../../../src/store/derived.ts';
import { hashFile } from '../../../src/store/digests.ts';
import { makeClip, type TestProject, testFfmpeg, testProject } from '../../support/project.ts';

const SIZES: readonly [number, number][] = [
  [1280, 720],
  [720, 1280],
  [960, 960],
  [1104, 832],
  [832, 1104],
  [1920, 1080],
  [1080, 1920],
  [1440, 1440],
  [1648, 1248],
  [1248, 1648],
];

async function jobOf(
  project: TestProject,
  names: readonly string[],
  output: Partial<ClipFormat> = {},
): Promise<Job> {
  return {
    key: 'k'.repeat(64) as Key,
    request: {
      provider: 'animatic',
      providerVersion: '1',
      model: 'm',
      inputs: { videos: [], resolution: '720p', aspect_ratio: '16:9', seed: 3 },
    },
    labels: {
      film: 'Film',
      scene: 'Harbour',
      shot: 'Arrival',
      take: 1,
      takes: 2,
      prompt: 'mira walks — Привет, Ålesund, 港',
    },
    media: await Promise.all(
      names.map(async (file, index) => ({
        field: index === 5 ? 'image' : 'videos',
        name: `name-${index}`,
        description: null,
        token: `Video ${index + 1}`,
        file,
        path: project.path(file),
        sha256: (await hashFile(project.path(file))) as Sha256,
      })),
    ),
    output: { width: 1280, height: 720, durationSeconds: 2, fps: 30, ...output },
  };
}

async function draw(
  project: TestProject,
  job: Job,
  name = 'clip.mp4',
  signal = new AbortController().signal,
) {
  const animatic = createAnimatic({
    ffmpeg: await testFfmpeg(),
    derived: new Derived(project.path(`derived-${name}`)),
  });
  const file = project.path(name);
  await animatic.collect(job, { predictionId: null }, { file, signal, onProgress: () => {} });
  return file;
}

/** The mean colour of a rectangle in one frame. */
async function colorAt(
  file: string,
  frame: number,
  { x, y, width, height }: Rectangle,
): Promise<[number, number, number]> {
  const raw = `${file}.raw`;
  await runFfmpeg(await testFfmpeg(), {
    inputs: [{ source: file }],
    filters: `[0:v]trim=start_frame=${frame}:end_frame=${frame + 1},crop=${width}:${height}:${x}:${y},scale=1:1:flags=area,format=rgb24[out]`,
    output: ['-map', '[out]', '-f', 'rawvideo'],
    file: raw,
  });
  const [red = -1, green = -1, blue = -1] = await fs.readFile(raw);
  return [red, green, blue];
}

const inset = (count: number, index: number) => layOutBoard(1280, 720, count).insets[index] as Rectangle;
const isRed = ([red, green, blue]: readonly number[]) =>
  (red ?? 0) > 180 && (green ?? 255) < 70 && (blue ?? 255) < 70;

describe('a clip', () => {
  test.each([
    [1280, 720, 2],
    [720, 1280, 3],
    [832, 1104, 2],
  ])(
    'has exactly the size, rate and length that the model would give: %i × %i, %i s',
    async (width, height, durationSeconds) => {
      const project = await testProject();
      await makeClip(project.path('a.mp4'), { seconds: 1 });
      const file = await draw(project, await jobOf(project, ['a.mp4'], { width, height, durationSeconds }));
      const facts = await probe(file);
      expect(facts).toMatchObject({ width, height, frameCount: durationSeconds * 30, fps: 30, codec: 'avc' });
      expect(facts.durationSeconds).toBeCloseTo(durationSeconds, 3);
      expect(facts.audio).toMatchObject({ sampleRate: 48000, channels: 2 });
    },
  );

  test('is the same to the byte when drawn again, from an empty derived/', async () => {
    const project = await testProject();
    await makeClip(project.path('a.mp4'), { seconds: 1 });
    const job = await jobOf(project, ['a.mp4', 'a.mp4']);
    const [first, second] = [await draw(project, job, 'one.mp4'), await draw(project, job, 'two.mp4')];
    expect((await fs.readFile(first)).equals(await fs.readFile(second))).toBe(true);
  });

  test('shows the real footage, moving, looped for as long as the shot lasts', async () => {
    const project = await testProject();
    // Red for half a second, then blue: the loop shows red again at the start of each second.
    await runFfmpeg(await testFfmpeg(), {
      inputs: [
        { source: 'color=red:s=160x160:r=30:d=0.5', options: ['-f', 'lavfi'] },
        { source: 'color=blue:s=160x160:r=30:d=0.5', options: ['-f', 'lavfi'] },
      ],
      filters: '[0:v][1:v]concat=n=2:v=1[out]',
      output: ['-map', '[out]', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
      file: project.path('a.mp4'),
    });
    const file = await draw(project, await jobOf(project, ['a.mp4']));
    expect(isRed(await colorAt(file, 5, inset(1, 0)))).toBe(true);
    expect(isRed(await colorAt(file, 20, inset(1, 0)))).toBe(false);
    expect(isRed(await colorAt(file, 35, inset(1, 0)))).toBe(true);
  });

  test('has a progress line that is full at the end', async () => {
    const project = await testProject();
    const file = await draw(project, await jobOf(project, []));
    const { progress } = layOutBoard(1280, 720, 0);
    const end = { ...progress, x: progress.width - 40, width: 40 };
    const [before] = await colorAt(file, 30, end);
    const [after] = await colorAt(file, 59, end);
    expect([before < 90, after > 180]).toEqual([true, true]);
  });

  test('shows stills of every kind beside the footage', async () => {
    const project = await testProject();
    for (const name of ['still.png', 'still.jpg', 'still.bmp']) {
      await runFfmpeg(await testFfmpeg(), {
        inputs: [{ source: 'color=red:s=200x300', options: ['-f', 'lavfi'] }],
        output: ['-frames:v', '1', '-update', '1'],
        file: project.path(name),
      });
    }
    const file = await draw(project, await jobOf(project, ['still.png', 'still.jpg', 'still.bmp']));
    for (const index of [0, 1, 2]) expect(isRed(await colorAt(file, 50, inset(3, index)))).toBe(true);
  });
});

describe('media are untrusted', () => {
  test('what cannot be decoded gets a placeholder, and the others play', async () => {
    const project = await testProject({
      'garbage.mp4': 'not a video at all',
      'empty.mp4': '',
      'header.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]),
    });
    await makeClip(project.path('a.mp4'), { color: 'red', size: '200x200' });
    await makeClip(project.path('whole.mp4'), { seconds: 2 });
    await project.write('torn.mp4', (await fs.readFile(project.path('whole.mp4'))).subarray(0, 3000));
    const file = await draw(
      project,
      await jobOf(project, ['garbage.mp4', 'a.mp4', 'torn.mp4', 'header.png']),
    );
    expect(isRed(await colorAt(file, 30, inset(4, 1)))).toBe(true);
    for (const index of [0, 2, 3]) {
      const [red, green, blue] = await colorAt(file, 30, inset(4, index));
      expect(Math.max(red, green, blue)).toBeLessThan(70); // the dark panel with its note
    }
  });

  test('a playlist that calls itself a video does not lead to another file', async () => {
    const project = await testProject();
    await makeClip(project.path('secret.mp4'), { color: 'red', size: '200x200', output: ['-f', 'mpegts'] });
    await project.write(
      'playlist.mp4',
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n${project.path('secret.mp4')}\n#EXT-X-ENDLIST\n`,
    );
    await project.write('list.mp4', `ffconcat version 1.0\nfile '${project.path('secret.mp4')}'\n`);
    const file = await draw(project, await jobOf(project, ['playlist.mp4', 'list.mp4']));
    for (const index of [0, 1]) expect(isRed(await colorAt(file, 10, inset(2, index)))).toBe(false);
  });

  test('an aborted drawing leaves no file behind', async () => {
    const project = await testProject();
    await makeClip(project.path('a.mp4'), { seconds: 1 });
    const controller = new AbortController();
    const drawing = draw(
      project,
      await jobOf(project, ['a.mp4'], { durationSeconds: 10 }),
      'clip.mp4',
      controller.signal,
    );
    setTimeout(() => controller.abort(), 400);
    await expect(drawing).rejects.toMatchObject({ name: 'AbortError' });
    const left = (await fs.readdir(project.folder, { recursive: true })).filter(name =>
      name.includes('.tmp-'),
    );
    expect(left).toEqual([]);
  });

  test('control and direction marks are not drawn', () => {
    expect(drawable('a\u001b[31mb\u202ec\u0007\n d')).toBe('a[31mbc d');
  });

  test('any text can be drawn', async () => {
    const project = await testProject();
    const base = await jobOf(project, [], { durationSeconds: 2, width: 320, height: 180 });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom(1, 400),
        async (text, times) => {
          const prompt = text.toWellFormed().repeat(times).slice(0, 5000);
          const file = await draw(project, {
            ...base,
            labels: { ...base.labels, prompt, shot: prompt, scene: prompt },
          });
          await fs.rm(file);
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('the layout', () => {
  const inside = (a: Rectangle, width: number, height: number) =>
    a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height;
  const apart = (a: Rectangle, b: Rectangle) =>
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

  test('for every size and number of media: in the frame, in even pixels, nothing over anything', () => {
    for (const [width, height] of SIZES) {
      for (let count = 0; count <= 6; count++) {
        const { insets, header, prompt, footer, progress, captionHeight } = layOutBoard(width, height, count);
        const captioned = insets.map(rectangle => ({
          ...rectangle,
          height: rectangle.height + captionHeight,
        }));
        const all = [header, ...captioned, prompt, footer, progress];
        expect(insets).toHaveLength(count);
        for (const [index, a] of all.entries()) {
          expect([width, height, count, a, inside(a, width, height) && a.width > 40 && a.height > 4]).toEqual(
            [width, height, count, a, true],
          );
          for (const b of all.slice(index + 1))
            expect([width, height, count, a, b, apart(a, b)]).toEqual([width, height, count, a, b, true]);
        }
        for (const { x, y, width: w, height: h } of insets)
          expect([x % 2, y % 2, w % 2, h % 2]).toEqual([0, 0, 0, 0]);
      }
    }
  });
});
