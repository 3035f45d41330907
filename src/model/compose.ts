import type { Json } from '../plan/request.ts';
import { fillPrompt, type PromptPart } from '../storyboard/prompt.ts';
import type { FrameAt, Medium, Reference, ShotInput } from '../storyboard/storyboard.ts';
import type { MediaField, Model } from './model.ts';

/** What of a shot goes into a request. */
export interface ShotContent {
  readonly prompt: readonly PromptPart[];
  readonly references: readonly Reference[];
  readonly image: Medium | null;
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
  /** Empty where no prompt names it. */
  readonly token: string;
  readonly medium: Medium;
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
    for (const medium of videos === null ? [] : reference.videos) {
      const token = numbered(videos as MediaField, media.length + 1);
      media.push({ field: (videos as MediaField).field, reference: named(reference), token, medium });
      own.push(token);
    }
    tokens.set(reference.name, own.length > 0 ? listed(own) : (image?.token ?? reference.name));
  }
  const still = stillOf(shot);
  if (image !== null && still !== null) media.push({ ...still, field: image.field, token: image.token });

  for (const field of model.fileInputs) {
    const input = shot.inputs.get(field);
    const medium = input === undefined ? null : inputMedium(input);
    if (medium !== null) media.push({ field, reference: null, token: '', medium });
  }

  const body: Record<string, Json> = {};
  for (const [name, property] of model.propertyList) {
    if (model.mediaFields.has(name)) {
      const files = media.filter(({ field }) => field === name).map(({ medium }) => nameOf(medium));
      if (property.type === 'array') body[name] = files;
      else if (files[0] !== undefined) body[name] = files[0];
    } else if (name === 'prompt') {
      body[name] = fillPrompt(shot.prompt, ({ name: own, form }) =>
        form === 'image' && image !== null ? image.token : (tokens.get(own) ?? own),
      ).normalize('NFC');
    } else if (name === 'seed') {
      body[name] = shot.seed;
    } else {
      const file = media.find(({ field }) => field === name)?.medium;
      const value = file === undefined ? (shot.inputs.get(name)?.value ?? property.default) : nameOf(file);
      if (value !== undefined) body[name] = normalised(value);
    }
  }
  for (const [name, input] of shot.inputs) {
    // What the model does not know is kept when the shot itself asks for it, so that the check can refuse it.
    if (!Object.hasOwn(model.properties, name) && !input.inherited) body[name] = normalised(input.value);
  }
  return { body, media };
}

function stillOf(shot: ShotContent): Pick<ComposedMedia, 'reference' | 'medium'> | null {
  if (shot.image !== null) return { reference: null, medium: shot.image };
  for (const reference of shot.references) {
    if (reference.image !== null) return { reference: named(reference), medium: reference.image };
  }
  return null;
}

function named(reference: Reference): Reference | null {
  return reference.name === '' ? null : reference;
}

/** An input that is a file; null for what is none, which the model's schema refuses. */
function inputMedium({ value, path }: ShotInput): Medium | null {
  if (typeof value === 'string') return value === '' ? null : { file: value, path };
  const frame = value as { from?: unknown; at?: unknown } | null;
  if (typeof frame?.from !== 'string') return null;
  const { at = 'last' } = frame;
  const isFrame = at === 'first' || at === 'last' || (typeof at === 'number' && at >= 0);
  return isFrame ? { from: frame.from, at: at as FrameAt, path } : null;
}

/** Stands in the body until the bytes are known. */
function nameOf(medium: Medium): string {
  return 'file' in medium ? medium.file : `shot:${medium.from}`;
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
