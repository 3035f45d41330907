import { promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { systemFailure } from '../failure.ts';
import { type Model, parseModel } from '../model/model.ts';
import type { Json } from '../plan/request.ts';
import type { Language } from '../storyboard/check.ts';
import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import { InvalidStoryboard } from './invalid-storyboard.ts';
import { findRoot, type StoryboardFile } from './project.ts';
import { readProjectModels } from './project-models.ts';
import { DISK } from './tree.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
/** The schemas as functions; `npm run build` writes them. */
const VALIDATORS = new URL('../../dist/validators/', import.meta.url);

/** Where a published schema stands in the package. */
export function schemaPath(name: string): string {
  return fileURLToPath(new URL(name, SCHEMAS));
}

let loaded: Promise<BuiltIn> | null = null;

interface BuiltIn extends Language {
  readonly checkModelFile: Check;
}

/** What a storyboard is checked against: the built-in models, and on top of them those of its own project. */
export interface ProjectLanguage extends Language {
  /** The project's own models: their files, by id. */
  readonly own: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  /** Of the model files. */
  readonly sources: readonly Source[];
}

/** The languages of storyboards in one run: those of one folder share it. */
export class Languages {
  private readonly byFolder = new Map<string, Promise<ProjectLanguage>>();

  of(storyboard: Pick<StoryboardFile, 'file' | 'path' | 'root' | 'tree'>): Promise<ProjectLanguage> {
    // Two names of one folder have diagnostics of their own, and so has a commit.
    const folder = dirname(storyboard.path);
    const name = JSON.stringify([folder, dirname(storyboard.file)]);
    const known = this.byFolder.get(name) ?? withOwnModels(storyboard);
    this.byFolder.set(name, known);
    return known;
  }
}

/** The models of a storyboard, or of a folder that need not hold one yet. Throws InvalidStoryboard for broken model files. */
export async function modelsBeside(path: string, cwd: string): Promise<ProjectLanguage> {
  const absolute = resolve(cwd, path);
  let isFolder: boolean;
  try {
    isFolder = (await fs.stat(absolute)).isDirectory();
  } catch (error) {
    throw systemFailure(error, `cannot read ${path}`);
  }
  const inside = isFolder ? 'storyboard.yaml' : '';
  const root = await findRoot(isFolder ? absolute : dirname(absolute));
  const place = { file: join(path, inside), path: join(absolute, inside), root, tree: DISK };
  const language = await withOwnModels(place);
  if (language.lacking) {
    const sources = new Map(language.sources.map(source => [source.file, source]));
    throw new InvalidStoryboard({ diagnostics: language.diagnostics, sources }, 'the model file');
  }
  return language;
}

async function withOwnModels(storyboard: Parameters<Languages['of']>[0]): Promise<ProjectLanguage> {
  const builtIn = await loadBuiltIn();
  const { models, diagnostics, sources } = await readProjectModels(storyboard, builtIn.checkModelFile);
  return {
    ...builtIn,
    models: new Map([...builtIn.models, ...models.map(({ model }) => [model.id, model] as const)]),
    lacking: diagnostics.length > 0,
    own: new Map(models.map(({ model, file }) => [model.id, file])),
    diagnostics,
    sources,
  };
}

/** The storyboard's schema and every model file, read once. */
export function loadLanguage(): Promise<Language> {
  return loadBuiltIn();
}

function loadBuiltIn(): Promise<BuiltIn> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<BuiltIn> {
  const folder = new URL('models/', SCHEMAS);
  const names = (await fs.readdir(folder)).filter(name => name.endsWith('.json')).sort();
  const models = await Promise.all(
    names.map(async name => {
      const json: unknown = JSON.parse(await fs.readFile(new URL(name, folder), 'utf8'));
      return parseModel(json, validator(`models/${name.replace(/\.json$/, '')}`));
    }),
  );
  return {
    checkShape: validator('storyboard'),
    checkInclude: validator('include'),
    checkModelFile: validator('model'),
    lacking: false,
    models: new Map<string, Model>(models.map(model => [model.id, model])),
  };
}

type Check = (data: Json) => readonly ErrorObject[];

/** Loaded when it is first asked: most commands ask no model. */
function validator(name: string): Check {
  const path = fileURLToPath(new URL(`${name}.cjs`, VALIDATORS));
  let validate: ValidateFunction | undefined;
  return data => {
    validate ??= createRequire(import.meta.url)(path) as ValidateFunction;
    return validate(data) ? [] : (validate.errors ?? []);
  };
}
