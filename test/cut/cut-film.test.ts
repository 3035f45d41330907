import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CutClip } from '../../src/cut/segments.ts';
import { mixStretch, S16, sampleAt } from '../../src/cut/sound.ts';
import { readMovie, tracksOf } from '../../src/media/mp4/movie.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { stampOf } from '../../src/media/stamp.ts';
import { secondsToFrames } from '../../src/plan/timeline.ts';
import type { Fps } from '../../src/storyboard/storyboard.ts';
import {
  brightness,
  cutOf,
  digest,
  FIVE,
  FPS,
  frameOf,
  level,
  type Part,
  soundOf,
  videoClip,
} from '../support/cut.ts';
import { makeClip, ourFfmpeg, testFfmpeg, testProject } from '../support/project.ts';

describe('the film has exactly the frames of the plan', () => {
  test('with any mix of sizes, rates, shapes and missing sound', async () => {
    const { facts, timeline } = await cutOf([
      { seconds: 1, size: '160x90', rate: '30' },
      { seconds: 1, size: '90x160', rate: '24', tone: null },
      { seconds: 1.3, planned: 1, size: '320x240', rate: '30000/1001', output: ['-ar', '44100'] },
      { seconds: 0.8, planned: 1, size: '62x46', rate: '12', output: ['-pix_fmt', 'yuv444p', '-ac', '1'] },
    ]);
    expect(timeline.frameCount).toBe(120);
    expect(facts).toMatchObject({ frameCount: 120, width: 160, height: 90 });
    expect(facts.audio).toMatchObject({ sampleRate: 48000, channels: 2 });
    expect(facts.durationSeconds).toBeCloseTo(4, 3);
  });

  test('for random timelines, by an independent count', async () => {
    const part = fc.record({
      seconds: fc.integer({ min: 8, max: 14 }).map(tenths => tenths / 10),
      tone: fc.constantFrom(null, 440),
      rate: fc.constantFrom('30', '24', '30000/1001', '15'),
      startSeconds: fc.constantFrom(0, 0.15),
      left: fc.constantFrom(0, 0.1),
      speed: fc.constantFrom(1, 1, 0.5, 1.7),
      hold: fc.constantFrom(0, 0, 0.3),
      transition: fc.record({
        type: fc.constantFrom('cut', 'dissolve', 'fade', 'wipeleft', 'circleopen'),
        durationSeconds: fc.constantFrom(0.1, 0.15),
      }),
    });
    const timelines = fc.record({
      parts: fc.array(part, { minLength: 1, maxLength: 4 }),
      fps: fc.constantFrom(...Object.keys(FPS)),
      fadeOutSeconds: fc.constantFrom(0, 0.1),
    });
    await fc.assert(
      fc.asyncProperty(timelines, async ({ parts, fps, fadeOutSeconds }) => {
        const rate = FPS[fps] as Fps;
        const none = { type: 'cut', durationSeconds: 0 };
        const own = parts.map(({ left, ...item }, index) => ({
          ...item,
          size: '32x18',
          endSeconds: item.seconds - left,
          transition:
            item.transition.type === 'cut' || (index === 0 && item.transition.type !== 'fade')
              ? none
              : item.transition,
        }));
        const { file, facts } = await cutOf(own, {
          settings: { fps: rate, fadeOutSeconds },
          format: { width: 32, height: 18 },
        });
        const inFrames = (seconds: number) => Math.round((seconds * rate.numerator) / rate.denominator);
        let frames = 0;
        for (const [index, { startSeconds, endSeconds, speed, hold, transition }] of own.entries()) {
          frames += inFrames((endSeconds - startSeconds) / speed) + inFrames(hold);
          if (index > 0 && transition.type !== 'cut' && transition.type !== 'fade')
            frames -= inFrames(transition.durationSeconds);
        }
        expect(facts.frameCount).toBe(frames);
        const samples = (frames * 48_000 * rate.denominator) / rate.numerator;
        expect(Math.abs((await soundOf(file)).length - samples)).toBeLessThanOrEqual(1024);
      }),
      { numRuns: 8 },
    );
  });
});

