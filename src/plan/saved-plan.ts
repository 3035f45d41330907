import { dollarsOrNull, formatDollars, parseDollars } from '../model/money.ts';
import type { Plan } from './plan.ts';

/** A plan as `plan --out` keeps it: all that must still be so when it is carried out. Holds no key and no address. */
export interface SavedPlan {
  readonly version: 1;
  readonly kind: 'storyreel-plan';
  /** What the plan was made with. */
  readonly options: SavedOptions;
  /** With the files that they include. */
  readonly storyboards: readonly SavedFile[];
  /** By the storyboard's name; `sha256` is null where there was no lock file. */
  readonly locks: readonly SavedFile[];
  readonly takes: readonly SavedTake[];
  /** Dollars. */
  readonly cost: string;
}

export interface SavedOptions {
  readonly files: readonly string[];
  readonly provider: string;
  readonly only: string | null;
  readonly retryFailed: boolean;
  readonly profile: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** Buy what this is enough for, in dollars, and fill the rest; null or absent: everything, or nothing. */
  readonly fill?: string | null;
  readonly maxCost?: string | null;
}

export interface SavedFile {
  readonly file: string;
  readonly sha256: string | null;
}

export interface SavedTake {
  readonly storyboard: string;
  readonly shot: string;
  readonly take: number;
  readonly key: string;
  readonly action: string;
  /** The failed attempt that is to be bought anew: once, and not again if that fails too. */
  readonly replaces: number | null;
  readonly references: readonly SavedFile[];
  /** Dollars; null where they were not known. */
  readonly price: string | null;
  readonly cost: string | null;
}

/** Puts a plan into a form that can be kept and compared. */
export function savePlan(
  plan: Plan,
  options: SavedOptions,
  files: Pick<SavedPlan, 'storyboards' | 'locks'>,
): SavedPlan {
  return {
    version: 1,
    kind: 'storyreel-plan',
    options,
    ...files,
    takes: plan.takes.map(({ media, price, costMicros, ...take }) => ({
      ...{ storyboard: take.storyboard, shot: take.shot, take: take.take, key: take.key },
      ...{ action: take.action, replaces: take.replaces },
      references: media.flatMap(({ source }) =>
        'file' in source ? [{ file: source.file, sha256: source.sha256 }] : [],
      ),
      price: dollarsOrNull(price.micros),
      cost: dollarsOrNull(costMicros),
    })),
    cost: formatDollars(plan.newMicros),
  };
}

/**
 * What has moved since a plan was saved, in words; nothing if it can be carried out exactly. A lower price is no
 * reason to refuse.
 */
export function movedSince(saved: SavedPlan, now: SavedPlan): string[] {
  const moved = new Set<string>();
  changedFiles(saved.storyboards, now.storyboards, moved, file => `the storyboard ${file} has changed`);
  changedFiles(saved.locks, now.locks, moved, file => `the lock file of ${file} has changed`);
  const nameOf = ({ storyboard, shot, take }: SavedTake) => `${storyboard}: ${shot} take ${take}`;
  const current = new Map(now.takes.map(take => [nameOf(take), take]));
  for (const take of saved.takes) {
    const name = nameOf(take);
    const other = current.get(name);
    current.delete(name);
    if (other === undefined) {
      moved.add(`${name} is no longer there`);
      continue;
    }
    const before = moved.size;
    changedFiles(take.references, other.references, moved, file => `the reference ${file} has changed`);
    if (take.key !== other.key && moved.size === before && moved.size === 0)
      moved.add(`${name} would be another request: was this plan made by another version?`);
    if (take.action !== other.action)
      moved.add(`${name} was to ${VERBS[take.action]}, and now ${STATES[other.action]}`);
    if (take.replaces !== other.replaces && take.action === other.action)
      moved.add(`${name} has been tried again since, and has failed again`);
    if (take.action === other.action && isDearer(other.cost, take.cost)) {
      const said = take.price === null ? 'knew no price: make it with --quote' : `said $${take.price}`;
      moved.add(
        `${name} now costs ${other.price === null ? 'what nobody knows' : `$${other.price}`}, and the plan ${said}`,
      );
    }
  }
  for (const name of current.keys()) moved.add(`${name} is new`);
  return [...moved];
}

/** What is not known may be anything. */
function isDearer(now: string | null, before: string | null): boolean {
  if (now === null || before === null) return now !== '0.00';
  return parseDollars(now) > parseDollars(before);
}

const VERBS: Readonly<Record<string, string>> = {
  render: 'be rendered',
  cached: 'be taken from the store',
  resume: 'be fetched',
  held: 'be held',
  skip: 'be left out',
};
const STATES: Readonly<Record<string, string>> = {
  render: 'it would have to be rendered',
  cached: 'it is in the store',
  resume: 'it is on its way',
  held: 'it is held',
  skip: 'the money is not enough for it',
};

function changedFiles(
  before: readonly SavedFile[],
  now: readonly SavedFile[],
  moved: Set<string>,
  say: (file: string) => string,
): void {
  const digests = new Map(now.map(({ file, sha256 }) => [file, sha256]));
  for (const { file, sha256 } of before) if (digests.get(file) !== sha256) moved.add(say(file));
  const known = new Set(before.map(({ file }) => file));
  for (const { file } of now) if (!known.has(file)) moved.add(say(file));
}

/** Reads a saved plan's text; null if it is none that this version can carry out. */
export function parseSavedPlan(text: string): SavedPlan | null {
  try {
    const saved = JSON.parse(text) as Partial<SavedPlan> | null;
    const sound =
      saved !== null &&
      typeof saved === 'object' &&
      saved.version === 1 &&
      saved.kind === 'storyreel-plan' &&
      areFiles(saved.storyboards) &&
      areFiles(saved.locks) &&
      Array.isArray(saved.takes) &&
      saved.takes.every(isTake) &&
      areOptions(saved.options);
    return sound ? (saved as SavedPlan) : null;
  } catch {
    return null;
  }
}

function areOptions(options: SavedOptions | undefined): boolean {
  if (options === undefined) return false;
  const { files, provider, variables, only = null, profile = null, fill = null, maxCost = null } = options;
  return (
    Array.isArray(files) &&
    [...files, provider, ...Object.values(variables)].every(isText) &&
    [only, profile, fill].every(isTextOrNull) &&
    isAmount(maxCost)
  );
}

function isTake({ storyboard, shot, key, action, references, price, cost }: SavedTake): boolean {
  return (
    [storyboard, shot, key, action].every(isText) && areFiles(references) && [price, cost].every(isAmount)
  );
}

function areFiles(files: readonly SavedFile[] | undefined): boolean {
  return Array.isArray(files) && files.every(({ file, sha256 }) => isText(file) && isTextOrNull(sha256));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

/** Dollars as text, as they are written; throws for a text that is none. */
function isAmount(value: string | null): boolean {
  return value === null || (isText(value) && parseDollars(value) >= 0);
}
