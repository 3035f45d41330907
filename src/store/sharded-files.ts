import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../failure.ts';

/** The files of a folder of two-digit folders; nothing if it is not there. */
export async function* filesUnder(folder: string): AsyncGenerator<{ name: string; path: string }> {
  for (const shard of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    for (const name of await namesIn(join(folder, shard))) yield { name, path: join(folder, shard, name) };
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
