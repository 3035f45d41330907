import type { Json } from '../plan/request.ts';
import { fillPrompt, type PromptPart } from '../storyboard/prompt.ts';
import type { Reference, ReferenceFile, ShotInput } from '../storyboard/storyboard.ts';
import type { MediaField, Model } from './model.ts';

/** What of a shot goes into a request. */
export interface ShotContent {
  readonly prompt: readonly PromptPart[];
  readonly references: readonly Reference[];
  readonly image: ReferenceFile | null;
  readonly inputs: ReadonlyMap<string, ShotInput>;
  readonly seed: number;
}

/** A shot in a model's words. */
export interface Composition {
  /** The request body: defaults filled in, strings NFC-normalised, media fields holding file names. */
  readonly body: Readonly<Record<string, Json>>;
  readonly media: readonly ComposedMedia[];
}

export interface ComposedMedia {
  readonly field: string;
  /** Null for a shot's own image. */
  readonly reference: Reference | null;
  readonly token: string;
  readonly file: ReferenceFile;
}

/**
 * Says a shot in a model's words: `{name}` becomes the token of that reference's videos, in the order in which
 * the request lists them, and every field that the model has a default for is spelled out, so that writing a
 * default into the storyboard changes nothing.
 */
export function compose(model: Model, shot: ShotContent): Composition {
  const { videos, image } = model.references;
  const media: ComposedMedia[] = [];
  const tokens = new Map<string, string>();
  for (const reference of shot.references) {
    const own: string[] = [];
    for (const file of videos === null ? [] : reference.videos) {
      const token = numbered(videos as MediaField, media.length + 1);
      media.push({ field: (videos as MediaField).field, reference, token, file });
      own.push(token);
    }
    tokens.set(reference.name, own.length > 0 ? listed(own) : (image?.token ?? reference.name));
  }
  const still = stillOf(shot);
  if (image !== null && still !== null) media.push({ ...still, field: image.field, token: image.token });

  const body: Record<string, Json> = {};
  for (const [name, property] of model.propertyList) {
    if (model.mediaFields.has(name)) {
      const files = media.filter(({ field }) => field === name).map(({ file }) => file.file);
      if (property.type === 'array') body[name] = files;
      else if (files[0] !== undefined) body[name] = files[0];
    } else if (name === 'prompt') {
      body[name] = fillPrompt(shot.prompt, reference => tokens.get(reference) ?? reference).normalize('NFC');
    } else if (name === 'seed') {
      body[name] = shot.seed;
    } else {
      const value = shot.inputs.get(name)?.value ?? property.default;
      if (value !== undefined) body[name] = normalised(value);
    }
  }
  for (const [name, input] of shot.inputs) {
    // What the model does not know is kept when the shot itself asks for it, so that the check can refuse it.
    if (!Object.hasOwn(model.properties, name) && !input.inherited) body[name] = normalised(input.value);
  }
  return { body, media };
}

function stillOf(shot: ShotContent): Pick<ComposedMedia, 'reference' | 'file'> | null {
  if (shot.image !== null) return { reference: null, file: shot.image };
  for (const reference of shot.references) {
    if (reference.image !== null) return { reference, file: reference.image };
  }
  return null;
}

function numbered(field: MediaField, n: number): string {
  return field.token.replace('{n}', String(n));
}

/** "Video 1", "Video 1 and Video 2", "Video 1, Video 2 and Video 3". */
function listed(tokens: readonly string[]): string {
  return tokens.length < 2 ? tokens.join() : `${tokens.slice(0, -1).join(', ')} and ${tokens.at(-1)}`;
}

/** The same text in another Unicode form must not be another request, nor another bill. */
function normalised(value: Json): Json {
  if (typeof value === 'string') return value.normalize('NFC');
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(normalised);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.normalize('NFC'), normalised(member)]),
  );
}
