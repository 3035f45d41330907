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
  readonly audio: Audio;
  /** For what the built-in font cannot write. */
  readonly fonts: readonly ReferenceFile[];
  readonly deliverables: readonly Deliverable[];
  readonly subtitles: { readonly track: boolean; readonly language: string };
  readonly references: ReadonlyMap<string, Reference>;
  /** Where there is one, the last parts of every prompt, after one that sets them apart. */
  readonly style: readonly PromptPart[];
  /** Everything in the film, in its order. */
  readonly items: readonly Item[];
  /** The items that a model renders. */
  readonly shots: readonly Shot[];
}

/** An output of the cut beside the film itself. */
export interface Deliverable {
  readonly name: string;
  readonly cut: CutSettings;
  readonly codec: Codec;
  readonly quality: Quality;
  /** LUFS; null: as it is mixed. */
  readonly loudness: number | null;
}

export type Codec = 'h264' | 'prores' | 'dnxhr';
export type Quality = 'high' | 'normal' | 'small';

export interface Audio {
  readonly music: Music | null;
  /** LUFS; null: as it is mixed. */
  readonly loudness: number | null;
}

export interface Music {
  readonly file: ReferenceFile;
  readonly gainDb: number;
  /** Left out at the beginning of the file. */
  readonly startSeconds: number;
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
  readonly loop: boolean;
  /** Goes down while a voice speaks. */
  readonly duck: boolean;
}

/** Something that is said; seconds after the beginning of the item. */
export interface Line extends Place {
  readonly text: string;
  readonly speaker: string | null;
  /** Null: after the line before. */
  readonly startSeconds: number | null;
  /** Null: as long as the words need. */
  readonly endSeconds: number | null;
}

export interface LowerThird extends Place {
  readonly title: string;
  readonly subtitle: string | null;
  readonly startSeconds: number;
  readonly durationSeconds: number;
}

export interface Watermark extends Place {
  readonly text: string | null;
  readonly image: ReferenceFile | null;
  readonly position: Corner;
  readonly opacity: number;
}

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | 'centre';

/** Speech over the picture. */
export interface Voice {
  readonly file: ReferenceFile;
  /** After the beginning of the item that it belongs to. */
  readonly offsetSeconds: number;
  readonly gainDb: number;
}

export interface CutSettings extends Look {
  readonly fps: Fps;
  /** Pixels; null: the size that most of the film has. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** 0 if there is none. */
  readonly fadeInSeconds: number;
  readonly fadeOutSeconds: number;
  readonly watermark: Watermark | null;
  readonly leader: Leader | null;
  /** Names, takes and timecode in the picture. */
  readonly burnIn: boolean;
}

/** What runs before the first frame of the picture. */
export interface Leader {
  /** 0 for none. */
  readonly slateSeconds: number;
  /** From which number it counts down, one a second; 0 for none. */
  readonly countdown: number;
  /** What else the slate says. */
  readonly lines: readonly { readonly label: string; readonly text: string }[];
  readonly path: Path;
}

/** How clips of another shape are put into the frame. */
export interface Look {
  readonly fit: 'contain' | 'cover' | 'blur';
  readonly background: Color;
}

/** `#rrggbb`, in lower case. */
export type Color = `#${string}`;

/** Frames per second as an exact fraction. */
export interface Fps {
  readonly numerator: number;
  readonly denominator: number;
}

export interface Reference {
  /** Empty for a shot's own video that is a file. */
  readonly name: string;
  /** `shot`: a video of one shot alone. */
  readonly kind: 'character' | 'prop' | 'location' | 'shot';
  readonly description: string | null;
  readonly videos: readonly Medium[];
  readonly image: Medium | null;
}

/** What a model is shown: a file, or something of another shot. */
export type Medium = ReferenceFile | ShotMedium;

/** A frame of another shot's picked take, or its whole clip. */
export interface ShotMedium {
  /** The other shot's id. */
  readonly from: string;
  /** Null: the whole clip. */
  readonly at: FrameAt | null;
  readonly path: Path;
}

/** Which frame of a clip; a number is seconds after its beginning. */
export type FrameAt = 'first' | 'last' | number;

/** A file that the storyboard names, as written there, and where. */
export interface ReferenceFile {
  readonly file: string;
  readonly path: Path;
}

/** One editorial unit of the film: what fills its frames, and how it is cut in. */
export type Item = Shot | Footage | Still | Card;

/** What the cut does with an item, whatever it shows. */
export interface Editorial {
  readonly id: string;
  readonly title: string | null;
  /** Null where the storyboard has no scenes. */
  readonly scene: { readonly id: string; readonly title: string | null } | null;
  readonly path: Path;
  readonly trim: Trim;
  /** 2 plays in half the time. */
  readonly speed: number;
  /** The last frame stays for so long. */
  readonly holdSeconds: number;
  /** Of the clip's own sound; null: it is left out. */
  readonly gainDb: number | null;
  /** Its own, and on the first item of a scene that of the scene. */
  readonly voices: readonly Voice[];
  readonly caption: Placed<string> | null;
  readonly lowerThird: LowerThird | null;
  readonly dialogue: readonly Line[];
  readonly transition: Transition;
}

export interface Trim extends Place {
  readonly startSeconds: number;
  /** Null: the clip's end. */
  readonly endSeconds: number | null;
}

/** Footage that was there before. */
export interface Footage extends Editorial {
  readonly kind: 'clip';
  readonly file: ReferenceFile;
}

/** A picture with a slow move. */
export interface Still extends Editorial {
  readonly kind: 'still';
  readonly file: ReferenceFile;
  readonly durationSeconds: number;
  readonly move: Move;
}

export type Move = 'none' | 'zoom-in' | 'zoom-out' | 'pan-left' | 'pan-right' | 'pan-up' | 'pan-down';

/** Text on a plain background. */
export interface Card extends Editorial {
  readonly kind: 'card';
  readonly durationSeconds: number;
  readonly text: CardText;
}

export interface CardText {
  readonly title: string;
  readonly subtitle: string | null;
  readonly style: 'centre' | 'left' | 'small';
  /** Null: whatever is read well on the background. */
  readonly color: Color | null;
  /** Null: that of the cut. */
  readonly background: Color | null;
}

/** What a model renders. */
export interface Shot extends Editorial {
  readonly kind: 'shot';
  readonly model: Placed<string>;
  /** The prompt with the storyboard's style behind it. */
  readonly prompt: Placed<readonly PromptPart[]>;
  /** By first mention in the prompt, then as the shot's `references` lists them. */
  readonly references: readonly Reference[];
  /** True if a mistake in the prompt or the references was reported: some may be missing from the list. */
  readonly incomplete: boolean;
  /** Whose descriptions the prompt tells. */
  readonly described: readonly string[];
  readonly image: Medium | null;
  /** What else the model is to be given, by the API's field names: the shot's, else the defaults'. */
  readonly inputs: ReadonlyMap<string, ShotInput>;
  /** -1 means: draw one. */
  readonly seed: Placed<number>;
  readonly takes: number;
  /** One for each take; null: take n has the shot's seed + n − 1. */
  readonly seeds: readonly number[] | null;
  /** 1 is bought first; null: last. */
  readonly priority: number | null;
  /** Which take the film uses, from 1. */
  readonly pick: number;
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
  /** `cut`, `dissolve`, `fade`, or one of ffmpeg's xfade. */
  readonly type: string;
  /** 0 for a cut. */
  readonly durationSeconds: number;
  /** What a fade goes through. */
  readonly color: Color;
}

interface Place {
  readonly path: Path;
}
