import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SoundTrack } from '../../src/cut/film-sound.ts';
import { cutOf, level, type Part, soundOf, videoClip } from '../support/cut.ts';
import { makeMedia, testProject } from '../support/project.ts';

let folder = '';
beforeAll(async () => {
  ({ folder } = await testProject());
});

/** A file of sound: a tone of this frequency and level. */
async function tone(hertz: number, seconds: number, volume = 1, extension = 'wav') {
  const path = join(folder, `${hertz}-${seconds}-${volume}.${extension}`);
  await makeMedia(path, {
    generators: [`sine=frequency=${hertz}:sample_rate=44100:duration=${seconds}`],
    filters: `[0:a]volume=${volume}[a]`,
    output: ['-map', '[a]'],
  });
  return { path, identity: path };
}

const MUSIC = { gainDb: 0, startSeconds: 0, fadeInSeconds: 0, fadeOutSeconds: 0, loop: false, duck: false };
const silent = (seconds: number): Part => ({ seconds, tone: null, size: '64x36' });

async function heard(parts: readonly Part[], sound: Partial<SoundTrack>, place: { folder?: string } = {}) {
  const film = await cutOf(parts, { sound, ...place });
  return { ...film, samples: await soundOf(film.file) };
}

describe('more channels than a player has', () => {
  test.each([7, 8, 9, 12])('%d are heard, in clips, voices and music', async channels => {
    const tones = (hertz: number) =>
      `aevalsrc=${Array.from({ length: channels }, (_, at) => (at < 2 ? `0.2*sin(2*PI*${hertz}*t)` : '0')).join('|')}:d=1`;
    const path = join(folder, `many-${channels}.mov`);
    await makeMedia(path, {
      generators: ['color=black:s=64x36:r=30:d=1', tones(500)],
      output: ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_s16le'],
    });
    const [voice, music] = [join(folder, `${channels}-voice.wav`), join(folder, `${channels}-music.wav`)];
    await makeMedia(voice, { generators: [tones(1000)] });
    await makeMedia(music, { generators: [tones(2000)] });
    const { samples } = await heard([{ clip: await videoClip(path, true), seconds: 1 }], {
      voices: [{ path: voice, identity: voice, item: 0, offsetSeconds: 0, gainDb: 0 }],
      music: { ...MUSIC, path: music, identity: music },
    });
    for (const hertz of [500, 1000, 2000]) expect(level(samples, hertz, 0.4)).toBeGreaterThan(1000);
  });
});

describe('music', () => {
  test('lies under the whole film, comes up, goes down, and begins again where it is short', async () => {
    const file = await tone(500, 1.5);
    const { samples } = await heard([silent(3)], {
      music: { ...MUSIC, ...file, loop: true, fadeInSeconds: 0.5, fadeOutSeconds: 1 },
    });
    expect(samples.length).toBeGreaterThan(3 * 48_000 - 1025);
    const full = level(samples, 500, 1);
    expect(full).toBeGreaterThan(2500);
    expect(level(samples, 500, 0, 0.1)).toBeLessThan(full * 0.2);
    expect(level(samples, 500, 1.6) / full).toBeCloseTo(1, 1); // the second time
    expect(level(samples, 500, 2.4, 0.1) / full).toBeCloseTo(0.55, 1);
    expect(level(samples, 500, 2.9, 0.09)).toBeLessThan(full * 0.12);
  });

  test('loops from where it starts: what was left out does not come back', async () => {
    const path = join(folder, 'intro.wav');
    await makeMedia(path, {
      generators: ['aevalsrc=0.3*sin(2*PI*if(lt(t\\,1)\\,2000\\,500)*t):d=1.5'],
    });
    const music = { ...MUSIC, path, identity: path, startSeconds: 1, loop: true };
    const { samples } = await heard([silent(3)], { music });
    for (let at = 0; at < 2.8; at += 0.2) {
      expect(level(samples, 2000, at)).toBeLessThan(100);
      expect(level(samples, 500, at)).toBeGreaterThan(5000);
    }
  });

  test('ends where it ends if it does not loop, begins where it is told to, and has its gain', async () => {
    const file = await tone(500, 1.5, 1, 'flac');
    const { samples } = await heard([silent(2)], {
      music: { ...MUSIC, ...file, startSeconds: 0.5, gainDb: -20 },
    });
    const plain = await heard([silent(2)], { music: { ...MUSIC, ...file } });
    expect(level(samples, 500, 0.5) / level(plain.samples, 500, 0.5)).toBeCloseTo(0.1, 2);
    expect(level(samples, 500, 1.1)).toBeLessThan(10);
    expect(level(plain.samples, 500, 1.1)).toBeGreaterThan(1000);
  });

  test('goes down while a voice speaks, and up again', async () => {
    const music = { ...MUSIC, ...(await tone(500, 4)), duck: true };
    const voice = { ...(await tone(1500, 1)), item: 1, offsetSeconds: 0.5, gainDb: 6 };
    const { samples } = await heard([silent(1), silent(3)], { music, voices: [voice] });
    const before = level(samples, 500, 1);
    expect(level(samples, 500, 2)).toBeLessThan(before * 0.6);
    expect(level(samples, 500, 3.6) / before).toBeCloseTo(1, 1);
    expect(level(samples, 1500, 1.7)).toBeGreaterThan(5000);
    expect(level(samples, 1500, 1.2)).toBeLessThan(100);
    expect(level(samples, 1500, 2.7)).toBeLessThan(100);
  });
});

describe('the sound of clips', () => {
  test('is louder, softer or left out as it is told, and its encoding is kept', async () => {
    const clip = { seconds: 1, tone: 1000, size: '64x36' };
    const parts: Part[] = [clip, { ...clip, gainDb: -12 }, { ...clip, gainDb: null }];
    const { samples, folder: made } = await heard(parts, {}, await testProject());
    const full = level(samples, 1000, 0.4);
    expect(level(samples, 1000, 1.4) / full).toBeCloseTo(10 ** (-12 / 20), 2);
    expect(level(samples, 1000, 2.4)).toBeLessThan(20);
    const again = await cutOf(parts, { folder: made });
    expect(again.result).toMatchObject({ encoded: 0, soundEncoded: false });
  });
});

test('sound that names other files is no sound', async () => {
  const { probeSound } = await import('../../src/media/probe.ts');
  const playlist = join(folder, 'playlist.mp3');
  await fs.writeFile(playlist, `#EXTM3U\n#EXTINF:1,\n${(await tone(500, 1)).path}\n`);
  expect(await probeSound(playlist)).toBeNull();
  await expect(
    heard([silent(1)], { music: { ...MUSIC, path: playlist, identity: playlist } }),
  ).rejects.toMatchObject({ code: 'ffmpeg-failed' });
});