test.each([
  ['30', 31 * 8000, 49_600],
  ['29.97', 31 * 8008, 49_650],
  ['25', 31 * 9600, 59_520],
])('31 frames at %s are listed to the frame, and their sound to the sample', async (fps, ticks, samples) => {
  const rate = FPS[fps] as Fps;
  const { file, facts } = await cutOf([{ seconds: (31 * rate.denominator) / rate.numerator }], {
    settings: { fps: rate },
  });
  expect(facts.frameCount).toBe(31);
  expect(await editsOf(file)).toEqual([ticks, samples * 5]); // of 240,000 a second
});

/** How long each track's edit list says that it is shown, in ticks of the movie. */
async function editsOf(file: string): Promise<number[]> {
  const bytes = await fs.readFile(file);
  const edits: number[] = [];
  for (let at = bytes.indexOf('elst'); at >= 0; at = bytes.indexOf('elst', at + 4))
    edits.push(bytes.readUInt32BE(at + 12));
  return edits;
}

describe('short dissolves', () => {
  // ffmpeg 5.1 once made three frames of two: the last one came late, and the gap was filled.
  test.each(['24', '29.97', '30'])('of 2, 3 and 12 frames at %s', async fps => {
    const rate = FPS[fps] as Fps;
    for (const frames of [2, 3, 12]) {
      const durationSeconds = (frames * rate.denominator) / rate.numerator;
      const parts: Part[] = [
        { tone: null },
        { tone: null, seconds: 0.6, transition: { type: 'dissolve', durationSeconds } },
      ];
      const { facts, timeline } = await cutOf(parts, { settings: { fps: rate } });
      expect([frames, facts.frameCount]).toEqual([frames, timeline.frameCount]);
    }
  });
});

describe('sound', () => {
  test('is where its picture is after 500 shots, within one sample, and as long as the film', async () => {
    // Every other clip is silent: each tone must begin at its own clip's first sample.
    const { folder } = await testProject();
    const [silent, loud] = await Promise.all(
      [null, 1000].map(async tone => {
        const path = join(folder, `${tone}.mp4`);
        await makeClip(path, { seconds: 0.2, size: '64x36', tone });
        return await videoClip(path, tone !== null);
      }),
    );
    const parts = Array.from({ length: 500 }, (_, index) => ({
      seconds: 0.2,
      clip: (index % 2 === 0 ? silent : loud) as CutClip,
    }));
    const { file, timeline } = await cutOf(parts, { settings: { fps: FPS['29.97'] as Fps } });
    const samples = await soundOf(file);
    expect(Math.abs(samples.length - sampleAt(timeline.frameCount, timeline.fps))).toBeLessThanOrEqual(1024);
    const each = secondsToFrames(0.2, timeline.fps);
    const onsets: number[] = [];
    for (let index = 1; index < parts.length; index += 2) {
      const start = sampleAt(index * each, timeline.fps);
      const window = samples.subarray(start - 2400, start + 2400);
      const onset = window.findIndex(sample => Math.abs(sample) > 1200) - 2400;
      onsets.push(onset);
    }
    // Within 2 ms of its picture (AAC smears an onset), and the last as near as the first.
    expect(Math.max(...onsets.map(Math.abs))).toBeLessThan(96);
    expect(Math.max(...onsets) - Math.min(...onsets)).toBeLessThanOrEqual(1);
  });

  test('keeps its level through a dissolve', async () => {
    const part = {
      format: S16,
      gain: 1,
      startSample: 0,
      playedSample: 200,
      endSample: 200,
      fadeInSamples: 0,
      fadeOutSamples: 100,
      pcm: 'a',
    };
    const next = {
      format: S16,
      gain: 1,
      startSample: 100,
      playedSample: 300,
      endSample: 300,
      fadeInSamples: 100,
      fadeOutSamples: 0,
      pcm: 'b',
    };
    const mixed = await mixStretch([part, next], 0, 300, async (_, __, length) =>
      new Int16Array(length * 2).fill(10_000),
    );
    expect([...new Set(mixed.map(Math.round))]).toEqual([10_000]);
  });
});

