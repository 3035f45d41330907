import { resolve } from 'node:path';
import picomatch from 'picomatch';
import { EXIT, Failure, systemFailure } from '../failure.ts';
import type { Model } from '../model/model.ts';
import { draftTakes, type ProviderIdentity } from '../plan/draft-takes.ts';
import type { Sha256 } from '../plan/key.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import type { DraftTake } from '../plan/take.ts';
import { providerIdentity } from '../provider/identity.ts';
import {
  type Lock,
  type LockedReferences,
  type LockedShots,
  lockPath,
  readLock,
  readOtherLocks,
  versionSuffix,
} from '../store/lock-file.ts';
import { Store } from '../store/store.ts';
import { TakeHistory } from '../store/take-history.ts';
import type { CheckedStoryboard } from '../storyboard/check.ts';
import type { CheckedShot } from '../storyboard/check-shot.ts';
import { type Diagnostic, inOrder } from '../storyboard/diagnostic.ts';
import type { Place } from '../storyboard/part.ts';
import { type CheckedFiles, checkFiles, type LoadedStoryboard } from './check-files.ts';
import { type ChangedReference, type FetchOptions, ReferenceFetcher } from './fetch-references.ts';
import { InvalidStoryboard } from './invalid-storyboard.ts';
import { nameShots } from './name-shots.ts';
import { seedPins } from './pinned-seeds.ts';
import { pathInside, storeFolder } from './project.ts';
import { type Account, type Purchases, readPurchases } from './purchases.ts';
import { checkReferenceLimits } from './reference-limits.ts';
import { type LockedKeys, lockedKeys, NOTHING_KNOWN, readStates } from './take-states.ts';
import type { ReadOptions } from './version.ts';

export interface PlanOptions extends ReadOptions, FetchOptions {
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
  /** Plan to buy again what the service failed to make, or what was given up. */
  readonly retryFailed?: boolean | undefined;
}

/** A plan with what it was made of: what rendering goes on from. */
export interface PlannedFiles {
  readonly checked: CheckedFiles;
  readonly plan: Plan;
  readonly store: Store;
  readonly films: readonly PlannedStoryboard[];
  readonly lockedKeys: LockedKeys;
  readonly purchases: Purchases;
  /** Of the bytes of every file that the storyboards name. */
  readonly digests: FileDigests;
  /** Where something else is than before, looked at again. */
  readonly changedReferences: readonly ChangedReference[];
}

/** By absolute path. */
export type FileDigests = ReadonlyMap<string, Sha256>;

export interface PlannedStoryboard {
  readonly loaded: LoadedStoryboard;
  /** Its path inside the project: its name in the journal. */
  readonly inside: string;
  readonly lockFile: string;
  readonly locked: LockedShots;
  /** Of the storyboard's other versions: what they bought is of use to this one, and counts against its budget. */
  readonly otherLocks: readonly LockedShots[];
  /** The finished films that the lock file names. */
  readonly lockedFilms: Lock['films'];
  readonly lockedReferences: LockedReferences;
  /** What this plan takes from the addresses of references. */
  readonly references: LockedReferences;
  readonly account: Account;
  readonly history: TakeHistory;
}

/** What is free is not bought: what the journal knows is of no matter to it. */
const NO_PURCHASES = { current: new Map(), seeds: new Map() };

/** Checks, prices and compares with the store. Throws InvalidStoryboard if anything is wrong with a file. */
export async function planFiles(files: readonly string[], options: PlanOptions = {}): Promise<PlannedFiles> {
  return await planChecked(await checkFiles(files, resolve(options.cwd ?? '.'), options), options);
}

