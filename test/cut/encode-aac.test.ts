import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeAac } from '../../src/cut/encode-aac.ts';
import { type KeptPart, type RawSound, soundOfFile, soundOfParts } from '../../src/cut/raw-sound.ts';
import { S16, SAMPLE_RATE } from '../../src/cut/sound.ts';
import { adtsFrames } from '../../src/media/adts.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { Derived } from '../../src/store/derived.ts';
import { hashFile } from '../../src/store/digests.ts';
import { ourFfmpeg, testFfmpeg, testProject } from '../support/project.ts';

const PACKET = 1024;
/** Where the second piece begins. */
const JOINT = 900 * PACKET;

test('pieces are joined to what one encoder would have made: no gap, no click, no sample more', async () => {
  const { pcm, folder, worst } = await music();
  const { file, pieces } = await encoded(pcm, folder);
  expect(pieces).toBe(2);
  const joined = await decoded(file);
  expect(Math.abs(joined.length / 2 - pcm.length / 2)).toBeLessThan(PACKET);
  const around = errors(joined, pcm).slice(890, 920);
  expect(around).toHaveLength(30);
  expect(Math.max(...around)).toBeLessThan(1.5 * worst);
});

test.each([1, PACKET, PACKET + 1, JOINT + 12 * PACKET, JOINT + 12 * PACKET + 1])(
  '%s samples come back as so many, to the packet',
  async samples => {
    const { file } = await encoded(stereo(samples, tone), await tones());
    expect(Math.abs((await decoded(file)).length / 2 - samples)).toBeLessThan(PACKET);
  },
);

test('pieces that cannot be joined are made one', async () => {
  const { pcm, folder, worst } = await music();
  await encoded(pcm, folder);
  const { file, made, pieces } = await encoded(pcm, folder, 0);
  expect([made, pieces]).toEqual([1, 3]);
  expect(Math.max(...errors(await decoded(file), pcm))).toBeLessThan(1.5 * worst);
});

test('a change encodes again only the piece that it is in', async () => {
  const pcm = stereo(JOINT + 40 * PACKET, tone);
  const folder = await tones();
  await encoded(pcm, folder);
  pcm[2 * 48_000] = 9;
  expect(await encoded(pcm, folder)).toMatchObject({ made: 1 });
  expect(await encoded(pcm, folder)).toMatchObject({ made: 0 });
});

test('of changed parts, only the piece that they are in is mixed and encoded, and nothing else is read', async () => {
  const { folder } = await testProject();
  const end = JOINT + 100 * PACKET;
  const film = async (hertz: number, read = folder) => [
    await part(read, 0, JOINT - 50 * PACKET, 440),
    await part(read, JOINT - 50 * PACKET, JOINT + 50 * PACKET, 880),
    await part(read, JOINT + 50 * PACKET, end, hertz),
  ];
  const { signal } = new AbortController();
  await encoded(soundOfParts(await film(220), end, signal), folder);
  const [first, ...others] = await film(660);
  await fs.writeFile(first?.pcm ?? '', 'nobody looks at it');
  const changed = await encoded(soundOfParts([...(first ? [first] : []), ...others], end, signal), folder);
  expect(changed).toMatchObject({ made: 1, pieces: 3 });
  const other = (await testProject()).folder;
  const anew = await encoded(soundOfParts(await film(660, other), end, signal), other);
  expect((await fs.readFile(changed.file)).equals(await fs.readFile(anew.file))).toBe(true);
});

test('what is no ADTS is refused', () => {
  expect(() => adtsFrames(Buffer.from('ID3 and then some'))).toThrow(RangeError);
  expect(() => adtsFrames(Buffer.from([0xff, 0xf1, 0x4c, 0x80, 0xff, 0xff, 0xfc, 0x21]))).toThrow(RangeError);
});

/** A part of a film that is a tone. */
async function part(folder: string, start: number, end: number, hertz: number): Promise<KeptPart> {
  const pcm = join(folder, `${hertz}.pcm`);
  const samples = stereo(end - start, seconds => Math.sin(2 * Math.PI * hertz * seconds) / 2);
  await fs.writeFile(pcm, samples);
  const sha256 = await hashFile(pcm);
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  const place = { startSample: start, playedSample: end, endSample: end };
  return { pcm, sha256, identity: sha256, format: S16, gain: 1, ...place, ...none };
}

