import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../failure.ts';
import type { Key } from '../plan/key.ts';
import { writeAtomic } from './atomic-write.ts';

/** One clip that a take once had. */
export interface PastTake {
  readonly shot: string;
  readonly take: number;
  readonly key: Key;
  /** Null where it was not noted. */
  readonly seed: number | null;
  /** When it was first rendered; null where it was not noted. */
  readonly renderedAt: Date | null;
}

/**
 * Which keys each take of a storyboard was rendered under, per provider: the last one, which lets a plan say that the
 * prompt changed and pruning know which free clips are still in use; and all of them, to go back to. Losing it costs
 * an explanation.
 */
export class TakeHistory {
  private readonly path: string;
  /** The path, and of a version its name. */
  readonly storyboard: string;

  /** `storyboard` is its path inside the project, so that a moved project keeps its history. */
  constructor(storeFolder: string, storyboard: string) {
    const digest = createHash('sha256').update(storyboard).digest('hex').slice(0, 16);
    this.path = join(storeFolder, 'takes', `${digest}.json`);
    this.storyboard = storyboard;
  }

  /** The last key of each of one provider's takes, by `takeName`. */
  async last(provider: string): Promise<ReadonlyMap<string, Key>> {
    const history = await readHistory(this.path);
    return new Map(ofProvider(provider, history?.takes ?? {}));
  }

  /** Every clip that one provider's takes ever had, the oldest of each take first. */
  async all(provider: string): Promise<PastTake[]> {
    const history = await readHistory(this.path);
    const rendered = new Map(ofProvider(provider, history?.rendered ?? {}));
    return ofProvider(provider, history?.takes ?? {}).flatMap(([name, last]) => {
      const [shot = '', take] = name.split(' ');
      const noted = rendered.get(name);
      const keys = noted?.[last] === undefined ? { ...noted, [last]: UNKNOWN } : noted;
      return Object.entries(keys).map(([key, { at, seed }]) => ({
        ...{ shot, take: Number(take), key: key as Key },
        ...{ seed, renderedAt: at === null ? null : new Date(at) },
      }));
    });
  }

  /** Whose takes there are. */
  async providers(): Promise<string[]> {
    const history = await readHistory(this.path);
    return [...new Set(Object.keys(history?.takes ?? {}).map(name => name.slice(0, name.indexOf(' '))))];
  }

  /**
   * Notes the takes that have a clip at the end of a run; takes that this run did not touch stay as they were.
   * `renderedAt` is asked for clips that are new here.
   */
  async note(
    provider: string,
    takes: readonly Omit<PastTake, 'renderedAt'>[],
    renderedAt: (key: Key) => Date | null,
  ): Promise<void> {
    const history = await readHistory(this.path); // afresh: other processes note theirs
    const last = new Map(Object.entries(history?.takes ?? {}));
    const rendered = new Map(Object.entries(history?.rendered ?? {}));
    let changed = false;
    for (const { shot, take, key, seed } of takes) {
      const name = `${provider} ${takeName({ shot, take })}`;
      const before = last.get(name);
      const keys = rendered.get(name) ?? {};
      if (before === key && keys[key] !== undefined) continue;
      changed = true;
      last.set(name, key);
      const noted = (key: Key, seed: number | null): Noted =>
        keys[key] ?? { at: renderedAt(key)?.toISOString() ?? null, seed };
      const old = before === undefined || before === key ? {} : { [before]: noted(before, null) };
      rendered.set(name, { ...keys, ...old, [key]: noted(key, seed) });
    }
    if (!changed) return;
    const content: History = {
      version: 1,
      storyboard: this.storyboard,
      takes: Object.fromEntries([...last].sort()),
      rendered: Object.fromEntries([...rendered].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    await writeAtomic(this.path, `${JSON.stringify(content, null, 1)}\n`);
  }
}

interface History {
  readonly version: 1;
  readonly storyboard: string;
  /** The last key of each take. */
  readonly takes: Readonly<Record<string, Key>>;
  /** All keys of each take. Files of the first versions do not have it. */
  readonly rendered?: Readonly<Record<string, Readonly<Record<string, Noted>>>>;
}

interface Noted {
  readonly at: string | null;
  readonly seed: number | null;
}

const UNKNOWN: Noted = { at: null, seed: null };

/** Every key that some storyboard used in its last render. */
export async function keysInUse(storeFolder: string): Promise<Set<Key>> {
  const keys = new Set<Key>();
  for await (const { takes } of histories(storeFolder)) for (const key of Object.values(takes)) keys.add(key);
  return keys;
}

/** Every key that other versions of a storyboard had; `own` and `storyboard` are paths inside the project. */
export async function keysOfOtherVersions(
  storeFolder: string,
  storyboard: string,
  own: string,
): Promise<Set<Key>> {
  const keys = new Set<Key>();
  for await (const { storyboard: name, takes, rendered = {} } of histories(storeFolder)) {
    if (name === own || (name !== storyboard && !name.startsWith(`${storyboard}@`))) continue;
    for (const key of Object.values(takes)) keys.add(key);
    for (const noted of Object.values(rendered)) for (const key of Object.keys(noted)) keys.add(key as Key);
  }
  return keys;
}

async function* histories(storeFolder: string): AsyncGenerator<History> {
  const folder = join(storeFolder, 'takes');
  let names: string[] = [];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  for (const name of names) {
    const history = await readHistory(join(folder, name));
    if (history !== null) yield history;
  }
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

/** The members of one provider, by the rest of their names. */
function ofProvider<Value>(provider: string, members: Readonly<Record<string, Value>>): [string, Value][] {
  const prefix = `${provider} `;
  return Object.entries(members)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value]);
}

export function takeName({ shot, take }: { readonly shot: string; readonly take: number }): string {
  return `${shot} ${take}`;
}
