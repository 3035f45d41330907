import { dirname, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { EXIT, Failure, systemFailure } from '../failure.ts';
import { draftTakes, type ProviderIdentity } from '../plan/draft-takes.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { makePlan, type Plan, type TakeState } from '../plan/plan.ts';
import type { DraftTake } from '../plan/take.ts';
import { providerIdentity } from '../provider/identity.ts';
import { type LockedShots, type LockedTake, lockPath, readLock } from '../store/lock-file.ts';
import { Store } from '../store/store.ts';
import { TakeHistory, takeName } from '../store/take-history.ts';
import type { CheckedShot, CheckedStoryboard } from '../storyboard/check.ts';
import { type CheckedFiles, checkFiles, type LoadedStoryboard } from './check-files.ts';
import { InvalidStoryboard } from './invalid-storyboard.ts';
import { storeFolder } from './project.ts';

export interface PlanOptions {
  /** Default: the current folder. Relative paths of files and folders start here. */
  readonly cwd?: string | undefined;
  /** `animatic` or `wavespeed`; default: what the storyboard says, else animatic. */
  readonly provider?: string | undefined;
  /** The provider's identity, where the caller brings a provider of its own. */
  readonly identity?: ProviderIdentity | undefined;
  /** The store's folder; default: `.storyreel` in the project's folder. */
  readonly store?: string | undefined;
  /** Only shots whose id, or `scene/shot`, matches this glob. */
  readonly only?: string | undefined;
}

/** A plan with what it was made of: what rendering goes on from. */
export interface PlannedFiles {
  readonly checked: CheckedFiles;
  readonly plan: Plan;
  readonly store: Store;
  readonly films: readonly PlannedStoryboard[];
}

export interface PlannedStoryboard {
  readonly loaded: LoadedStoryboard;
  readonly lockFile: string;
  readonly locked: LockedShots;
  readonly history: TakeHistory;
}

/** Checks, prices and compares with the store. Throws InvalidStoryboard if anything is wrong with a file. */
export async function planFiles(files: readonly string[], options: PlanOptions = {}): Promise<PlannedFiles> {
  const cwd = resolve(options.cwd ?? '.');
  const checked = await checkFiles(files, cwd);
  if (checked.storyboards.length < checked.sources.size) throw new InvalidStoryboard(checked);
  const loaded = checked.storyboards;
  const store = new Store(
    storeFolder(
      loaded.map(({ file }) => file),
      options.store,
      cwd,
    ),
  );
  const provider = options.identity ?? providerIdentity(options.provider ?? commonProvider(loaded));
  const films = await Promise.all(loaded.map(storyboard => withState(storyboard, store)));
  const digests = await digestReferences(loaded, store);

  const wanted = wantedShots(options.only, loaded);
  const drafts: DraftTake[] = [];
  const filmOf = new Map<DraftTake, PlannedStoryboard>();
  for (const film of films) {
    const own = draftTakes(film.loaded, {
      provider,
      digestOf: (_, file) => digests.get(film.loaded.referencePaths.get(file) ?? '') as Sha256,
      pinnedSeed: (_, shot, take) => pinnedSeed(film.locked, shot, take),
      wanted,
    });
    for (const draft of own) filmOf.set(draft, film);
    drafts.push(...own);
  }
  const states = await readStates(
    drafts,
    draft => filmOf.get(draft) as PlannedStoryboard,
    store,
    provider.name,
  );
  await store.digests.save();
  const plan = makePlan(provider, loaded, drafts, draft => states.get(draft) ?? NOTHING_KNOWN);
  return { checked, plan, store, films };
}

const NOTHING_KNOWN: TakeState = { clip: null, before: null };

async function withState(loaded: LoadedStoryboard, store: Store): Promise<PlannedStoryboard> {
  const lockFile = lockPath(loaded.file.path);
  const inside = relative(dirname(store.folder), loaded.file.path).split(sep).join('/');
  return {
    loaded,
    lockFile,
    locked: await readLock(lockFile),
    history: new TakeHistory(store.folder, inside),
  };
}

/** The provider that all storyboards agree on. */
function commonProvider(storyboards: readonly LoadedStoryboard[]): string {
  const named = storyboards.map(({ storyboard }) => storyboard.provider ?? 'animatic');
  const other = named.find(name => name !== named[0]);
  if (other !== undefined) {
    throw new Failure(
      'different-providers',
      `these storyboards name different providers: ${named[0]} and ${other}`,
      {
        hint: 'Choose one for all of them with --provider, or render them apart.',
        exitCode: EXIT.usage,
      },
    );
  }
  return named[0] ?? 'animatic';
}

/** The digest of every reference's bytes, by absolute path. */
async function digestReferences(
  storyboards: readonly LoadedStoryboard[],
  store: Store,
): Promise<Map<string, Sha256>> {
  const digests = new Map<string, Sha256>();
  for (const path of new Set(storyboards.flatMap(({ referencePaths }) => [...referencePaths.values()]))) {
    try {
      digests.set(path, await store.digests.of(path));
    } catch (error) {
      throw systemFailure(error, `cannot read the reference ${path}`);
    }
  }
  return digests;
}

function wantedShots(only: string | undefined, storyboards: readonly CheckedStoryboard[]) {
  if (only === undefined) return () => true;
  const matches = picomatch(only);
  const wanted = ({ shot }: CheckedShot) =>
    matches(shot.id) || (shot.scene !== null && matches(`${shot.scene.id}/${shot.id}`));
  if (!storyboards.some(({ shots }) => shots.some(wanted))) {
    const ids = storyboards.flatMap(({ shots }) => shots.map(({ shot }) => shot.id));
    throw new Failure('no-shot', `no shot matches --only ${only}`, {
      hint: `The shots are ${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ' …' : ''}; \`harbour/*\` means all of a scene.`,
      exitCode: EXIT.usage,
    });
  }
  return wanted;
}

/** A seed drawn for one take serves the others of its shot: take n has the first one's seed + n − 1. */
function pinnedSeed(locked: LockedShots, shot: string, take: number): number | null {
  const takes = locked.get(shot);
  const own = takes?.get(take);
  if (own !== undefined) return own.seed;
  for (const [other, { seed }] of takes ?? []) return seed - other + take;
  return null;
}

/** Waits only where there is something to read: most takes of a new storyboard are nowhere to be found. */
async function readStates(
  drafts: readonly DraftTake[],
  filmOf: (draft: DraftTake) => PlannedStoryboard,
  store: Store,
  provider: string,
): Promise<Map<DraftTake, TakeState>> {
  const recorded = await store.recordedKeys();
  const histories = new Map<PlannedStoryboard, ReadonlyMap<string, Key>>();
  const clips = new Map<Key, TakeState['clip']>();
  const states = new Map<DraftTake, TakeState>();
  for (const draft of drafts) {
    const film = filmOf(draft);
    const entry = film.locked.get(draft.shot)?.get(draft.take);
    let clip = clips.get(draft.key) ?? null;
    if (clip === null && (recorded.has(draft.key) || entry?.key === draft.key)) {
      clip = await findClip(draft, entry, store);
      clips.set(draft.key, clip);
    }
    let before: TakeState['before'] = null;
    if (clip?.state !== 'intact') {
      const history = histories.get(film) ?? (await film.history.read(provider));
      histories.set(film, history);
      const key = history.get(takeName(draft)) ?? entry?.key;
      const record = key !== undefined && recorded.has(key) ? await store.record(key) : null;
      before = record?.provider === provider ? record : null;
    }
    if (clip !== null || before !== null) states.set(draft, { clip, before });
  }
  return states;
}

/** Through the record; or, where that was lost, through a lock entry of the same key. */
async function findClip(
  draft: DraftTake,
  entry: LockedTake | undefined,
  store: Store,
): Promise<TakeState['clip']> {
  const locked = entry?.key === draft.key ? entry.clip : undefined;
  const sha256 = (await store.record(draft.key))?.clip.sha256 ?? locked;
  return sha256 === undefined ? null : { state: await store.clipState(sha256), sha256 };
}
