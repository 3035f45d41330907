import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { sumOf } from '../model/money.ts';
import { diffFilms, type FilmsDiff, priceOfAll } from '../plan/diff-films.ts';
import type { FilmState } from '../plan/film-items.ts';
import type { PlannedTake } from '../plan/plan.ts';
import { type CheckedFiles, checkStoryboardFiles } from './check-files.ts';
import { CommitTree, repositoryOf } from './commit-tree.ts';
import { InvalidStoryboard } from './invalid-storyboard.ts';
import { type PlannedFiles, type PlanOptions, planChecked, planFiles } from './plan-files.ts';
import { findStoryboards, type StoryboardFile } from './project.ts';
import { versionName } from './version.ts';

export type DiffOptions = Omit<PlanOptions, 'only' | 'retryFailed'>;

/** With the storyboards as they are now, for their warnings. */
export interface DiffedFiles extends FilmsDiff {
  readonly checked: CheckedFiles;
}

/** Compares two storyboards. Throws InvalidStoryboard if anything is wrong with one of them. */
export async function diffStoryboards(
  before: string,
  after: string,
  options: DiffOptions = {},
): Promise<DiffedFiles> {
  const now = await planFiles([after], options);
  const found = await findStoryboards([before], resolve(options.cwd ?? '.'), versionName(options));
  return await compare(found, 'the storyboard to compare with', now, options);
}

/** Compares storyboards with what they, and the files that they name, were in a commit of git. */
export async function diffWithCommit(
  files: readonly string[],
  ref: string,
  options: DiffOptions = {},
): Promise<DiffedFiles> {
  const now = await planFiles(files, options);
  const temporary = await fs.mkdtemp(join(tmpdir(), 'storyreel-'));
  try {
    const trees = new Map<string, Promise<CommitTree>>();
    const found: (StoryboardFile | null)[] = [];
    let commit = '';
    for (const file of now.checked.files) {
      const path = join(await fs.realpath(dirname(file.path)), basename(file.path));
      const repository = await repositoryOf(dirname(path));
      const tree = trees.get(repository) ?? CommitTree.open(repository, ref, temporary);
      trees.set(repository, tree);
      commit = (await tree).commit;
      const old = { ...file, file: `${ref}:${file.file}`, path, tree: await tree };
      found.push((await old.tree.has(path)) ? old : null);
    }
    return { ...(await compare(found, `the storyboard at ${ref}`, now, options)), base: { ref, commit } };
  } finally {
    await fs.rm(temporary, { recursive: true, force: true });
  }
}

/** `found` is in step with the films of now: null for one that is new. What was is planned as it would be now. */
async function compare(
  found: readonly (StoryboardFile | null)[],
  subject: string,
  now: PlannedFiles,
  options: DiffOptions,
): Promise<DiffedFiles> {
  const { plan, store, checked } = now;
  const known = found.filter(file => file !== null);
  const was = await checkStoryboardFiles(known, { ...options, store: store.folder });
  if (was.storyboards.length < known.length) throw new InvalidStoryboard(was, subject);
  const old =
    known.length === 0
      ? null
      : await planChecked(was, { ...options, store: store.folder, identity: plan.provider });
  const states = old === null ? [] : statesOf(old);
  const before = new Map(known.map((file, index) => [file, states[index]]));
  const after = statesOf(now);
  return {
    provider: plan.provider,
    base: null,
    films: found.map((file, index) =>
      diffFilms(file === null ? null : (before.get(file) ?? null), after[index] as FilmState),
    ),
    before: priceOfAll(old?.plan.takes ?? []),
    after: priceOfAll(plan.takes),
    cost: sumOf(plan.takes.map(({ costMicros }) => costMicros)),
    checked,
  };
}

/** A plan's films, to be compared with others. */
export function statesOf({ films, plan, digests }: PlannedFiles): FilmState[] {
  const takes = new Map<string, PlannedTake[]>(films.map(({ loaded }) => [loaded.file.file, []]));
  for (const take of plan.takes) takes.get(take.storyboard)?.push(take);
  return films.map(({ loaded }) => ({
    checked: loaded,
    takes: takes.get(loaded.file.file) ?? [],
    digestOf: file => digests.get(loaded.referencePaths.get(file) ?? '') ?? null,
  }));
}
