import { join, resolve } from 'node:path';
import { EXIT, Failure } from '../failure.ts';
import { ProbedFiles } from '../store/probed-files.ts';
import { type CheckedStoryboard, type CheckResult, checkStoryboard } from '../storyboard/check.ts';
import { type Diagnostic, hasErrors, identityOf, inOrder } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import { didYouMean } from '../storyboard/suggest.ts';
import type { Variables } from '../storyboard/variables.ts';
import { checkText } from './check-text.ts';
import { type Footage, probeFootage } from './footage.ts';
import { Languages } from './language.ts';
import { findStoryboards, type StoryboardFile } from './project.ts';
import { readParts } from './read-parts.ts';
import { findReferenceFiles, type ReferencePaths, type RemoteReference } from './reference-files.ts';
import { checkReferenceLimits } from './reference-limits.ts';
import { type ReadOptions, versionName } from './version.ts';

/** A storyboard without errors, whose reference files are all there. */
export interface LoadedStoryboard extends CheckedStoryboard {
  readonly file: StoryboardFile;
  readonly referencePaths: ReferencePaths;
  /** References at addresses: their paths are known once they are fetched. */
  readonly remote: readonly RemoteReference[];
}

export interface CheckedFiles {
  /** Those without errors, in the order of the command line. */
  readonly storyboards: readonly LoadedStoryboard[];
  /** The files of the command line. */
  readonly files: readonly StoryboardFile[];
  /** Each file's together, by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of all that was read, by the file name that diagnostics carry. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Where the files are looked for that the storyboards name, absolute: whether there is something or not. */
  readonly named: ReadonlySet<string>;
  /** The names of the storyboards' variables. */
  readonly variables: ReadonlySet<string>;
  /** What the files say that were looked into; to be saved by whoever may write. */
  readonly probed: ProbedFiles;
}

export interface CheckOptions extends ReadOptions {
  /** Tries each profile of the storyboards too, where none is chosen. */
  readonly everyProfile?: boolean | undefined;
  /** The folder of the store that knows what files say of themselves; default: that of the first one's project. */
  readonly store?: string | undefined;
}

const NO_FOOTAGE: Footage = { lengths: new Map(), sounds: new Map(), diagnostics: [] };
const NO_REFERENCES = { paths: new Map<string, string>(), remote: [], named: [], diagnostics: [] };

/** Reads storyboards and finds everything wrong with them. Writes nothing. */
export async function checkFiles(
  files: readonly string[],
  cwd: string,
  options: CheckOptions = {},
): Promise<CheckedFiles> {
  const found = await findStoryboards(files, cwd, versionName(options));
  const store = options.store === undefined ? undefined : resolve(cwd, options.store);
  const checked = await checkStoryboardFiles(found, { ...options, store });
  if (!hasErrors(checked.diagnostics)) refuseUndeclared(options.variables ?? new Map(), checked.variables);
  return checked;
}

/** The same for files that are found already; values for variables that they do not have are passed over. */
export async function checkStoryboardFiles(
  found: readonly StoryboardFile[],
  { variables = new Map(), profile, everyProfile = false, store }: CheckOptions,
): Promise<CheckedFiles> {
  const languages = new Languages();
  const probed = new ProbedFiles(store ?? join(found[0]?.root ?? '', '.storyreel'));
  const storyboards: LoadedStoryboard[] = [];
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, Source>();
  const named = new Set<string>();
  const names = new Set<string>();
  for (const file of found) {
    const parts = await readParts(file);
    const language = await languages.of(file);
    for (const source of [...parts.sources, ...language.sources]) sources.set(source.file, source);
    const result = checkStoryboard(parts.root, { name: file.stem, variables, profile }, language);
    for (const name of result.variables) names.add(name);
    if (profile !== undefined && result.readable !== null)
      refuseUnknownProfile(profile, file.file, result.profiles);
    const references =
      result.readable === null ? NO_REFERENCES : await findReferenceFiles(result.readable, file, sources);
    for (const path of [...parts.named, ...references.named]) named.add(path);
    const footage =
      result.readable === null ? NO_FOOTAGE : await probeFootage(result.readable, references.paths, probed);
    const { checked, diagnostics: own } = result.layOut(footage.lengths, footage.sounds);
    const text = result.readable === null ? [] : await checkText(result.readable, references.paths);
    const profiles = everyProfile && profile === undefined && result.readable !== null ? result.profiles : [];
    const ofProfiles = profiles.flatMap(name =>
      problemsOf(name, checkStoryboard(parts.root, { name: file.stem, variables, profile: name }, language), {
        ...footage,
        known: own,
      }),
    );
    for (const diagnostic of ofProfiles) diagnostics.push(diagnostic);
    const { readable } = result;
    const limits =
      readable === null
        ? []
        : await checkReferenceLimits(readable.shots, references.paths, ({ path }) => readable.locate(path));
    const all = [
      ...parts.diagnostics,
      ...language.diagnostics,
      ...own,
      ...references.diagnostics,
      ...footage.diagnostics,
      ...text,
      ...limits,
    ];
    for (const diagnostic of all) diagnostics.push(diagnostic); // there may be too many to spread
    if (checked !== null && !hasErrors(all))
      storyboards.push({ ...checked, file, referencePaths: references.paths, remote: references.remote });
  }
  return {
    ...{ storyboards, files: found, diagnostics: inOrder(diagnostics) },
    ...{ sources, named, variables: names, probed },
  };
}

/** What is wrong with a storyboard with a profile, and is not without it. */
function problemsOf(
  profile: string,
  { layOut }: CheckResult,
  { lengths, sounds, known }: Footage & { readonly known: readonly Diagnostic[] },
): Diagnostic[] {
  const told = new Set(known.map(identityOf));
  return layOut(lengths, sounds)
    .diagnostics.filter(diagnostic => diagnostic.severity === 'error' && !told.has(identityOf(diagnostic)))
    .map(diagnostic => ({ ...diagnostic, message: `${diagnostic.message} (with --profile ${profile})` }));
}

function refuseUnknownProfile(profile: string, file: string, profiles: readonly string[]): void {
  if (profiles.includes(profile)) return;
  throw new Failure('no-profile', `${file} has no profile "${profile}"${didYouMean(profile, profiles)}`, {
    hint: profiles.length === 0 ? 'Describe it under `profiles`.' : `There are ${profiles.join(', ')}.`,
    exitCode: EXIT.usage,
  });
}

/** A misspelt name would pass for one that was set. */
function refuseUndeclared(variables: Variables, declared: ReadonlySet<string>): void {
  const name = [...variables.keys()].find(name => !declared.has(name));
  if (name === undefined) return;
  const known = [...declared].slice(0, 12).join(', ');
  throw new Failure('no-variable', `no storyboard has a variable "${name}"${didYouMean(name, declared)}`, {
    hint:
      known === ''
        ? 'Name it under `variables` first.'
        : `There are ${known}; or name it under \`variables\` first.`,
    exitCode: EXIT.usage,
  });
}
