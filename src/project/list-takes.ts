import type { Micros } from '../model/money.ts';
import { canonicalJson, type Key, type Sha256 } from '../plan/key.ts';
import type { PlannedTake } from '../plan/plan.ts';
import { changes, renderedMedia } from '../plan/reasons.ts';
import type { ClipRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Shot } from '../storyboard/storyboard.ts';
import { type ClipFacts, KnownClips, type TakeOfKey } from './known-clips.ts';
import type { PlannedFiles, PlannedStoryboard } from './plan-files.ts';

/** `gone`: it was rendered, and its clip is not here any more. `missing`: it was never rendered. */
export type ListedState = 'rendered' | 'gone' | 'missing' | 'in-flight' | 'held' | 'failed';

/** A take of a shot as the storyboard asks for it, or as it once did. */
export interface ListedTake {
  readonly take: number;
  readonly key: Key;
  readonly state: ListedState;
  /** It is what the storyboard asks for. */
  readonly current: boolean;
  /** Takes of one version of the shot differ in nothing but their seeds: 0 is what it says now, 1 the one before. */
  readonly version: number;
  readonly picked: boolean;
  readonly locked: boolean;
  /** Of an older one what has changed since, in the storyboard's words; empty where that is not known. */
  readonly changed: readonly string[];
  readonly seed: number | null;
  readonly model: string | null;
  readonly predictionId: string | null;
  /** What was paid; null where nothing was, or it is not known. */
  readonly costMicros: Micros | null;
  readonly renderedAt: Date | null;
  /** Where it is here. */
  readonly clip: ListedClip | null;
}

export interface ListedClip {
  readonly sha256: Sha256;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
}

/** All takes of one shot: those that the storyboard asks for, then the older ones, newest first. */
export interface ListedShot {
  readonly id: string;
  /** Null where the storyboard has it no more. */
  readonly shot: Shot | null;
  readonly takes: readonly ListedTake[];
}

/**
 * Every take that a storyboard asks for, and every one that the plan's provider ever made for it, in the order of
 * the film. Shots that are no longer in it come last, unless the plan is one of some shots alone.
 */
export async function listTakes(planned: PlannedFiles, film: PlannedStoryboard): Promise<ListedShot[]> {
  const { plan, store } = planned;
  const known = await KnownClips.of(planned, film);
  const current = new Map<string, PlannedTake[]>();
  for (const take of plan.takes) {
    if (take.storyboard !== film.loaded.file.file) continue;
    const own = current.get(take.shot) ?? [];
    own.push(take);
    current.set(take.shot, own);
  }
  const { shots } = film.loaded.storyboard;
  const ids = new Set(shots.map(({ id }) => id));
  const older = olderTakes(current, ids, known.names());
  const isWhole = current.size === ids.size;
  const removed = isWhole ? [...older.keys()].filter(id => !ids.has(id)) : [];
  const listed: ListedShot[] = [];
  const add = async (id: string, shot: Shot | null) => {
    const now = current.get(id) ?? [];
    const takes: ListedTake[] = [];
    for (const take of now) takes.push(await currentTake(take, known));
    const old: OlderTake[] = [];
    for (const past of older.get(id)?.values() ?? []) old.push(await olderTake(past, now, known, store));
    listed.push({ id, shot, takes: [...takes, ...byVersion(old)] });
  };
  for (const shot of shots) if (current.has(shot.id)) await add(shot.id, shot);
  for (const id of removed) await add(id, null);
  await store.digests.save();
  return listed;
}

/**
 * The clips that shots had and that the storyboard does not ask for, each once for a shot. A shot that was renamed
 * takes its clips along: they are not listed under the old name as well.
 */
function olderTakes(
  current: ReadonlyMap<string, readonly PlannedTake[]>,
  ids: ReadonlySet<string>,
  names: readonly TakeOfKey[],
): Map<string, Map<Key, TakeOfKey>> {
  const seen = new Set([...current.values()].flatMap(takes => takes.map(({ key }) => key)));
  const older = new Map<string, Map<Key, TakeOfKey>>();
  const add = (name: TakeOfKey) => {
    const own = older.get(name.shot) ?? new Map<Key, TakeOfKey>();
    if (!own.has(name.key)) own.set(name.key, name);
    older.set(name.shot, own);
    seen.add(name.key);
  };
  for (const name of names) {
    if (!ids.has(name.shot)) continue;
    const isCurrent = current.get(name.shot)?.some(({ key }) => key === name.key) === true;
    if (!isCurrent) add(name);
  }
  for (const name of names) {
    if (!ids.has(name.shot) && !seen.has(name.key)) add(name);
  }
  return older;
}

