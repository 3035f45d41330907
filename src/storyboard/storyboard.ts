import type { Json } from '../plan/request.ts';
import type { Path } from './parse-yaml.ts';
import type { PromptPart } from './prompt.ts';

/** A storyboard as the later stages use it: defaults merged in, names resolved, every value with its place. */
export interface Storyboard {
  /** The file as the author named it. */
  readonly file: string;
  readonly title: string;
  /** Null if the storyboard names none. */
  readonly provider: string | null;
  /** Micro-dollars; null if there is no limit. */
  readonly budgetMicros: number | null;
  readonly cut: CutSettings;
  readonly references: ReadonlyMap<string, Reference>;
  /** In the order of the film. */
  readonly shots: readonly Shot[];
}

export interface CutSettings {
  readonly fps: Fps;
  /** 0 if there is none. */
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
}

/** Frames per second as an exact fraction. */
export interface Fps {
  readonly numerator: number;
  readonly denominator: number;
}

export interface Reference {
  readonly name: string;
  readonly kind: 'character' | 'prop' | 'location';
  readonly description: string | null;
  readonly videos: readonly ReferenceFile[];
  readonly image: ReferenceFile | null;
}

/** A file that the storyboard names, as written there, and where. */
export interface ReferenceFile {
  readonly file: string;
  readonly path: Path;
}

export interface Shot {
  readonly id: string;
  readonly title: string | null;
  /** Null where the storyboard has no scenes. */
  readonly scene: { readonly id: string; readonly title: string | null } | null;
  readonly path: Path;
  readonly model: Placed<string>;
  /** The prompt with the storyboard's style behind it. */
  readonly prompt: Placed<readonly PromptPart[]>;
  /** By first mention in the prompt, then as the shot's `references` lists them. */
  readonly references: readonly Reference[];
  /** True if a mistake in the prompt or the references was reported: some may be missing from the list. */
  readonly incomplete: boolean;
  readonly image: ReferenceFile | null;
  /** What else the model is to be given, by the API's field names: the shot's, else the defaults'. */
  readonly inputs: ReadonlyMap<string, ShotInput>;
  /** -1 means: draw one. */
  readonly seed: Placed<number>;
  readonly takes: number;
  /** Which take the film uses, from 1. */
  readonly pick: number;
  readonly transition: Transition;
}

export interface Placed<T> {
  readonly value: T;
  readonly path: Path;
}

export interface ShotInput extends Placed<Json> {
  /** A default that the shot's model does not take is passed over; a shot's own field is a mistake. */
  readonly inherited: boolean;
}

/** How the film goes into a shot. */
export interface Transition extends Place {
  readonly type: 'cut' | 'dissolve' | 'fade';
  /** 0 for a cut. */
  readonly durationSeconds: number;
}

interface Place {
  readonly path: Path;
}
