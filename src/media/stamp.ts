import { type BigIntStats, statSync } from 'node:fs';

/**
 * Another one where a file was written to, or replaced. A link to it, which touches but its change time, does neither.
 * At once: to hand a film's hundred files to another thread costs ten times as much. Throws what the file system throws.
 */
export function stampOf(path: string): string {
  return stampFrom(statSync(path, { bigint: true }));
}

export function stampFrom({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join(':');
}
