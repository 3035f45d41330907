import { promises as fs } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure, hasCode } from '../failure.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { isTemporary } from './atomic-write.ts';
import { parseLock } from './lock-file.ts';
import { type ClipRecord, parseRecord } from './record.ts';
import { filesUnder } from './sharded-files.ts';
import type { ClipState, Store } from './store.ts';
import { keysInUse } from './take-history.ts';

/** A clip in the store with the records that lead to it. */
export interface StoredClip {
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly records: readonly ClipRecord[];
}

/** Every clip of a store, by digest; with its records, which are read whole. */
export async function listClips(store: Store): Promise<StoredClip[]> {
  const records = new Map<Sha256, ClipRecord[]>();
  for (const record of await listRecords(store)) {
    records.set(record.clip.sha256, [...(records.get(record.clip.sha256) ?? []), record]);
  }
  const clips: StoredClip[] = [];
  for await (const { name, path } of filesUnder(join(store.folder, 'clips'))) {
    const sha256 = /^([0-9a-f]{64})\.mp4$/.exec(name)?.[1] as Sha256 | undefined;
    if (sha256 === undefined) continue;
    const { size } = await fs.stat(path);
    clips.push({ sha256, bytes: size, records: records.get(sha256) ?? [] });
  }
  return clips;
}

async function listRecords(store: Store): Promise<ClipRecord[]> {
  const records: ClipRecord[] = [];
  for await (const { path } of filesUnder(join(store.folder, 'records'))) {
    const record = parseRecord(await fs.readFile(path, 'utf8'));
    if (record !== null) records.push(record);
  }
  return records;
}

export interface VerifiedStore {
  readonly clips: number;
  /** Fetched from addresses. */
  readonly references: number;
  readonly bytes: number;
  /** Files whose bytes are not those that their name promises, and clips that a record names and that are gone. */
  readonly broken: readonly {
    readonly sha256: Sha256;
    readonly state: ClipState | 'unreadable';
    readonly keys: readonly Key[];
  }[];
}

/** Reads every clip anew, whatever is remembered of it. What is found broken is rendered again by the next render. */
export async function verifyStore(store: Store): Promise<VerifiedStore> {
  const clips = await listClips(store);
  const present = new Set(clips.map(({ sha256 }) => sha256));
  const broken: { sha256: Sha256; state: ClipState | 'unreadable'; keys: Key[] }[] = [];
  let bytes = 0;
  for (const clip of clips) {
    bytes += clip.bytes;
    const state = await store.clipState(clip.sha256, { afresh: true }).catch(asUnreadable);
    if (state !== 'intact')
      broken.push({ sha256: clip.sha256, state, keys: clip.records.map(({ key }) => key) });
  }
  for (const record of await listRecords(store)) {
    const { sha256 } = record.clip;
    if (!present.has(sha256)) broken.push({ sha256, state: 'missing', keys: [record.key] });
  }
  const references = await store.references.list();
  for (const { sha256, path, bytes: size } of references) {
    bytes += size;
    const found = await store.digests.of(path, { afresh: true }).catch(() => null);
    if (found !== sha256) broken.push({ sha256, state: found === null ? 'unreadable' : 'damaged', keys: [] });
  }
  await store.digests.save();
  return { clips: clips.length, references: references.length, bytes, broken };
}

/** One clip that the disk does not give must not hide the state of the others. */
function asUnreadable(error: unknown): 'unreadable' {
  if (error instanceof Failure) return 'unreadable';
  throw error;
}

/** One thing that can go. Deleted in this order: what points at a clip goes before the clip. */
export interface Prunable {
  readonly kind: 'clip' | 'reference' | 'derived' | 'leftover';
  readonly path: string;
  readonly bytes: number;
  /** Files that go first. */
  readonly before: readonly string[];
}

export interface PruneRule {
  /** Only what was not used for so long. */
  readonly olderThanMs: number;
  /** What derived pieces may take together, in bytes: those unused for longest go; null: all that are old. */
  readonly derivedBytes: number | null;
}

/**
 * What nothing needs: free clips that no storyboard used in its last render, references that were replaced at their
 * address and that no clip was made with, derived pieces, and what killed processes left behind. Bought clips stay, locked or not: only their author can say that a take is worthless.
 */
