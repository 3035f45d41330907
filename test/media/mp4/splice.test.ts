import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boxesIn, headAt, needBody } from '../../../src/media/mp4/boxes.ts';
import { readMovie, trackOf, tracksOf } from '../../../src/media/mp4/movie.ts';
import { readSamples, type Samples } from '../../../src/media/mp4/samples.ts';
import { type Reels, samplesCrc, splice } from '../../../src/media/mp4/splice.ts';
import { makeClip, testProject } from '../../support/project.ts';

const { signal } = new AbortController();

/** A film of these clips, with the sound of the first. */
function filmOf(...clips: readonly string[]): Reels {
  const pictures = clips.map(path => ({
    path,
    samples: trackOf(path, 'vide').samples,
    stamp: null,
    crc: null,
  }));
  const [frame = ''] = clips;
  return {
    frame,
    pictures,
    ticksPerFrame: 512,
    sound: { path: frame, crc: null, track: trackOf(frame, 'soun') },
  };
}

async function clipOf(folder: string, name: string, seconds: number): Promise<string> {
  return await makeClip(join(folder, name), { seconds, size: '160x96', tone: 440 });
}

test('the header comes first, and picture and sound of half a second lie together', async () => {
  const { folder, path } = await testProject();
  const film = await clipOf(folder, 'film.mp4', 2);
  const sha256 = await splice(filmOf(film, film), path('spliced.mp4'), signal);
  const bytes = await fs.readFile(path('spliced.mp4'));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  expect(boxesIn(bytes).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'mdat']);
  const [picture, sound] = tracksOf(readMovie(path('spliced.mp4')));
  expect(picture?.samples.sizes.length).toBe(120);
  for (let half = 0; half < 4; half++) {
    const [frame, packet] = [half * 15, Math.ceil((half * 24_000) / 1024)];
    const [ownFrame, ownPacket] = [picture?.samples.offsets[frame], sound?.samples.offsets[packet]];
    const lastFrame = picture?.samples.offsets[frame + 14] ?? 0;
    expect(ownPacket).toBe(lastFrame + (picture?.samples.sizes[frame + 14] ?? 0));
    expect(ownFrame).toBeLessThan(ownPacket ?? 0);
  }
});

test('a file that was cut short since its frames were found is told, and nothing hangs', async () => {
  const { folder, path } = await testProject();
  const film = await clipOf(folder, 'film.mp4', 1);
  const short = await clipOf(folder, 'short.mp4', 1);
  const reels = filmOf(film, short);
  await fs.truncate(short, 5000);
  await expect(splice(reels, path('spliced.mp4'), signal)).rejects.toThrow(RangeError);
});

test('a file that became another one since its frames were found is told', async () => {
  const { folder, path } = await testProject();
  const film = await clipOf(folder, 'film.mp4', 1);
  const clip = await clipOf(folder, 'clip.mp4', 1);
  const { samples, stamp } = trackOf(clip, 'vide');
  const reels = { ...filmOf(film), pictures: [{ path: clip, samples, stamp, crc: null }] };
  await fs.link(clip, path('link.mp4'));
  await splice(reels, path('spliced.mp4'), signal);
  await fs.rename(await clipOf(folder, 'other.mp4', 2), clip);
  await expect(splice(reels, path('spliced.mp4'), signal)).rejects.toThrow(
    'clip.mp4 was changed while the film was made of it',
  );
});

test('frames that are not what they were are told, and whose they are', async () => {
  const { folder, path } = await testProject();
  const film = await clipOf(folder, 'film.mp4', 1);
  const clip = await clipOf(folder, 'clip.mp4', 1);
  const { samples } = trackOf(clip, 'vide');
  const crc = await samplesCrc(clip, 'vide');
  const reels = { ...filmOf(film), pictures: [{ path: clip, samples, stamp: null, crc }] };
  await splice(reels, path('spliced.mp4'), signal);
  const bytes = await fs.readFile(clip);
  const last = (samples.offsets.at(-1) ?? 0) + (samples.sizes.at(-1) ?? 0) - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  await fs.writeFile(clip, bytes);
  await expect(splice(reels, path('spliced.mp4'), signal)).rejects.toMatchObject({ paths: [clip] });
});

test('stops where it is told to', async () => {
  const { folder, path } = await testProject();
  const film = await clipOf(folder, 'film.mp4', 1);
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await expect(splice(filmOf(film), path('spliced.mp4'), stop.signal)).rejects.toThrow('enough');
});

test('what lies behind four gigabytes is told in 64 bits', async () => {
  const { folder, path } = await testProject();
  const film = await clipOf(folder, 'film.mp4', 1);
  const large = await clipOf(folder, 'large.mp4', 1);
  const [megabyte, count] = [1024 * 1024, 4200];
  await fs.truncate(large, count * megabyte); // it takes no room
  const samples: Samples = {
    sizes: new Uint32Array(count).fill(megabyte),
    offsets: Float64Array.from({ length: count }, (_, index) => index * megabyte),
    durations: new Uint32Array(count).fill(512),
    delays: null,
    sync: null,
  };
  const reels = { ...filmOf(film), pictures: [{ path: large, samples, stamp: null, crc: null }] };
  let batches = 0;
  const afterHeader = {
    throwIfAborted: () => {
      if (batches++ > 0) throw new Error('enough');
    },
  } as AbortSignal;
  await expect(splice(reels, path('spliced.mp4'), afterHeader)).rejects.toThrow('enough');
  const [picture] = boxesIn(readMovie(path('spliced.mp4')).moov).filter(({ type }) => type === 'trak');
  const { offsets } = readSamples(needBody(picture?.body ?? Buffer.alloc(0), 'mdia', 'minf', 'stbl'));
  const [first = 0, last = 0] = [offsets[0], offsets.at(-1)];
  expect(last - first).toBeGreaterThan((count - 1) * megabyte); // sound lies between
  expect(last).toBeGreaterThan(0xffffffff);
  const bytes = await fs.readFile(path('spliced.mp4'));
  expect(headAt(bytes, first - 16)).toMatchObject({ type: 'mdat', bytes: 16 });
});
