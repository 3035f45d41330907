import { existsSync } from 'node:fs';

/** A file or folder of the repository: beside the sources when vitest runs them, one folder up when they are compiled. */
export function inRepository(path: string): URL {
  const places = ['../../', '../../../'].map(up => new URL(`${up}${path}`, import.meta.url));
  const found = places.find(place => existsSync(place));
  if (found === undefined) throw new Error(`the repository has no ${path}`);
  return found;
}
