import type { ErrorObject } from 'ajv';
import { type Composition, compose } from '../model/compose.ts';
import type { Model } from '../model/model.ts';
import type { Json } from '../plan/request.ts';
import { parsePointer, schemaProblems } from './check-schema.ts';
import type { CompileContext } from './compile.ts';
import type { Path } from './parse-yaml.ts';
import type { Shot } from './storyboard.ts';
import { didYouMean } from './suggest.ts';

export interface CheckedShot {
  readonly shot: Shot;
  readonly model: Model;
  readonly composition: Composition;
  readonly durationSeconds: number;
}

export interface ShotCheck {
  /** As its model would be told it; null where it cannot be, which is reported. */
  readonly checked: CheckedShot | null;
  /** Null if nobody can tell; known of most shots that have mistakes, too. */
  readonly durationSeconds: number | null;
}

/** Looks at a shot with the eyes of its model. */
export function checkShot(
  shot: Shot,
  { models, lacking }: { readonly models: ReadonlyMap<string, Model>; readonly lacking: boolean },
  shapeIsWrong: boolean,
  report: CompileContext['report'],
  warn: (message: string, path: Path) => void,
): ShotCheck {
  const model = models.get(shot.model.value);
  if (model === undefined) {
    const unknown: ShotCheck = {
      checked: null,
      durationSeconds: secondsOf(shot, shot.inputs.get('duration')?.value),
    };
    if (lacking) return unknown;
    const hint = didYouMean(shot.model.value, models.keys()) || '; `storyreel models` lists them';
    report('unknown-model', `there is no model "${shot.model.value}"${hint}`, shot.model.path);
    return unknown;
  }
  const composition = compose(model, {
    prompt: shot.prompt.value,
    references: shot.references,
    image: shot.image,
    inputs: shot.inputs,
    seed: shot.seed.value,
  });
  const isUnseen = refuseUnseen(shot, model, report);
  const errors = model.check(composition.body);
  for (const error of errors) reportModelError(error, shot, model, shapeIsWrong || isUnseen, report);
  const { videos } = model.references;
  const videoCount = composition.media.filter(({ field }) => field === videos?.field).length;
  if (videos?.warnAbove !== undefined && videoCount > videos.warnAbove && errors.length === 0) {
    warn(`the shot uses ${videoCount} reference videos: ${videos.warning}`, shot.prompt.path);
  }
  const durationSeconds = secondsOf(shot, composition.body.duration);
  if (errors.length > 0 || durationSeconds === null) return { checked: null, durationSeconds };
  return { checked: { shot, model, composition, durationSeconds }, durationSeconds };
}

/** What has no prompt may be meant for something else than a shot of a model, which lasts otherwise. */
function secondsOf({ prompt }: Shot, duration: Json | undefined): number | null {
  return typeof duration === 'number' && prompt.value.length > 0 ? duration : null;
}

/** A name in a prompt is to show something: a model that takes no such medium would be sent a mere word, for money. */
function refuseUnseen(shot: Shot, model: Model, report: CompileContext['report']): boolean {
  let isUnseen = false;
  const { videos, image } = model.references;
  for (const { name, kind, description, videos: own, image: still } of shot.references) {
    if ((videos !== null && own.length > 0) || (image !== null && still !== null)) continue;
    if (own.length === 0 && still === null) continue; // reported where it stands
    const takes =
      videos === null && image === null ? 'no references' : videos === null ? 'images alone' : 'videos alone';
    const hint =
      kind === 'shot' || image !== null || videos !== null
        ? 'choose another model, or leave it out'
        : description === null
          ? `give it a \`description\` and write {${name}:description}`
          : `write {${name}:description} to say what it looks like`;
    isUnseen = true;
    const shown = name === '' ? 'its own video' : `"${name}"`;
    report(
      'unseen-reference',
      `${model.id} takes ${takes}, and would not see ${shown}; ${hint}`,
      shot.prompt.path,
    );
  }
  return isUnseen;
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
    (field !== undefined && field === model.references.videos?.field) ||
    (error.keyword === 'required' && error.params.missingProperty === 'videos')
  ) {
    const videos = shot.references.flatMap(reference => reference.videos);
    const isBare = shot.references.some(({ videos, image }) => videos.length === 0 && image === null);
    if (videos.length === 0 && (shapeIsWrong || shot.incomplete || isBare)) return; // the mistake behind it was reported
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
  if (error.keyword === 'required' && error.params.missingProperty === model.references.image?.field) {
    if (shapeIsWrong || shot.incomplete) return;
    const message = `the shot has no image, and ${model.id} needs one: give it an \`image\`, or name a reference that has one`;
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
