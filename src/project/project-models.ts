import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorObject } from 'ajv';
import { systemFailure } from '../failure.ts';
import { checkModel } from '../model/check-model.ts';
import { type Model, parseModel } from '../model/model.ts';
import type { Json } from '../plan/request.ts';
import type { Diagnostic, Range } from '../storyboard/diagnostic.ts';
import { type ParsedYaml, parseYaml } from '../storyboard/parse-yaml.ts';
import { isData } from '../storyboard/part.ts';
import type { Source } from '../storyboard/source.ts';
import type { StoryboardFile } from './project.ts';
import { findFile } from './reference-files.ts';

type Check = (data: Json) => readonly ErrorObject[];

/** A project's own models: the files `models/*.json` beside its storyboard. */
export interface ProjectModels {
  readonly models: readonly OwnModel[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

export interface OwnModel {
  readonly model: Model;
  /** As messages call it. */
  readonly file: string;
}

const MAX_FILES = 200;
const MAX_BYTES = 256 * 1024;
const START: Range = { start: 0, end: 0 };

/** Reads and checks the model files beside a storyboard. */
export async function readProjectModels(
  storyboard: Pick<StoryboardFile, 'file' | 'path' | 'root' | 'tree'>,
  checkShape: Check,
): Promise<ProjectModels> {
  const diagnostics: Diagnostic[] = [];
  const sources: Source[] = [];
  const models: OwnModel[] = [];
  const places = new Map<string, { file: string; range: Range }>();
  const listed = await storyboard.tree.list(join(dirname(storyboard.path), 'models'));
  const names = listed.filter(name => name.endsWith('.json')).sort();
  for (const name of names.slice(0, MAX_FILES)) {
    const file = join(dirname(storyboard.file), 'models', name);
    const source = await readSource(`models/${name}`, file, storyboard);
    if ('code' in source) {
      diagnostics.push(source);
      continue;
    }
    sources.push(source);
    const { data, found, locate } = readJson(source);
    diagnostics.push(...found);
    if (data === undefined) continue;
    const problems = checkModel(data, checkShape);
    for (const { code, message, path, part } of problems)
      diagnostics.push({ code, severity: 'error', message, file, range: locate(path, part) });
    const id = idOf(data);
    if (id === null) continue;
    const place = { file, range: locate(['x-model', 'id']) };
    const twin = places.get(id);
    if (twin === undefined) places.set(id, place);
    else diagnostics.push(...twins(id, twin, place));
    if (problems.length === 0) models.push({ model: await modelOf(data), file });
  }
  const tooMany = names.length > MAX_FILES;
  if (tooMany) {
    const message = `models/ has ${names.length} model files; ${MAX_FILES} are allowed`;
    diagnostics.push({
      code: 'out-of-range',
      severity: 'error',
      message,
      file: storyboard.file,
      range: START,
    });
  }
  return { models, diagnostics, sources };
}

async function readSource(
  name: string,
  file: string,
  storyboard: Parameters<typeof findFile>[1],
): Promise<Source | Diagnostic> {
  const refused = (problem: Pick<Diagnostic, 'code' | 'message'>): Diagnostic => ({
    ...problem,
    severity: 'error',
    file,
    range: START,
  });
  const path = await findFile(name, storyboard);
  if (typeof path !== 'string') return refused(path);
  try {
    const bytes = await storyboard.tree.bytesOf(path);
    const { size } = await fs.stat(bytes);
    if (size > MAX_BYTES)
      return refused({
        code: 'file-too-large',
        message: `the file has ${Math.ceil(size / 1024)} KB; a model file has at most ${MAX_BYTES / 1024}`,
      });
    return { file, text: (await fs.readFile(bytes, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (error) {
    throw systemFailure(error, `cannot read the model file ${file}`);
  }
}

/** JSON is YAML, whose reader knows places, forbidden keys and keys that stand twice; the reverse is not so. */
function readJson(
  source: Source,
): { data: Json | undefined; found: Diagnostic[] } & Pick<ParsedYaml, 'locate'> {
  const { data, diagnostics, locate } = parseYaml(source);
  const hostile = diagnostics.filter(({ code }) => !code.startsWith('yaml-') && code !== 'empty');
  if (hostile.length > 0) return { data: undefined, found: hostile, locate };
  try {
    JSON.parse(source.text);
    return { data, found: [...diagnostics], locate };
  } catch (error) {
    // Its words differ from one version of Node to the next; the place is there most of the time.
    const { message } = error as SyntaxError;
    const told = /at position (\d+)/.exec(message)?.[1] ?? diagnostics[0]?.range.start ?? 0;
    const at = message.includes('end of JSON') ? source.text.trimEnd().length : Number(told);
    const range = { start: at, end: at + 1 };
    const words = 'this is no JSON: a comma, a quote or a bracket is missing here, or too many';
    const found: Diagnostic = {
      code: 'json-syntax',
      severity: 'error',
      message: words,
      file: source.file,
      range,
    };
    return { data: undefined, found: [found], locate };
  }
}

function idOf(data: Json): string | null {
  const block = isData(data) ? data['x-model'] : undefined;
  const id = isData(block) ? block.id : undefined;
  return typeof id === 'string' ? id : null;
}

function twins(id: string, ...places: { file: string; range: Range }[]): Diagnostic[] {
  return places.map((place, index) => ({
    code: 'model-twice',
    severity: 'error',
    message: `${id} is described in ${places[1 - index]?.file} too; keep one of them`,
    ...place,
  }));
}

/** The one place where a schema is compiled as the program runs: only a project with models of its own waits for ajv. */
async function modelOf(data: Json): Promise<Model> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    ownProperties: true,
    keywords: ['x-model'],
  });
  const { $schema, $id, ...schema } = data as Record<string, Json>;
  const validate = ajv.compile(schema);
  return parseModel(data, body => (validate(body) ? [] : (validate.errors ?? [])));
}
