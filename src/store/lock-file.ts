import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { EXIT, Failure, hasCode, systemFailure } from '../failure.ts';
import { isCostOfClip } from '../model/money.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { type LockData, readLockLines } from './lock-lines.ts';

/** One bought clip: enough to find it again on any machine that has the clip, or the service's prediction. */
export interface LockedTake {
  readonly key: Key;
  readonly clip: Sha256;
  readonly seed: number;
  readonly model: string;
  readonly prediction: string | null;
  /** Dollars. */
  readonly cost: string;
}

/** A finished film: its bytes, and the ffmpeg that made them. */
export interface LockedFilm {
  readonly sha256: Sha256;
  readonly ffmpeg: string;
}

/** What a lock file says. Films are by the names of their files. */
export interface Lock {
  readonly shots: LockedShots;
  readonly films: ReadonlyMap<string, LockedFilm>;
  /** What was found at the addresses that serve as references: elsewhere and later it is the same, or refused. */
  readonly references: LockedReferences;
}

/** Digests by URL. */
export type LockedReferences = ReadonlyMap<string, Sha256>;

/** What is said where there is no lock file. */
export const NO_LOCK: Lock = { shots: new Map(), films: new Map(), references: new Map() };

/** Takes by shot id and take number. */
export type LockedShots = ReadonlyMap<string, ReadonlyMap<number, LockedTake>>;

/** What a version adds to the names of its files: nothing for the storyboard as it is written. */
export function versionSuffix(version: string): string {
  return version === '' ? '' : `@${version}`;
}

/** `reel.yaml` → `reel.lock.yaml`; its version `draft` → `reel@draft.lock.yaml`. */
export function lockPath(storyboardFile: string, version: string): string {
  return `${withoutEnding(storyboardFile)}${versionSuffix(version)}.lock.yaml`;
}

/** The lock files of a storyboard's other versions. */
export async function readOtherLocks(storyboardFile: string, version: string): Promise<Lock[]> {
  const folder = dirname(storyboardFile);
  const stem = withoutEnding(basename(storyboardFile));
  const own = basename(lockPath(storyboardFile, version));
  const names = (await fs.readdir(folder)).filter(
    name =>
      name !== own &&
      name.endsWith('.lock.yaml') &&
      (name.startsWith(`${stem}@`) || name === `${stem}.lock.yaml`),
  );
  return await Promise.all(names.sort().map(async name => await readLock(join(folder, name))));
}

/** `reel.yaml` → `reel`. */
export function withoutEnding(file: string): string {
  return file.replace(/\.ya?ml$/i, '');
}

/** Reads a lock file; an empty one if there is none. Throws a Failure that names the line where it is broken. */
export async function readLock(file: string): Promise<Lock> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return NO_LOCK;
    throw systemFailure(error, `cannot read the lock file ${file}`);
  }
  return parseLock(file, text);
}

export function parseLock(file: string, text: string): Lock {
  const data = readLockLines(text) ?? readYaml(file, text);
  if (data === null || typeof data !== 'object' || data.version !== 1) {
    throw brokenLock(file, text, 0, 'it does not say `version: 1`');
  }
  const shots = new Map<string, Map<number, LockedTake>>();
  for (const [shot, takes] of Object.entries(data.shots ?? {})) {
    const locked = new Map<number, LockedTake>();
    for (const [take, value] of Object.entries(takes ?? {})) {
      if (!isLockedTake(value)) {
        const what = `take ${take} of "${shot}" is incomplete, or has a field that is none`;
        throw brokenLock(file, text, placeOfShot(text, shot), what);
      }
      locked.set(Number(take), value);
    }
    shots.set(shot, locked);
  }
  const films = new Map<string, LockedFilm>();
  for (const [name, film] of Object.entries(data.films ?? {})) {
    if (!isLockedFilm(film))
      throw brokenLock(file, text, Math.max(0, text.indexOf('films:')), `film "${name}" is incomplete`);
    films.set(name, film);
  }
  const references = new Map<string, Sha256>();
  for (const [url, sha256] of Object.entries(data.references ?? {})) {
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
      throw brokenLock(
        file,
        text,
        Math.max(0, text.indexOf('references:')),
        `reference ${url} has no digest`,
      );
    references.set(url, sha256 as Sha256);
  }
  return { shots, films, references };
}

