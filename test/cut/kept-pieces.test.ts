// What is kept of a film and is damaged, which no ffmpeg has a part in.
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cutOf, digest, FIVE as parts } from '../support/cut.ts';
import { testProject } from '../support/project.ts';

test.each([
  ['a piece that was cut short', 'segments', (bytes: Buffer) => bytes.subarray(0, 100)],
  ['a piece with a wrong bit', 'segments', flipped],
  ['a piece of zeros', 'segments', (bytes: Buffer) => Buffer.alloc(bytes.length)],
  ['sound with a wrong bit', 'film-sound', flipped],
  ['sound of zeros', 'film-sound', (bytes: Buffer) => Buffer.alloc(bytes.length)],
])('%s is never taken for a whole one', async (_, kind, damage) => {
  const { folder, file } = await cutOf(parts, await testProject());
  const bytes = await digest(file);
  const pieces = await fs.readdir(join(folder, 'derived', kind), { recursive: true });
  const piece = join(folder, 'derived', kind, pieces.find(name => /\.(mp4|m4a)$/.test(name)) ?? '');
  await fs.writeFile(piece, damage(await fs.readFile(piece)));
  await fs.rm(join(folder, 'derived/aac'), { recursive: true }); // it was needed for the sound alone
  const { result } = await cutOf(parts, { folder });
  expect([result.encoded, result.soundEncoded]).toEqual(kind === 'segments' ? [1, false] : [0, true]);
  expect(await digest(file)).toBe(bytes);
});

test.each(['h264', 'prores'] as const)('all that is damaged is made again at once (%s)', async codec => {
  const format = { codec };
  const { folder, file } = await cutOf(parts, { ...(await testProject()), format });
  const bytes = await digest(file);
  const pieces = await Promise.all(['.mp4', '.mov'].map(ending => keptIn(folder, 'segments', ending)));
  const sounds = await Promise.all(['.m4a', '.wav'].map(ending => keptIn(folder, 'film-sound', ending)));
  const all = [...pieces, ...sounds].flat();
  expect(all).toHaveLength(8);
  for (const { path, bytes } of all) await fs.writeFile(path, flipped(bytes));
  await cutOf(parts, { folder, format });
  expect(await digest(file)).toBe(bytes);
});

test.each(['aac', 'sound'])('what is kept of sounds and is damaged is made again (%s)', async kind => {
  const { folder, file } = await cutOf(parts, await testProject());
  const bytes = await digest(file);
  for (const gone of ['film-sound', ...(kind === 'aac' ? [] : ['aac'])])
    await fs.rm(join(folder, 'derived', gone), { recursive: true });
  for (const name of await fs.readdir(join(folder, 'derived', kind), { recursive: true })) {
    const path = join(folder, 'derived', kind, name);
    if (!/\.(aac|pcm)$/.test(name)) continue;
    const damaged = await fs.readFile(path);
    damaged[1000] = (damaged[1000] ?? 0) ^ 0x40;
    await fs.writeFile(path, damaged);
  }
  await cutOf(parts, { folder });
  expect(await digest(file)).toBe(bytes);
});

async function keptIn(folder: string, kind: string, extension: string) {
  const names = await fs.readdir(join(folder, 'derived', kind), { recursive: true });
  const paths = names
    .filter(name => name.endsWith(extension))
    .map(name => join(folder, 'derived', kind, name));
  return await Promise.all(paths.map(async path => ({ path, bytes: await fs.readFile(path) })));
}

/** With one wrong bit among its samples. */
function flipped(bytes: Buffer): Buffer {
  const damaged = Buffer.from(bytes);
  const at = damaged.indexOf('mdat') + 300;
  damaged[at] = (damaged[at] ?? 0) ^ 1;
  return damaged;
}