describe('transitions', () => {
  test('a dissolve blends, a fade goes through black, and the film begins and ends in it', async () => {
    const white = { color: 'white', tone: null, seconds: 1 };
    const { file } = await cutOf(
      [
        { ...white },
        { color: 'black', tone: null, seconds: 1, transition: { type: 'dissolve', durationSeconds: 0.5 } },
        { ...white, transition: { type: 'dissolve', durationSeconds: 0.5 } },
        { ...white, transition: { type: 'fade', durationSeconds: 0.4 } },
      ],
      { settings: { fadeInSeconds: 0.3, fadeOutSeconds: 0.3 } },
    );
    const at = async (seconds: number) => await brightness(file, Math.round(seconds * 30));
    expect(await at(0)).toBeLessThan(40);
    expect(await at(0.4)).toBeGreaterThan(220);
    const blend = await at(0.75); // the middle of the first dissolve
    expect(blend).toBeGreaterThan(90);
    expect(blend).toBeLessThan(165);
    expect(await at(2)).toBeLessThan(40); // the middle of the fade
    expect(await at(2.5)).toBeGreaterThan(220);
    expect(await brightness(file, 89)).toBeLessThan(40);
  });
});

const SINCE_7 = new Set([
  ...['hlwind', 'hrwind', 'vuwind', 'vdwind'],
  ...['left', 'right', 'up', 'down'].flatMap(side => [`cover${side}`, `reveal${side}`]),
]);

test('every transition of the format overlaps exactly its frames, with this ffmpeg', async () => {
  const { definitions } = JSON.parse(
    await fs.readFile(new URL('../../schemas/storyboard.schema.json', import.meta.url), 'utf8'),
  );
  const all: string[] = definitions.transition.properties.type.enum;
  const isOld = /^[56]\./.test((await testFfmpeg()).version);
  const types = all.filter(type => !isOld || !SINCE_7.has(type));
  const colors = ['red', 'green', 'blue', 'orange'];
  const parts: Part[] = types.map((type, index) => ({
    ...{ seconds: 0.2, tone: null, size: '32x18', color: colors[index % 4] ?? 'red' },
    transition: { type: index === 0 ? 'cut' : type, durationSeconds: type === 'cut' ? 0 : 0.1 },
  }));
  const { facts, timeline } = await cutOf(parts, { format: { width: 32, height: 18 } });
  const overlaps = types.filter((type, index) => index > 0 && type !== 'cut' && type !== 'fade').length;
  expect(overlaps).toBeGreaterThan(40);
  expect([facts.frameCount, timeline.frameCount]).toEqual([
    types.length * 6 - overlaps * 3,
    facts.frameCount,
  ]);
});

const MOVING = [...SINCE_7, 'slideup', 'slidedown', 'slideleft', 'slideright'];

test.each(MOVING)('%s begins with the shot before, and nothing from beside it', async type => {
  const cutting = cutOf([
    { color: 'blue', tone: null, size: '160x90' },
    { color: 'red', tone: null, size: '160x90', transition: { type, durationSeconds: 0.4 } },
  ]);
  const { version } = await testFfmpeg();
  if (SINCE_7.has(type) && /^[56]\./.test(version)) {
    const message = `the transition ${type} needs ffmpeg 7.0, and this is ${version}`;
    await expect(cutting).rejects.toMatchObject({ code: 'ffmpeg-too-old', message });
    return;
  }
  const { file } = await cutting;
  const first = 30 - 12;
  const [before, begun] = [await frameOf(file, first - 1, 160, 90), await frameOf(file, first, 160, 90)];
  const differs = begun.filter((color, at) =>
    color.some((value, n) => Math.abs(value - (before[at]?.[n] ?? 0)) > 30),
  );
  expect(differs.length).toBe(0);
  const moved = await frameOf(file, first + 6, 160, 90);
  expect(moved.some(([red = 0]) => red > 80)).toBe(true); // and then it moves
});