type Sound = (seconds: number, channel: number) => number;

function stereo(samples: number, sound: Sound): Int16Array {
  const pcm = new Int16Array(samples * 2);
  for (let at = 0; at < pcm.length; at++)
    pcm[at] = Math.round(20_000 * sound((at >> 1) / SAMPLE_RATE, at & 1));
  return pcm;
}

/** What is known of an ffmpeg's encoder by its first test: one process may serve both projects. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  const found = new Map<string | undefined, Promise<T>>();
  return () => {
    const ffmpeg = process.env.STORYREEL_FFMPEG;
    const kept = found.get(ffmpeg) ?? find();
    found.set(ffmpeg, kept);
    return kept;
  };
}

/**
 * Drums on one side, whose hits make an encoder change its windows; on the other a tone, where a gap is loud. With
 * a folder where its pieces are kept, and how wrong the worst packet of it is that one encoder makes.
 */
const music = once(async () => {
  const pcm = stereo(JOINT + 40 * PACKET, (seconds, channel) =>
    channel === 0 ? drums(seconds) : tone(seconds, channel),
  );
  const worst = Math.max(...errors(await decoded(await encodedAtOnce(pcm)), pcm));
  return { pcm, worst, folder: (await testProject()).folder };
});

/** Where pieces of the tones are kept: those of nearly one length begin with the same one, which takes a second. */
const tones = once(async () => (await testProject()).folder);

function drums(seconds: number): number {
  return Math.sin(2 * Math.PI * 440 * seconds) * Math.exp(-25 * (seconds % 0.31));
}

function tone(seconds: number, channel: number): number {
  return Math.sin(2 * Math.PI * (channel === 0 ? 330 : 660) * seconds) / 2;
}

async function encoded(sound: Int16Array | RawSound, folder: string, joints?: number) {
  const [raw, file] = [join(folder, 'sound.pcm'), join(folder, 'sound.m4a')];
  if (sound instanceof Int16Array) await fs.writeFile(raw, sound);
  const context = {
    ffmpeg: await testFfmpeg(),
    derived: new Derived(join(folder, 'derived')),
    signal: new AbortController().signal,
    limited: <T>(work: () => Promise<T>) => work(),
  };
  const kept = async () => {
    const all = await fs.readdir(join(folder, 'derived'), { recursive: true }).catch(() => []);
    return all.filter(name => name.endsWith('.aac')).length;
  };
  const before = await kept();
  const source = sound instanceof Int16Array ? soundOfFile(raw, sound.length / 2) : sound;
  await encodeAac(source, file, context, joints);
  const pieces = await kept();
  return { file, made: pieces - before, pieces };
}

async function encodedAtOnce(pcm: Int16Array): Promise<string> {
  const { folder } = await testProject();
  const [raw, file] = [join(folder, 'sound.pcm'), join(folder, 'sound.m4a')];
  await fs.writeFile(raw, pcm);
  await runFfmpeg(await testFfmpeg(), {
    inputs: [{ source: raw, options: ['-f', 's16le', '-ar', '48000', '-ac', '2'] }],
    output: ['-c:a', 'aac', '-b:a', '192k', '-f', 'mp4'],
    file,
  });
  return file;
}

async function decoded(file: string): Promise<Int16Array> {
  const pcm = `${file}.pcm`;
  const output = ['-map', '0:a:0', '-f', 's16le'];
  await runFfmpeg(await ourFfmpeg(), { inputs: [{ source: file }], output, file: pcm });
  const bytes = await fs.readFile(pcm);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

/** How far what is heard is from what was meant: the mean of each packet. */
function errors(heard: Int16Array, meant: Int16Array): number[] {
  const found: number[] = [];
  for (let start = 0; start + 2 * PACKET <= meant.length; start += 2 * PACKET) {
    let sum = 0;
    for (let at = start; at < start + 2 * PACKET; at++) sum += ((heard[at] ?? 0) - (meant[at] ?? 0)) ** 2;
    found.push(Math.sqrt(sum / (2 * PACKET)));
  }
  return found;
}
