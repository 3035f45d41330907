import { createReadStream, createWriteStream, promises as fs } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What is shorter is repeated in memory first: files are opened a thousand times slower than they are played. */
const SHORT_BYTES = 1024 * 1024;

/** Writes a file again and again, until `bytes` of it are there; nothing of an empty one. */
export async function repeatSound(
  source: string,
  bytes: number,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { size } = await fs.stat(source);
  await fs.writeFile(file, '');
  if (size === 0) return;
  const times = Math.ceil(SHORT_BYTES / size);
  const many = times > 1 ? Buffer.alloc(times * size, await fs.readFile(source)) : null;
  for (let left = bytes; left > 0; left -= times * size) {
    const from =
      many === null
        ? createReadStream(source, { end: Math.min(size, left) - 1 })
        : [many.subarray(0, Math.min(many.length, left))];
    await pipeline(from, createWriteStream(file, { flags: 'a' }), { signal });
  }
}
