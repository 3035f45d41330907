import { describe, expect, test } from 'vitest';
import { examine } from '../../src/media/examine.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { breaches } from '../../src/model/media-limits.ts';
import { makeClip, ourFfmpeg, testProject } from '../support/project.ts';

describe('examine', () => {
  test.each([
    ['still.png', 'PNG'],
    ['still.bmp', 'BMP'],
    ['still.jpg', 'JPEG'],
  ])('%s', async (name, format) => {
    const project = await testProject();
    await runFfmpeg(await ourFfmpeg(), {
      inputs: [{ source: 'color=red:s=322x248', options: ['-f', 'lavfi'] }],
      output: ['-frames:v', '1'],
      file: project.path(name),
    });
    expect(await examine(project.path(name))).toMatchObject({
      ...{ format, width: 322, height: 248, seconds: null },
    });
  });

  test.each([
    ['VP8 ', Buffer.from([...Array(10).fill(0), 0x42, 0x01, 0xf8, 0x40])], // the scale is in the upper bits
    ['VP8L', Buffer.from([0, 0, 0, 0, 0x2f, ...uint32(321 | (247 << 14))])],
    ['VP8X', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0x41, 1, 0, 0xf7, 0, 0])],
  ])('WebP as %s', async (chunk, rest) => {
    const project = await testProject();
    await project.write('still.webp', Buffer.concat([Buffer.from(`RIFF____WEBP${chunk}`), rest]));
    expect(await examine(project.path('still.webp'))).toMatchObject({
      ...{ format: 'WebP', width: 322, height: 248 },
    });
  });

  test.each([
    ['clip.mp4', 'MP4'],
    ['clip.mov', 'MOV'],
    ['clip.mkv', 'Matroska'],
  ])('%s', async (name, format) => {
    const project = await testProject();
    await makeClip(project.path(name));
    const facts = await examine(project.path(name));
    expect(facts).toMatchObject({ format, width: 160, height: 90 });
    expect(facts?.seconds).toBeCloseTo(1, 1);
  });

  test('damaged and foreign files are neither video nor picture', async () => {
    const files = {
      'text.mp4': 'no media at all',
      'cut.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d]),
      'cut.jpg': Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff]),
      'endless.jpg': Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4096, 0xff)]),
      'playlist.m3u8': '#EXTM3U\nhttps://example.com/a.ts\n',
    };
    const project = await testProject(files);
    const found = Object.keys(files).map(async name => await examine(project.path(name)));
    expect(await Promise.all(found)).toEqual([null, null, null, null, null]);
  });
});

describe('breaches', () => {
  const limits = {
    formats: ['MP4', 'MOV'],
    seconds: [1, 30],
    pixels: [240, 8000],
    maxBytes: 100_000_000,
  } as const;
  const good = { format: 'MOV', seconds: 30.04, width: 240, height: 8000, bytes: 100_000_000 };

  test('nothing is said of what is just within', () => {
    expect(breaches(limits, good)).toEqual([]);
  });

  test('everything is said at once, and of a foreign format that alone', () => {
    const bad = { format: 'MP4', seconds: 40.5, width: 239, height: 300, bytes: 120_000_000 };
    expect(breaches(limits, bad)).toEqual([
      'is 40.5 s long; 1 to 30 s are taken',
      'has 239 × 300 pixels; 240 to 8000 are taken either way',
      'has 120 MB; at most 100 are taken',
    ]);
    expect(breaches(limits, { ...bad, format: 'WebM' })).toEqual(['is WebM; MP4 and MOV are taken']);
  });
});

function uint32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}