/** The same for files that are checked already. */
export async function planChecked(checked: CheckedFiles, options: PlanOptions): Promise<PlannedFiles> {
  if (checked.storyboards.length < checked.files.length) throw new InvalidStoryboard(checked);
  const storyboards = checked.storyboards;
  const store = new Store(
    storeFolder(
      storyboards.map(({ file }) => file),
      options.store,
      resolve(options.cwd ?? '.'),
    ),
  );
  const provider = options.identity ?? providerIdentity(options.provider ?? commonProvider(storyboards));
  const purchases = await readPurchases(store.folder);
  const known = provider.priced ? purchases : NO_PURCHASES;
  const fetcher = new ReferenceFetcher(store, options);
  const films: PlannedStoryboard[] = [];
  for (const storyboard of storyboards) films.push(await withState(storyboard, store, purchases, fetcher));
  const loaded = films.map(film => film.loaded);
  const warnings = await warnOfFetched(loaded);
  const locked = lockedKeys(films);
  const digests = await digestReferences(loaded, store);

  const wanted = wantedShots(options.only, loaded);
  const drafts: DraftTake[] = [];
  const filmOf = new Map<DraftTake, PlannedStoryboard>();
  for (const film of films) {
    const own = draftTakes(film.loaded, {
      provider,
      digestOf: (_, file) => digests.get(film.loaded.referencePaths.get(file) ?? '') as Sha256,
      pinnedSeed: seedPins(film, known),
      wanted,
    });
    for (const draft of own) filmOf.set(draft, film);
    drafts.push(...own);
  }
  const states = await readStates(drafts, draft => filmOf.get(draft) as PlannedStoryboard, store, {
    provider,
    submissions: known.current,
    lockedKeys: locked,
    retryFailed: options.retryFailed === true,
  });
  await store.digests.save();
  await checked.probed.save();
  const plan = makePlan(provider, loaded, drafts, draft => states.get(draft) ?? NOTHING_KNOWN);
  const changedReferences = fetcher.changed;
  return {
    checked: { ...checked, diagnostics: inOrder([...checked.diagnostics, ...warnings]) },
    ...{ plan, store, films, purchases, digests, changedReferences },
    lockedKeys: locked,
  };
}

/** What checking could not know of references at addresses. */
async function warnOfFetched(storyboards: readonly LoadedStoryboard[]): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { shots, remote, referencePaths } of storyboards) {
    const places = new Map(remote.map(({ url, at }) => [url, at]));
    const fetched = new Map([...referencePaths].filter(([file]) => places.has(file)));
    if (fetched.size > 0)
      found.push(...(await checkReferenceLimits(shots, fetched, ({ file }) => places.get(file) as Place)));
  }
  return found;
}

/** The models that storyboards use, by id. */
export function modelsOf(films: readonly PlannedStoryboard[]): ReadonlyMap<string, Model> {
  return new Map(films.flatMap(({ loaded }) => loaded.shots.map(({ model }) => [model.id, model])));
}

async function withState(
  loaded: LoadedStoryboard,
  store: Store,
  purchases: Purchases,
  fetcher: ReferenceFetcher,
): Promise<PlannedStoryboard> {
  const { path, version } = loaded.file;
  const lockFile = lockPath(path, version);
  const inside = await pathInside(store.folder, path);
  const lock = await readLock(lockFile);
  const { shots: locked, films: lockedFilms, references: lockedReferences } = lock;
  const others = await readOtherLocks(path, version);
  const otherLocks = others.map(({ shots }) => shots);
  const { paths, references } = await fetcher.fetch(
    loaded.remote,
    [lock, ...others].map(one => one.references),
  );
  return {
    loaded: { ...loaded, referencePaths: new Map([...loaded.referencePaths, ...paths]) },
    inside,
    lockFile,
    locked,
    otherLocks,
    lockedFilms,
    lockedReferences,
    references,
    account: purchases.accountOf([inside], [locked, ...otherLocks]),
    history: new TakeHistory(store.folder, `${inside}${versionSuffix(version)}`),
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
): Promise<FileDigests> {
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
      hint: nameShots(ids, '; `harbour/*` means all of a scene'),
      exitCode: EXIT.usage,
    });
  }
  return wanted;
}
