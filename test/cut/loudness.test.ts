import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SoundTrack } from '../../src/cut/film-sound.ts';
import { cutOf, level, type Part, soundOf } from '../support/cut.ts';
import { loudnessOf } from '../support/loudness.ts';
import { makeMedia, testProject } from '../support/project.ts';

let folder = '';
beforeAll(async () => {
  ({ folder } = await testProject());
});

/** A file of stereo sound, as ffmpeg's generators describe it. */
async function sound(name: string, source: string) {
  const path = join(folder, `${name}.wav`);
  await makeMedia(path, { generators: [source] });
  return { path, identity: path };
}

const MUSIC = { gainDb: 0, startSeconds: 0, fadeInSeconds: 0, fadeOutSeconds: 0, loop: false, duck: false };
const VOICE = { item: 0, offsetSeconds: 0, gainDb: 0 };
const silent = (seconds: number): Part => ({ seconds, tone: null, size: '64x36' });
/** The same in both channels: ffmpeg makes stereo of mono 3 dB softer. */
const wave = (formula: string, seconds: number) => `aevalsrc=${formula}|${formula}:s=48000:d=${seconds}`;
const sine = (hertz: number, seconds: number) => wave(`0.9*sin(2*PI*${hertz}*t)`, seconds);
const pink = (seconds: number, amplitude: number) =>
  `anoisesrc=c=pink:r=48000:d=${seconds}:seed=1:a=${amplitude}`;

async function heard(parts: readonly Part[], track: Partial<SoundTrack>) {
  const { result, file } = await cutOf(parts, { sound: track });
  return { result, samples: await soundOf(file) };
}

test.each([-14, -23])('lands on %d LUFS, and is measured in what was encoded', async target => {
  const music = { ...MUSIC, ...(await sound('noise', pink(6, 0.2))) };
  const { result, samples } = await heard([silent(6)], { music, loudness: target });
  expect(Math.abs((result.loudness?.integrated ?? 0) - target)).toBeLessThan(0.5);
  expect(result.loudness).toMatchObject({ target, normalization: expect.stringMatching(/linear|dynamic/) });
  expect(result.loudness?.truePeak).toBeLessThan(-0.5);
  expect(Math.abs(samples.length - 6 * 48_000)).toBeLessThanOrEqual(1024);
});

test.each([
  ['a film that is softer at its end', wave('0.1*sin(6283*t)*if(lt(t\\,4)\\,1\\,0.2)', 8), 8],
  ['a tone that dies away', wave('0.2*sin(6283*t)*exp(-t)', 4.6), 4.6],
  ['a film of a second', wave('0.05*sin(3000*t)', 1), 1],
])('%s is as loud as it is to be, by another meter too', async (name, source, seconds) => {
  const music = { ...MUSIC, ...(await sound(name, source)) };
  const { result, samples } = await heard([silent(seconds)], { music, loudness: -23 });
  expect(Math.abs(loudnessOf(samples) + 23)).toBeLessThan(0.2);
  expect(Math.abs((result.loudness?.integrated ?? 0) - loudnessOf(samples))).toBeLessThan(0.1);
  expect(result.loudness?.normalization).toBe('linear');
});

test('what is squeezed is told as it is, by another meter too', async () => {
  const hits = wave('0.9*sin(2*PI*300*t)*exp(-mod(t\\,0.5)*(10+2*t))', 6);
  const music = { ...MUSIC, ...(await sound('fading hits', hits)) };
  const { result, samples } = await heard([silent(6)], { music, loudness: -12 });
  expect(result.loudness?.normalization).toBe('dynamic');
  expect(Math.abs((result.loudness?.integrated ?? 0) - loudnessOf(samples))).toBeLessThan(0.1);
  expect(Math.abs(loudnessOf(samples) + 12)).toBeLessThan(1.5);
});

test('a silent film stays silent, and nothing is measured', async () => {
  const { result, samples } = await heard([silent(1)], { loudness: -14 });
  expect(result.loudness).toBeNull();
  expect(samples.every(sample => sample === 0)).toBe(true);
});