test('a fade goes through the colour that it names', async () => {
  const { file } = await cutOf([
    { color: 'red', tone: null },
    { color: 'blue', tone: null, transition: { type: 'fade', durationSeconds: 0.4, color: '#00ff00' } },
  ]);
  const [[red, green, blue] = [0, 0, 0]] = await frameOf(file, 30);
  expect(green).toBeGreaterThan(200);
  expect(red + blue).toBeLessThan(90);
});

describe('doing it again', () => {
  const parts = FIVE;

  test('gives the same bytes from an empty and from a full derived/', async () => {
    const first = await cutOf(parts, await testProject());
    const bytes = await digest(first.file);
    const again = await cutOf(parts, { folder: first.folder });
    expect(again.result).toMatchObject({ encoded: 0, reused: 7, soundEncoded: false });
    expect(await digest(again.file)).toBe(bytes);
    await fs.rm(join(first.folder, 'derived'), { recursive: true });
    const anew = await cutOf(parts, { folder: first.folder });
    expect(anew.result.encoded).toBe(7);
    expect(await digest(anew.file)).toBe(bytes);
  });

  test('one changed shot redoes its own piece and its two transitions', async () => {
    const { folder } = await cutOf(parts, await testProject());
    const changed = parts.map((part, index) => (index === 1 ? { ...part, size: '80x46' } : part));
    const { result } = await cutOf(changed, { folder });
    expect(result).toMatchObject({ encoded: 3, reused: 4, soundEncoded: false });
  });
});

test('a film carries its title, its chapters and, if asked, its subtitles; and is the same again', async () => {
  const metadata = {
    title: 'A = B; C # D \\ E\nF',
    chapters: [
      { title: 'One; two', start: 0, end: 30 },
      { title: 'Three', start: 30, end: 60 },
    ],
    subtitles: { srt: '1\n00:00:00,500 --> 00:00:01,500\nWhere is the salt?\n', language: 'eng' },
  };
  const { folder } = await testProject();
  const { file, facts } = await cutOf([{}, { tone: null }], { metadata, folder });
  expect(facts.frameCount).toBe(60);
  const told = `${file}.meta`;
  const srt = `${file}.srt`;
  const read = async (output: string[], target: string) => {
    await runFfmpeg(await ourFfmpeg(), { inputs: [{ source: file }], output, file: target });
    return await fs.readFile(target, 'utf8');
  };
  const text = await read(['-f', 'ffmetadata'], told);
  expect(text).toContain('title=A \\= B\\; C \\# D \\\\ E F\n');
  expect(text).toMatch(
    /START=0\nEND=240000\ntitle=One\\; two\n[\s\S]*START=240000\nEND=480000\ntitle=Three\n/,
  );
  expect(await read(['-map', '0:s:0', '-f', 'srt'], srt)).toContain(
    '00:00:00,500 --> 00:00:01,500\nWhere is the salt?',
  );
  // Viewers switch the subtitles on: as an enabled track, some players would show them unasked.
  const enabled = tracksOf(readMovie(file)).map(({ handler }) => handler);
  expect(enabled).toEqual(['vide', 'soun', 'sbtl', 'text']);
  const bytes = await fs.readFile(file);
  const heads = [...bytes.toString('latin1').matchAll(/tkhd/g)].map(
    ({ index }) => (bytes[index + 7] ?? 0) & 1,
  );
  expect(heads).toEqual([1, 1, 0, 0]);
  const again = await cutOf([{}, { tone: null }], { metadata, folder });
  expect(await digest(again.file)).toBe(await digest(file));
});

