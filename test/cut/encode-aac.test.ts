import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeAac } from '../../src/cut/encode-aac.ts';
import { SAMPLE_RATE } from '../../src/cut/sound.ts';
import { adtsFrames } from '../../src/media/adts.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { Derived } from '../../src/store/derived.ts';
import { testFfmpeg, testProject } from '../support/project.ts';

const PACKET = 1024;
/** Where the second piece begins. */
const JOINT = 900 * PACKET;

test('pieces are joined to what one encoder would have made: no gap, no click, no sample more', async () => {
  // Drums on one side, whose hits make an encoder change its windows; on the other a tone, where a gap is loud.
  const pcm = stereo(JOINT + 40 * PACKET, (seconds, channel) =>
    channel === 0 ? drums(seconds) : tone(seconds, channel),
  );
  const { file, pieces } = await encoded(pcm);
  expect(pieces).toBe(2);
  const [joined, whole] = [await decoded(file), await decoded(await encodedAtOnce(pcm))];
  expect(Math.abs(joined.length / 2 - pcm.length / 2)).toBeLessThan(PACKET);
  const worst = Math.max(...errors(whole, pcm));
  const around = errors(joined, pcm).slice(890, 920);
  expect(around).toHaveLength(30);
  expect(Math.max(...around)).toBeLessThan(1.5 * worst);
});

test.each([1, PACKET, PACKET + 1, JOINT + 12 * PACKET, JOINT + 12 * PACKET + 1])(
  '%s samples come back as so many, to the packet',
  async samples => {
    const { file } = await encoded(stereo(samples, tone));
    expect(Math.abs((await decoded(file)).length / 2 - samples)).toBeLessThan(PACKET);
  },
);

test('pieces that cannot be joined are made one', async () => {
  const pcm = stereo(JOINT + 40 * PACKET, drums);
  const { folder, names } = await encoded(pcm);
  const { file, names: more } = await encoded(pcm, folder, 0);
  expect([names.length, more.length]).toEqual([2, 3]);
  const [joined, whole] = [await decoded(file), await decoded(await encodedAtOnce(pcm))];
  expect(Math.max(...errors(joined, pcm))).toBeLessThan(1.5 * Math.max(...errors(whole, pcm)));
});

test('a change encodes again only the piece that it is in', async () => {
  const pcm = stereo(JOINT + 40 * PACKET, tone);
  const { folder, names } = await encoded(pcm);
  pcm[2 * 48_000] = 9;
  const again = await encoded(pcm, folder);
  expect([names.length, again.names.length]).toEqual([2, 3]);
});

test('what is no ADTS is refused', () => {
  expect(() => adtsFrames(Buffer.from('ID3 and then some'))).toThrow(RangeError);
  expect(() => adtsFrames(Buffer.from([0xff, 0xf1, 0x4c, 0x80, 0xff, 0xff, 0xfc, 0x21]))).toThrow(RangeError);
});

function stereo(samples: number, sound: (seconds: number, channel: number) => number): Int16Array {
  return Int16Array.from({ length: samples * 2 }, (_, at) =>
    Math.round(20_000 * sound((at >> 1) / SAMPLE_RATE, at & 1)),
  );
}

function drums(seconds: number): number {
  return Math.sin(2 * Math.PI * 440 * seconds) * Math.exp(-25 * (seconds % 0.31));
}

function tone(seconds: number, channel: number): number {
  return Math.sin(2 * Math.PI * (channel === 0 ? 330 : 660) * seconds) / 2;
}

async function encoded(pcm: Int16Array, at?: string, joints?: number) {
  const folder = at ?? (await testProject()).folder;
  const [raw, file] = [join(folder, 'sound.pcm'), join(folder, 'sound.m4a')];
  await fs.writeFile(raw, pcm);
  const context = {
    ffmpeg: await testFfmpeg(),
    derived: new Derived(join(folder, 'derived')),
    signal: new AbortController().signal,
    limited: <T>(work: () => Promise<T>) => work(),
  };
  await encodeAac(raw, pcm.length / 2, file, context, joints);
  const made = await fs.readdir(join(folder, 'derived/aac'), { recursive: true });
  const names = made.filter(name => name.endsWith('.aac'));
  return { folder, file, names, pieces: names.length };
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
  await runFfmpeg(await testFfmpeg(), { inputs: [{ source: file }], output, file: pcm });
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