test('peaks are held back in a film of any length', async () => {
  const hits = wave('0.9*sin(2*PI*300*t)*exp(-mod(t\\,0.5)*30)', 2);
  const music = { ...MUSIC, ...(await sound('hits', hits)) };
  const { result } = await heard([silent(2)], { music, loudness: -14 });
  expect(result.loudness?.normalization).toBe('dynamic');
  expect(result.loudness?.integrated).toBeGreaterThan(-17);
  expect(result.loudness?.truePeak).toBeLessThan(-1);
});

describe('what is louder than full scale on its way', () => {
  test.each([
    ['a sine with gain', sine(1000, 4), 12],
    ['a square wave', wave('(1-2*mod(floor(2000*t)\\,2))', 4), 20],
  ])('%s is brought to its target, and not cut off', async (name, source, gainDb) => {
    const music = { ...MUSIC, ...(await sound(name, source)), gainDb };
    const { result } = await heard([silent(4)], { music, loudness: -14 });
    expect(result.loudness?.integrated).toBeCloseTo(-14, 0);
    expect(result.loudness?.normalization).toBe('linear');
    expect(result.clipped).toEqual([]);
  });

  test.each([false, true])('two loud tones together stay two tones (ducked: %s)', async duck => {
    const music = { ...MUSIC, ...(await sound('440', sine(440, 4))), duck };
    const voices = [{ ...VOICE, ...(await sound('700', sine(700, 4))), gainDb: 6 }];
    const { result, samples } = await heard([silent(4)], { music, voices, loudness: -23 });
    expect(result.loudness?.integrated).toBeCloseTo(-23, 0);
    expect(result.clipped).toEqual([]);
    const tone = level(samples, 700, 1, 1);
    for (const between of [180, 960, 1580]) expect(level(samples, between, 1, 1)).toBeLessThan(tone / 1000);
  });

  test('is told where nothing brings it down: from where to where', async () => {
    const music = { ...MUSIC, ...(await sound('440', sine(440, 4))) };
    const voices = [{ ...VOICE, ...(await sound('700-1', sine(700, 1))), offsetSeconds: 2 }];
    const { result } = await heard([silent(4)], { music, voices });
    expect(result.clipped).toEqual([{ start: expect.closeTo(2, 2), end: expect.closeTo(3, 2) }]);
  });
});

describe('a leader', () => {
  const leader = { ...silent(2), gainDb: null };
  const BEEP = wave('0.1*sin(2*PI*1000*t)', 0.1);

  test('counts for no loudness, and its beep keeps its level', async () => {
    const music = { ...MUSIC, ...(await sound('quiet', pink(6, 0.02))) };
    const track = {
      voices: [{ ...VOICE, ...(await sound('beep', BEEP)), offsetSeconds: 1 }],
      pictureFrame: 60,
    };
    const plain = await heard([silent(6)], { music, loudness: -23 });
    const led = await heard([leader, silent(6)], { ...track, music, loudness: -23 });
    expect(led.result.loudness?.integrated).toBeCloseTo(-23, 0);
    expect(led.result.loudness?.integrated).toBeCloseTo(plain.result.loudness?.integrated ?? 0, 1);
    expect(led.result.loudness?.normalization).toBe('linear');
    expect(level(led.samples, 1000, 1.02, 0.06) / 3276.8).toBeCloseTo(1, 1);
    expect(led.samples.slice(48_000 * 1.2, 48_000 * 1.9).every(sample => Math.abs(sample) < 3)).toBe(true);
  });

  test('alone is heard before a silent film', async () => {
    const track = {
      voices: [{ ...VOICE, ...(await sound('beep', BEEP)), offsetSeconds: 1 }],
      pictureFrame: 60,
    };
    const { result, samples } = await heard([leader, silent(1)], { ...track, loudness: -23 });
    expect(result.loudness).toBeNull();
    expect(level(samples, 1000, 1.02, 0.06) / 3276.8).toBeCloseTo(1, 1);
  });
});
