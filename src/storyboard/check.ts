import type { ErrorObject } from 'ajv';
import { type Composition, compose } from '../model/compose.ts';
import type { Model } from '../model/model.ts';
import type { Json } from '../plan/request.ts';
import type { Timeline } from '../plan/timeline.ts';
import { parsePointer, schemaProblems } from './check-schema.ts';
import { checkTimeline } from './check-timeline.ts';
import { type CompileContext, compileStoryboard } from './compile.ts';
import { type Diagnostic, hasErrors, inOrder, type Range } from './diagnostic.ts';
import { type ParsedYaml, type Path, parseYaml } from './parse-yaml.ts';
import { findBrace } from './prompt.ts';
import type { Source } from './source.ts';
import type { Shot, Storyboard } from './storyboard.ts';
import { didYouMean } from './suggest.ts';
import type { WrittenStoryboard } from './written.ts';

/** What a storyboard is checked against. */
export interface Language {
  readonly checkShape: (data: Json) => readonly ErrorObject[];
  readonly models: ReadonlyMap<string, Model>;
}

/** A storyboard without errors, with everything that checking worked out. */
export interface CheckedStoryboard {
  readonly source: Source;
  readonly storyboard: Storyboard;
  /** In step with `storyboard.shots`. */
  readonly shots: readonly CheckedShot[];
  readonly timeline: Timeline;
}

export interface CheckedShot {
  readonly shot: Shot;
  readonly model: Model;
  readonly composition: Composition;
  readonly durationSeconds: number;
}

/** Holds the parsed YAML: let go of it once everything is reported. */
export interface ReadableStoryboard {
  readonly storyboard: Storyboard;
  /** Where a value stands. */
  readonly locate: ParsedYaml['locate'];
}

export interface CheckResult {
  /** What could be read in spite of errors: the files that it names are looked for all the same. */
  readonly readable: ReadableStoryboard | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Lays the film out, once it is known how long the footage is that it names. */
  readonly layOut: (lengths: FootageLengths) => LaidOut;
}

export interface LaidOut {
  /** Null if there are errors. */
  readonly checked: CheckedStoryboard | null;
  /** What is wrong with the storyboard: also what was known before. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Seconds, by the file as the storyboard names it. */
export type FootageLengths = ReadonlyMap<string, number>;

/** Finds everything wrong with a storyboard that its text alone can tell. `name` serves where it has no title. */
export function checkStoryboard(source: Source, name: string, language: Language): CheckResult {
  const yaml = parseYaml(source);
  const diagnostics = [...yaml.diagnostics];
  const unreadable = (): CheckResult => {
    const sorted = inOrder(diagnostics);
    return { readable: null, diagnostics: sorted, layOut: () => ({ checked: null, diagnostics: sorted }) };
  };
  if (yaml.data === undefined) return unreadable();
  const reportAt = (
    code: string,
    message: string,
    range: Range,
    severity: Diagnostic['severity'] = 'error',
  ) => diagnostics.push({ code, severity, message, file: source.file, range });
  const told = new Set(yaml.diagnostics.map(({ range }) => `${range.start} ${range.end}`));
  const report: CompileContext['report'] = (code, message, path, part) => {
    const range = yaml.locate(path, part);
    // What YAML itself could not read was replaced by something that no rule likes either.
    if (!told.has(`${range.start} ${range.end}`)) reportAt(code, message, range);
  };

  const problems = schemaProblems(language.checkShape(yaml.data), 'the storyboard');
  for (const { code, message, path, part } of problems) report(code, message, path, part);
  const data = withoutProblems(yaml.data, problems);
  if (!isMap(data)) return unreadable();

  const complaints = problems.flatMap(({ path, meant }) => {
    const told = `${path.join('\0')}\0`;
    return meant === undefined ? [told] : [told, `${[...path.slice(0, -1), meant].join('\0')}\0`];
  });
  const storyboard = compileStoryboard(data as unknown as WrittenStoryboard, {
    file: source.file,
    name,
    report,
    reportBrace: (message, code, path, brace, length) => {
      reportAt(code, message, braceRange(source, yaml.locate(path), brace, length));
    },
    skipped: () => {},
    refused: path => complaints.includes(`${path.join('\0')}\0`),
    complained: path => {
      const prefix = `${path.join('\0')}\0`;
      return complaints.some(complaint => complaint.startsWith(prefix));
    },
  });
  const shots = storyboard.shots
    .map(shot =>
      checkShot(shot, language, complaints.length > 0, report, (message, path) =>
        reportAt('many-references', message, yaml.locate(path), 'warning'),
      ),
    )
    .filter(shot => shot !== null);
  reportUnknownDefaults(storyboard, shots, report);
  const layOut = (lengths: FootageLengths): LaidOut => {
    const timeline = checkTimeline(storyboard, shots, lengths, report);
    const sorted = inOrder(diagnostics);
    const checked = timeline === null || hasErrors(sorted) ? null : { source, storyboard, shots, timeline };
    return { checked, diagnostics: sorted };
  };
  return { readable: { storyboard, locate: yaml.locate }, diagnostics: inOrder(diagnostics), layOut };
}

function checkShot(
  shot: Shot,
  language: Language,
  shapeIsWrong: boolean,
  report: CompileContext['report'],
  warn: (message: string, path: Path) => void,
): CheckedShot | null {
  const model = language.models.get(shot.model.value);
  if (model === undefined) {
    const hint = didYouMean(shot.model.value, language.models.keys()) || '; `storyreel models` lists them';
    report('unknown-model', `there is no model "${shot.model.value}"${hint}`, shot.model.path);
    return null;
  }
  const composition = compose(model, {
    prompt: shot.prompt.value,
    references: shot.references,
    image: shot.image,
    inputs: shot.inputs,
    seed: shot.seed.value,
  });
  const errors = model.check(composition.body);
  for (const error of errors) reportModelError(error, shot, model, shapeIsWrong, report);
  const { videos } = model.references;
  const videoCount = composition.media.filter(({ field }) => field === videos?.field).length;
  if (videos?.warnAbove !== undefined && videoCount > videos.warnAbove && errors.length === 0) {
    warn(`the shot uses ${videoCount} reference videos: ${videos.warning}`, shot.prompt.path);
  }
  const duration = composition.body.duration;
  if (errors.length > 0 || typeof duration !== 'number') return null;
  return { shot, model, composition, durationSeconds: duration };
}

/** A model's complaint, at the place in the storyboard where the value stands. */
function reportModelError(
  error: ErrorObject,
  shot: Shot,
  model: Model,
  shapeIsWrong: boolean,
  report: CompileContext['report'],
): void {
  const problem = schemaProblems([error], `an input of ${model.id}`)[0];
  if (problem === undefined) return;
  const [field, ...inside] =
    error.keyword === 'additionalProperties' ? problem.path : parsePointer(error.instancePath);
  if (
    field === model.references.videos?.field ||
    (error.keyword === 'required' && error.params.missingProperty === 'videos')
  ) {
    const videos = shot.references.flatMap(reference => reference.videos);
    if (videos.length === 0 && (shapeIsWrong || shot.incomplete)) return; // the mistake behind it was reported
    const still = shot.references[0];
    const message =
      videos.length === 0
        ? still !== undefined
          ? `"${still.name}" has an image alone, and the model needs at least one reference with a video`
          : 'the shot names no reference with a video, and its model needs at least one; write {name} into the prompt'
        : `the shot brings ${videos.length} reference videos; its model takes ${model.properties.videos?.maxItems}`;
    report('reference-count', message, shot.prompt.path);
    return;
  }
  if (field === 'prompt' || (error.keyword === 'required' && error.params.missingProperty === 'prompt')) {
    if (shot.prompt.value.length > 0) report(problem.code, problem.message, shot.prompt.path);
    return; // an empty one was reported
  }
  const input = shot.inputs.get(String(field));
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys(model.properties);
    const message = `${model.id} takes no \`${field}\`${didYouMean(String(field), known)}`;
    report('unknown-input', message, input?.path ?? shot.path, 'key');
    return;
  }
  const path =
    field === 'seed' ? shot.seed.path : input === undefined ? shot.path : [...input.path, ...inside];
  report(problem.code, `${problem.message} (${model.id})`, path);
}