export async function findPrunable(
  store: Store,
  project: string,
  { olderThanMs, derivedBytes }: PruneRule,
): Promise<Prunable[]> {
  const now = Date.now();
  const isOld = (mtimeMs: number) => now - Math.floor(mtimeMs) >= olderThanMs;
  const old = async (path: string): Promise<{ size: number } | null> => {
    const stat = await fs.stat(path).catch(() => null);
    return stat !== null && isOld(stat.mtimeMs) ? stat : null;
  };
  const prunable: Prunable[] = [];
  const inUse = await keysInUse(store.folder);
  const locked = await lockedDigests(project);
  const clips = await listClips(store);
  const shown = new Set(
    clips.flatMap(({ records }) => records.flatMap(({ inputs }) => digestsIn(JSON.stringify(inputs)))),
  );
  const noted = await store.references.allNoted();
  for (const { sha256, path, bytes } of await store.references.list()) {
    const used = locked.has(sha256) || shown.has(sha256) || noted.has(sha256);
    if (!used && (await old(path)) !== null) prunable.push({ kind: 'reference', path, bytes, before: [] });
  }
  for (const { sha256, records } of clips) {
    const bought = records.some(record => record.cost !== '0.00' || record.predictionId !== null);
    const used = records.some(({ key }) => inUse.has(key)) || locked.has(sha256) || records.length === 0;
    const path = store.clipPath(sha256);
    const stat = bought || used ? null : await old(path);
    if (stat === null) continue;
    prunable.push({
      kind: 'clip',
      path,
      bytes: stat.size,
      before: records.map(({ key }) => store.recordPath(key)),
    });
  }
  const derived = await derivedPieces(store);
  let left = derived.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, facts, bytes, usedMs } of derived) {
    const tooMuch = derivedBytes === null || left > derivedBytes;
    if (!tooMuch || !isOld(usedMs)) continue;
    left -= bytes;
    prunable.push({ kind: 'derived', path, bytes, before: facts === null ? [] : [facts] });
  }
  // A killed drawing leaves a folder of its own: it goes whole, also where nothing was written into it yet.
  for await (const path of allFiles(store.folder, 4, new Set(['derived']), isTemporary)) {
    if (!isTemporary(basename(path)) || (await old(path)) === null) continue;
    prunable.push({ kind: 'leftover', path, bytes: await bytesOf(path), before: [] });
  }
  return prunable;
}

/** What is derived, a piece with what is known of it, and first what was not used for longest. */
async function derivedPieces(store: Store) {
  const files = new Map<string, { bytes: number; usedMs: number }>();
  for await (const path of allFiles(store.derived.folder)) {
    const stat = await fs.stat(path).catch(() => null);
    if (stat !== null) files.set(path, { bytes: stat.size, usedMs: stat.mtimeMs });
  }
  const pieces = [];
  for (const [path, { bytes, usedMs }] of files) {
    if (path.endsWith('.json') && files.has(path.slice(0, -5))) continue;
    const facts = files.get(`${path}.json`);
    pieces.push({
      ...{ path, usedMs, facts: facts === undefined ? null : `${path}.json` },
      bytes: bytes + (facts?.bytes ?? 0),
    });
  }
  return pieces.sort((a, b) => a.usedMs - b.usedMs);
}

/** The caller holds the store alone. */
export async function deletePrunable(prunable: readonly Prunable[]): Promise<void> {
  for (const { path, before } of prunable) {
    for (const file of before) await fs.rm(file, { force: true });
    await fs.rm(path, { recursive: true, force: true });
  }
}

const SKIPPED = new Set(['node_modules', '.git', '.storyreel', 'out']);

/** What stands in a request for files: see `contentOf`. */
function digestsIn(text: string): Sha256[] {
  return [...text.matchAll(/sha256:([0-9a-f]{64})/g)].map(([, sha256]) => sha256 as Sha256);
}

/** The clips and references that any lock file of the project names. One that cannot be read stops everything: it may name more. */
async function lockedDigests(project: string): Promise<Set<Sha256>> {
  const clips = new Set<Sha256>();
  for await (const path of allFiles(project, 12, SKIPPED)) {
    if (!path.endsWith('.lock.yaml')) continue;
    const { shots, references } = parseLock(path, await fs.readFile(path, 'utf8'));
    for (const takes of shots.values()) for (const { clip } of takes.values()) clips.add(clip);
    for (const sha256 of references.values()) clips.add(sha256);
  }
  return clips;
}

/** Of a file, or of all files in a folder. */
async function bytesOf(path: string): Promise<number> {
  const stat = await fs.stat(path);
  if (!stat.isDirectory()) return stat.size;
  let bytes = 0;
  for await (const file of allFiles(path)) bytes += (await fs.stat(file)).size;
  return bytes;
}

/** `asOne`: names of folders that count as one file, and are not looked into. */
async function* allFiles(
  folder: string,
  depth = 4,
  skipped: ReadonlySet<string> = new Set(),
  asOne: (name: string) => boolean = () => false,
): AsyncGenerator<string> {
  let entries: Awaited<ReturnType<typeof readFolder>> = [];
  try {
    entries = await readFolder(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() || (entry.isDirectory() && asOne(entry.name))) yield path;
    else if (entry.isDirectory() && depth > 0 && !skipped.has(entry.name))
      yield* allFiles(path, depth - 1, skipped, asOne);
  }
}

async function readFolder(folder: string) {
  return await fs.readdir(folder, { withFileTypes: true });
}