async function currentTake(take: PlannedTake, known: KnownClips): Promise<ListedTake> {
  const facts = await known.facts(take.key);
  const { format, clip: sha256 } = take;
  const clip = facts.record?.clip ?? format;
  const { seed } = take.request.inputs;
  const state = stateOf(take, known);
  return {
    ...told(take, facts),
    state,
    costMicros: state === 'missing' ? null : facts.costMicros,
    current: true,
    version: 0,
    picked: take.picked,
    changed: [],
    seed: typeof seed === 'number' && seed >= 0 ? seed : null, // drawn when it is bought
    model: take.request.model,
    clip: sha256 === null ? null : listedClip(sha256, clip),
  };
}

function stateOf({ action, reasons, key }: PlannedTake, known: KnownClips): ListedState {
  if (action === 'cached') return 'rendered';
  if (action === 'resume') return 'in-flight';
  if (action === 'held') return reasons.includes('outcome-unknown') ? 'held' : 'failed';
  return known.has(key) ? 'gone' : 'missing';
}

interface OlderTake extends Omit<ListedTake, 'version'> {
  /** What was rendered, but for the seed. */
  readonly content: string;
}

async function olderTake(
  past: TakeOfKey,
  now: readonly PlannedTake[],
  known: KnownClips,
  store: Store,
): Promise<OlderTake> {
  const facts = await known.facts(past.key);
  const { record, sha256, inFlight } = facts;
  const isHere = sha256 !== null && (await store.clipState(sha256)) === 'intact';
  return {
    ...told(past, facts),
    state: isHere ? 'rendered' : inFlight ? 'in-flight' : 'gone',
    current: false,
    picked: false,
    changed: changedSince(past, facts, now),
    content: record === null ? past.key : contentOf(record),
    clip: isHere && record !== null ? listedClip(sha256, record.clip) : null,
  };
}

/** What has changed between a take and what the storyboard asks for in its place. */
function changedSince(
  { take }: TakeOfKey,
  { record }: ClipFacts,
  now: readonly PlannedTake[],
): readonly string[] {
  const [first] = now;
  if (first === undefined) return ['shot'];
  const same = now.find(planned => planned.take === take);
  const { request, media } = same ?? first;
  const changed =
    record === null ? [] : changes(record, { ...request, references: media.map(renderedMedia) });
  // A take that is not asked for any more has no seed to be compared with.
  return same === undefined ? [...changed.filter(name => name !== 'seed'), 'takes'] : changed;
}

function told({ take, key }: Pick<TakeOfKey, 'take' | 'key'>, facts: ClipFacts) {
  const { locked, seed, model, predictionId, costMicros, renderedAt } = facts;
  return { take, key, locked, seed, model, predictionId, costMicros, renderedAt };
}

function listedClip(
  sha256: Sha256,
  { width, height, durationSeconds }: Omit<ListedClip, 'sha256'>,
): ListedClip {
  return { sha256, width, height, durationSeconds };
}

function contentOf({ model, providerVersion, inputs }: ClipRecord): string {
  return canonicalJson({ model, providerVersion, inputs: { ...inputs, seed: null } });
}

/** The newest version first, and its takes in their order. */
function byVersion(older: readonly OlderTake[]): ListedTake[] {
  const versions = new Map<string, OlderTake[]>();
  for (const take of older) {
    const own = versions.get(take.content) ?? [];
    own.push(take);
    versions.set(take.content, own);
  }
  const newest = (takes: readonly OlderTake[]) =>
    Math.max(...takes.map(({ renderedAt }) => renderedAt?.getTime() ?? 0));
  return [...versions.values()]
    .sort((a, b) => newest(b) - newest(a))
    .flatMap((takes, index) =>
      takes
        .sort((a, b) => a.take - b.take)
        .map(({ content: _, ...take }) => ({ ...take, version: index + 1 })),
    );
}