/** An input under `defaults` that no model in use takes is a mistake, though each shot alone passes over it. */
function reportUnknownDefaults(
  storyboard: Storyboard,
  shots: readonly CheckedShot[],
  report: CompileContext['report'],
): void {
  const models = new Set(shots.map(({ model }) => model));
  if (models.size === 0) return;
  for (const [name, input] of storyboard.shots[0]?.inputs ?? []) {
    const taken = [...models].some(model => Object.hasOwn(model.properties, name));
    if (!taken && input.inherited && input.path[1] === 'inputs') {
      report('unknown-input', `no model of this storyboard takes \`${name}\``, input.path, 'key');
    }
  }
}

function braceRange(source: Source, scalar: Range, brace: number, length: number): Range {
  const raw = source.text.slice(scalar.start, scalar.end);
  const at = findBrace(raw, brace);
  if (at === null) return scalar; // written as an escape: the whole prompt is as near as we get
  return { start: scalar.start + at, end: scalar.start + at + length };
}

/** The data less what the schema refused, so that the rules behind it can look at all the rest. */
function withoutProblems(data: Json, problems: readonly { code: string; path: Path }[]): Json | undefined {
  const refused = problems.filter(
    ({ code }) => code !== 'missing-key' && code !== 'wrong-format' && code !== 'duplicate-item',
  );
  if (refused.some(({ path }) => path.length === 0)) return undefined;
  if (refused.length === 0) return data;
  const copy = structuredClone(data);
  for (const { path } of refused) {
    let holder: unknown = copy;
    for (const step of path.slice(0, -1)) holder = (holder as Record<string, unknown> | undefined)?.[step];
    const last = path.at(-1) as string | number;
    if (Array.isArray(holder)) holder[last as number] = undefined;
    else if (holder !== null && typeof holder === 'object') delete (holder as Record<string, unknown>)[last];
  }
  return withoutHoles(copy);
}

function withoutHoles(value: Json): Json {
  if (Array.isArray(value)) return value.map(item => (item === undefined ? {} : withoutHoles(item)));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutHoles(member)]));
}

function isMap(value: Json | undefined): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