test.each(['a', 'v'])('an ffmpeg that writes down less than it was given is told (%s)', async kind => {
  const { folder, path } = await testProject();
  const ffmpeg = await testFfmpeg();
  // Where one packet stands for all of a track, it is as long as all.
  const script = `#!/bin/bash
for word; do
  [ "$before" = -bsf:${kind} ] && word="\${word/:duration=[0-9]*/:duration=4000}"
  words+=("$word"); before="$word"
done
exec ${ffmpeg.path} "\${words[@]}"
`;
  await fs.writeFile(path('ffmpeg'), script, { mode: 0o755 });
  await cutOf([{}], { folder });
  const film = await fs.readFile(path('film.mp4'));
  const other = { ...ffmpeg, path: path('ffmpeg') };
  await expect(cutOf([{}], { folder, ffmpeg: other })).rejects.toMatchObject({
    code: 'film-wrong',
    message: expect.stringContaining(kind === 'a' ? ' s of sound where' : ' s of picture where'),
    hint: expect.stringContaining('STORYREEL_FFMPEG'),
  });
  expect(await fs.readFile(path('film.mp4'))).toEqual(film);
});

/** An ffmpeg that does something else first. */
async function ffmpegAfter(path: string, bash: string) {
  const ffmpeg = await testFfmpeg();
  await fs.writeFile(path, `#!/bin/bash\n${bash}\nexec ${ffmpeg.path} "$@"\n`, { mode: 0o755 });
  return { ...ffmpeg, path };
}

test.each([
  ['picture', 'libx264'],
  ['sound', 'pcm_s16le'],
])('footage that is changed while %s is made of it is told, and leaves nothing behind', async (_, codec) => {
  const { folder, path } = await testProject();
  const clip = await makeClip(path('red.mp4'), { color: 'red', size: '80x46', tone: 440 });
  const other = await makeClip(path('blue.mp4'), { color: 'blue', size: '80x46', tone: 880 });
  const footage = path('footage.mp4');
  await fs.copyFile(clip, footage);
  const part = { clip: { ...(await videoClip(footage, true)), stamp: stampOf(footage) } };
  const swap = `[[ "$*" == *${codec}* ]] && cp '${other}' '${footage}.$$' && mv '${footage}.$$' '${footage}'`;
  const ffmpeg = await ffmpegAfter(path('ffmpeg'), swap);
  await expect(cutOf([part, {}], { folder, ffmpeg })).rejects.toMatchObject({
    code: 'film-wrong',
    message: expect.stringContaining('footage.mp4 was changed'),
  });
  await fs.copyFile(clip, footage);
  const film = await cutOf([{ clip: { ...part.clip, stamp: stampOf(footage) } }, {}], { folder });
  const [[red, , blue] = [0, 0, 0]] = await frameOf(film.file, 3);
  expect(red).toBeGreaterThan(blue + 100);
  expect(level(await soundOf(film.file), 440, 0.3)).toBeGreaterThan(1000);
});

test('a cut that fails takes away what it had begun', async () => {
  const { folder, path } = await testProject();
  // The pieces of picture take so long to fail that the sound waits for them, mixed.
  const ffmpeg = await ffmpegAfter(path('ffmpeg'), '[[ "$*" == *libx264* ]] && sleep 0.5 && exit 1');
  const parts = Array.from({ length: 6 }, (_, index) => ({ size: '80x46', tone: 200 + 50 * index }));
  await expect(cutOf(parts, { folder, ffmpeg })).rejects.toMatchObject({ code: 'ffmpeg-failed' });
  const left = await fs.readdir(join(folder, 'derived'), { recursive: true, withFileTypes: true });
  expect(left.filter(entry => entry.isFile() && !/^[0-9a-f]{64}\./.test(entry.name))).toEqual([]);
});