/** Whatever else than our own lines says the same, and what is wrong where nothing does. */
function readYaml(file: string, text: string): LockData | null {
  const conflict = /^(<{7}|={7}|>{7})/m.exec(text);
  if (conflict !== null) throw brokenLock(file, text, conflict.index, 'an unresolved merge conflict');
  const document = parseDocument(text, { version: '1.2', prettyErrors: false, logLevel: 'silent' });
  const error = document.errors[0];
  if (error !== undefined) throw brokenLock(file, text, error.pos[0], error.message);
  return document.toJS({ maxAliasCount: 0 }) as LockData | null;
}

/** What a lock file is to hold for one take. */
export interface LockEntry {
  readonly shot: string;
  readonly take: number;
  readonly locked: LockedTake;
}

/** The takes of a lock file with some added or replaced. */
export function addToLock(shots: LockedShots, entries: readonly LockEntry[]): LockedShots {
  const added = new Map(shots);
  for (const { shot, take, locked } of entries) {
    added.set(shot, new Map(added.get(shot)).set(take, locked));
  }
  return added;
}

/**
 * One line a field and shots sorted by id, so that branches that bought different shots merge; no clock and no
 * totals, so that the same purchases give the same bytes.
 */
export function formatLock({ shots, films, references }: Lock): string {
  const lines = [
    '# Written by storyreel: the clips bought for this storyboard. Commit it; do not edit it.',
    'version: 1',
    'shots:',
  ];
  for (const [shot, takes] of [...shots].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`  ${JSON.stringify(shot)}:`);
    for (const [take, locked] of [...takes].sort(([a], [b]) => a - b)) {
      lines.push(`    ${take}:`);
      for (const field of FIELDS) {
        lines.push(`      ${field}: ${JSON.stringify(locked[field])}`);
      }
    }
  }
  if (films.size > 0) lines.push('films:');
  for (const [name, { sha256, ffmpeg }] of [...films].sort(([a], [b]) => (a < b ? -1 : 1)))
    lines.push(
      `  ${JSON.stringify(name)}:`,
      `    sha256: ${JSON.stringify(sha256)}`,
      `    ffmpeg: ${JSON.stringify(ffmpeg)}`,
    );
  if (references.size > 0) lines.push('references:');
  for (const [url, sha256] of [...references].sort(([a], [b]) => (a < b ? -1 : 1)))
    lines.push(`  ${JSON.stringify(url)}: ${JSON.stringify(sha256)}`);
  return `${lines.join('\n')}\n`;
}

/**
 * What changes least comes last: git merges two changes only with an unchanged line between them, and the next
 * shot may have been added by another branch.
 */
const FIELDS = ['key', 'clip', 'prediction', 'cost', 'seed', 'model'] as const;

export function isSameLocked(a: LockedTake, b: LockedTake): boolean {
  return FIELDS.every(field => a[field] === b[field]);
}

function isLockedFilm(value: unknown): value is LockedFilm {
  const film = value as LockedFilm | null;
  return (
    film !== null &&
    typeof film === 'object' &&
    /^[0-9a-f]{64}$/.test(film.sha256) &&
    typeof film.ffmpeg === 'string'
  );
}

function isLockedTake(value: unknown): value is LockedTake {
  const take = value as LockedTake | null;
  return (
    take !== null &&
    typeof take === 'object' &&
    /^[0-9a-f]{64}$/.test(take.key) &&
    /^[0-9a-f]{64}$/.test(take.clip) &&
    Number.isSafeInteger(take.seed) &&
    typeof take.model === 'string' &&
    (take.prediction === null || typeof take.prediction === 'string') &&
    typeof take.cost === 'string' &&
    isCostOfClip(take.cost)
  );
}

/** Shots stand in quotes where we have written them. */
function placeOfShot(text: string, shot: string): number {
  return Math.max(0, text.indexOf(`  ${JSON.stringify(shot)}:`), text.indexOf(`  ${shot}:`));
}

function brokenLock(file: string, text: string, offset: number, what: string): Failure {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new Failure('lock-broken', `${file}:${line}:${column}: the lock file cannot be read: ${what}`, {
    hint: 'Resolve the conflict by keeping both sides, or restore the file from git: it names the clips that you have paid for.',
    exitCode: EXIT.usage,
  });
}
