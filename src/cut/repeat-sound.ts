import { createReadStream, createWriteStream, promises as fs } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Writes a file again and again, until `bytes` of it are there; nothing of an empty one. */
export async function repeatSound(
  source: string,
  bytes: number,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { size } = await fs.stat(source);
  await fs.writeFile(file, '');
  for (let left = size === 0 ? 0 : bytes; left > 0; left -= size) {
    const from = createReadStream(source, { end: Math.min(size, left) - 1 });
    await pipeline(from, createWriteStream(file, { flags: 'a' }), { signal });
  }
}
