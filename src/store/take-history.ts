import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../failure.ts';
import type { Key } from '../plan/key.ts';
import { writeAtomic } from './atomic-write.ts';

/**
 * Which key each take of a storyboard was last rendered under, per provider: what lets a plan say that the
 * prompt changed, and pruning know which free clips are still in use. Losing it costs an explanation.
 */
export class TakeHistory {
  private readonly path: string;
  private readonly storyboard: string;
  private keys: Map<string, Key> | null = null;

  /** `storyboard` is its path inside the project, so that a moved project keeps its history. */
  constructor(storeFolder: string, storyboard: string) {
    const digest = createHash('sha256').update(storyboard).digest('hex').slice(0, 16);
    this.path = join(storeFolder, 'takes', `${digest}.json`);
    this.storyboard = storyboard;
  }

  /** The keys of one provider's takes, by `takeName`. */
  async read(provider: string): Promise<ReadonlyMap<string, Key>> {
    const own = [...(await this.load())].filter(([name]) => name.startsWith(`${provider} `));
    return new Map(own.map(([name, key]) => [name.slice(provider.length + 1), key]));
  }

  /** Notes the takes of a finished run; takes that this run did not touch stay as they were. */
  async note(provider: string, takes: readonly { shot: string; take: number; key: Key }[]): Promise<void> {
    const keys = await this.load();
    const before = JSON.stringify([...keys]);
    for (const take of takes) keys.set(`${provider} ${takeName(take)}`, take.key);
    if (JSON.stringify([...keys]) === before) return;
    const content = { version: 1, storyboard: this.storyboard, takes: Object.fromEntries([...keys].sort()) };
    await writeAtomic(this.path, `${JSON.stringify(content, null, 1)}\n`);
  }

  private async load(): Promise<Map<string, Key>> {
    this.keys ??= new Map(Object.entries((await readHistory(this.path))?.takes ?? {}));
    return this.keys;
  }
}

interface History {
  readonly storyboard: string;
  readonly takes: Readonly<Record<string, Key>>;
}

/** Every key that some storyboard used in its last render. */
export async function keysInUse(storeFolder: string): Promise<Set<Key>> {
  const folder = join(storeFolder, 'takes');
  const keys = new Set<Key>();
  let names: string[] = [];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  for (const name of names) {
    const history = await readHistory(join(folder, name));
    for (const key of Object.values(history?.takes ?? {})) keys.add(key);
  }
  return keys;
}

async function readHistory(path: string): Promise<History | null> {
  try {
    const history = JSON.parse(await fs.readFile(path, 'utf8')) as History;
    return history !== null && typeof history.takes === 'object' ? history : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError) return null;
    throw error;
  }
}

export function takeName({ shot, take }: { readonly shot: string; readonly take: number }): string {
  return `${shot} ${take}`;
}
