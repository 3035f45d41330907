import { dirname, join, resolve } from 'node:path';
import { findRoot } from '../project/project.ts';
import { Store } from '../store/store.ts';
import type { CommandContext } from './context.ts';

/** The store of the project that the current folder belongs to, or the one that was named. */
export async function openStore(
  flags: { readonly store?: string },
  { cwd }: Pick<CommandContext, 'cwd'>,
): Promise<{ store: Store; project: string }> {
  if (flags.store !== undefined) {
    const folder = resolve(cwd, flags.store);
    return { store: new Store(folder), project: await findRoot(cwd) };
  }
  const root = await findRoot(cwd);
  const store = new Store(join(root, '.storyreel'));
  return { store, project: dirname(store.folder) };
}
