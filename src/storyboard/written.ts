/* Made from schemas/storyboard.schema.json by `npm run generate`: the storyboard as an author writes it. */
import type {Json} from '../plan/request.ts';

/**
 * A file, relative to the storyboard, inside the project.
 */
export type Path = string;
/**
 * The model that renders the shot; `storyreel models` lists them. Wan 2.7 reference-to-video if absent.
 */
export type Model = string;
/**
 * The size class of the clip, as the model names it. The model's own if absent.
 */
export type Resolution = string;
/**
 * The shape of the picture, as the model names it. The model's own if absent.
 */
export type AspectRatio = string;
/**
 * What the picture is to be kept free of.
 */
export type NegativePrompt = string;
/**
 * Lets the service rewrite the prompt before it renders.
 */
export type EnablePromptExpansion = boolean;
/**
 * Anything else that the model takes, by the API's own field names; checked against the model's schema.
 */
export type Inputs = Record<string, Json>;
/**
 * The number from which the model draws its chance. Take n is rendered with seed + n − 1. `-1` draws one, once, and pins it in the lock file. 0 if absent.
 */
export type Seed = number;
/**
 * A still image for this shot alone: a file, or a frame of another shot.
 */
export type Frame =
  | string
  | {
      /**
       * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
       */
      from: string;
      /**
       * Which frame: `first`, `last`, or the one at so many seconds. `last` if absent.
       */
      at?: string | number;
    };
/**
 * A video: a file (MP4 or MOV); or the clip of another shot's picked take, which is then rendered first.
 */
export type Footage =
  | string
  | {
      /**
       * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
       */
      from: string;
    };
/**
 * A still image. A shot takes one image at most: its own, the one that its prompt names with `{name.image}`, or that of the one reference that brings one.
 */
export type Frame1 =
  | string
  | {
      /**
       * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
       */
      from: string;
      /**
       * Which frame: `first`, `last`, or the one at so many seconds. `last` if absent.
       */
      at?: string | number;
    };
/**
 * A slate and a countdown before the film, for editors and projectionists. The picture then begins at 01:00:00:00.
 */
export type Leader =
  | {
      /**
       * Seconds that the slate stands; 0 for none. 5 if absent.
       */
      slate?: number;
      /**
       * The number from which it counts down, one a second; 2 is one frame and a beep, and the picture begins two seconds later. 0 for none.
       */
      countdown?: 0 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
      /**
       * What else the slate says, a line each.
       */
      lines?: {
        [k: string]: string;
      };
    }
  | boolean;
/**
 * A slate and a countdown before it: as in the cut. False leaves it out.
 */
export type Leader1 =
  | {
      /**
       * Seconds that the slate stands; 0 for none. 5 if absent.
       */
      slate?: number;
      /**
       * The number from which it counts down, one a second; 2 is one frame and a beep, and the picture begins two seconds later. 0 for none.
       */
      countdown?: 0 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
      /**
       * What else the slate says, a line each.
       */
      lines?: {
        [k: string]: string;
      };
    }
  | boolean;
/**
 * A still image for this shot alone: a file, or a frame of another shot.
 */
export type Frame2 =
  | string
  | {
      /**
       * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
       */
      from: string;
      /**
       * Which frame: `first`, `last`, or the one at so many seconds. `last` if absent.
       */
      at?: string | number;
    };
/**
 * Seconds of the clip, within what the model can do; of a `still` or a `card`, at most 3600: 5 and 3 if absent, whatever `defaults` say.
 */
export type Duration = number;

/**
 * A film as a list of shots that share references. storyreel checks it, prices it, renders the takes that are missing and cuts them together.
 */
export interface WrittenStoryboard {
  /**
   * The version of this format.
   */
  version: 1;
  /**
   * The film's name, as people read it. The file's name if absent.
   */
  title?: string;
  /**
   * Where the clips come from: `animatic` draws them on this machine, free of charge; `wavespeed` buys them. `--provider` overrides it.
   */
  provider?: 'animatic' | 'wavespeed';
  /**
   * Files with characters, props, locations, defaults, style, fonts and variables that this storyboard shares with others; relative to this file, inside the project. Paths inside an included file are relative to that file. What a storyboard says itself goes before what it includes.
   */
  include?: Path[];
  variables?: Variables;
  /**
   * Ways to render the same storyboard, by name: a cheap draft, the final film. `--profile draft` puts the fields of one before those of every shot; clips, films and locks of different profiles live side by side.
   */
  profiles?: {
    [k: string]: Profile;
  };
  seed?: Seed;
  /**
   * US dollars that this storyboard may ever cost, over all its renders.
   */
  budget?: number;
  /**
   * Added after the prompt of every shot.
   */
  style?: string;
  defaults?: Defaults;
  characters?: References;
  props?: References1;
  locations?: References2;
  cut?: Cut;
  /**
   * Font files (TTF, OTF or WOFF) for scripts that the built-in font does not have; it has Latin, Greek, Cyrillic and Vietnamese.
   */
  fonts?: Path[];
  subtitles?: Subtitles;
  /**
   * Other outputs of the same cut, by name: each becomes a file beside the film.
   */
  deliverables?: {
    [k: string]: Deliverable;
  };
  audio?: Audio;
  /**
   * The scenes in the order of the film. A storyboard has either `scenes` or `shots`.
   */
  scenes?: Scene[];
  /**
   * The shots in the order of the film, where it needs no scenes.
   */
  shots?: Shot[];
}
/**
 * Texts by name. `${name}` in any text of the storyboard stands for one of them, and `$$` before a brace for a dollar sign; `--set name=value` gives it another value for one run.
 */
export interface Variables {
  [k: string]: string | number;
}
/**
 * What a profile says of every shot: it goes before the shot's own fields.
 */
export interface Profile {
  model?: Model;
  resolution?: Resolution;
  aspect_ratio?: AspectRatio;
  /**
   * Seconds of the clip, within what the model can do.
   */
  duration?: number;
  negative_prompt?: NegativePrompt;
  enable_prompt_expansion?: EnablePromptExpansion;
  inputs?: Inputs;
}
/**
 * Values for every shot that has none of its own: of the fields that shots may share, which are most of a shot's. A `duration` is that of shots that are rendered: what else fills the film has its own length.
 */
export interface Defaults {
  /**
   * The shot as people read it. Its id if absent.
   */
  title?: string;
  /**
   * What happens in the shot. `{name}` stands for a reference, `{name.image}` for its image alone, `{name:description}` for its description; `{{` is a literal brace.
   */
  prompt?: string;
  /**
   * How the view of a `still` moves, slowly. With any but `none` the still fills the frame, whatever `fit` says: it is cut to the shape of the frame, and the view moves within what is left. `zoom-in` if absent.
   */
  move?: 'none' | 'zoom-in' | 'zoom-out' | 'pan-left' | 'pan-right' | 'pan-up' | 'pan-down';
  /**
   * References that the shot uses beside those that its prompt names, in the order in which the model is to see them; or a map of stand-ins: `{ mira: mira-winter }` shows mira-winter wherever the shot says mira.
   */
  references?:
    | string[]
    | {
        /**
         * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
         */
        [k: string]: string;
      };
  image?: Frame;
  model?: Model;
  resolution?: Resolution;
  aspect_ratio?: AspectRatio;
  /**
   * Seconds of the clip, within what the model can do.
   */
  duration?: number;
  negative_prompt?: NegativePrompt;
  enable_prompt_expansion?: EnablePromptExpansion;
  seed?: Seed;
  inputs?: Inputs;
  /**
   * How many takes to render, each with the next seed; or the seeds themselves. 1 if absent.
   */
  takes?:
    | number
    | {
        /**
         * One take for each, in this order.
         */
        seeds: number[];
      };
  /**
   * Which take the film uses, counted from 1. The first if absent.
   */
  pick?: number;
  /**
   * How soon the shot is bought when there is not enough money for all: 1 goes first. Shots without one come last.
   */
  priority?: number;
  trim?: Trim;
  /**
   * How fast the clip plays: 2 takes half the time, 0.5 twice as long. Its sound keeps its pitch. 1 if absent.
   */
  speed?: number;
  /**
   * Seconds for which the last frame stays, without sound, after the clip has ended.
   */
  hold?: number;
  /**
   * Decibels that the sound of the clip is made louder, or softer with a minus sign. 0 if absent.
   */
  gain?: number;
  /**
   * Leaves the sound of the clip out.
   */
  mute?: boolean;
  transition?: Transition;
}
/**
 * The part of the clip that the film uses, in seconds of the clip.
 */
export interface Trim {
  /**
   * Where it begins. 0 if absent.
   */
  start?: number;
  /**
   * Where it ends. The clip's end if absent.
   */
  end?: number;
}
/**
 * How the film goes from the shot before into this one.
 */
export interface Transition {
  /**
   * `cut` joins the shots directly. `dissolve` blends the end of one with the start of the next, which shortens the film by its length. `fade` goes through black, or another `color`: half of its length out, half in; on the first shot it comes from there. The others are those of ffmpeg's xfade, and shorten the film like a dissolve: wipes, slides, circles, slices. The winds, covers and reveals need ffmpeg 7: the cut tells where it is older, and `check` does not.
   */
  type:
    | 'cut'
    | 'dissolve'
    | 'fade'
    | 'wipeleft'
    | 'wiperight'
    | 'wipeup'
    | 'wipedown'
    | 'wipetl'
    | 'wipetr'
    | 'wipebl'
    | 'wipebr'
    | 'slideleft'
    | 'slideright'
    | 'slideup'
    | 'slidedown'
    | 'smoothleft'
    | 'smoothright'
    | 'smoothup'
    | 'smoothdown'
    | 'circleopen'
    | 'circleclose'
    | 'circlecrop'
    | 'rectcrop'
    | 'vertopen'
    | 'vertclose'
    | 'horzopen'
    | 'horzclose'
    | 'diagtl'
    | 'diagtr'
    | 'diagbl'
    | 'diagbr'
    | 'hlslice'
    | 'hrslice'
    | 'vuslice'
    | 'vdslice'
    | 'radial'
    | 'distance'
    | 'pixelize'
    | 'hblur'
    | 'fadegrays'
    | 'squeezeh'
    | 'squeezev'
    | 'zoomin'
    | 'fadeblack'
    | 'fadewhite'
    | 'fadefast'
    | 'fadeslow'
    | 'hlwind'
    | 'hrwind'
    | 'vuwind'
    | 'vdwind'
    | 'coverleft'
    | 'coverright'
    | 'coverup'
    | 'coverdown'
    | 'revealleft'
    | 'revealright'
    | 'revealup'
    | 'revealdown';
  /**
   * Seconds. 0.5 if absent; a cut has none.
   */
  duration?: number;
  /**
   * What a `fade` goes through: black if absent.
   */
  color?: string;
}
/**
 * The people and creatures of the film, by name. Characters, props and locations share one set of names.
 */
export interface References {
  [k: string]: Reference;
}
/**
 * What a character, prop or location looks like: footage, a still image, or both; or a description alone, for `{name:description}`.
 */
export interface Reference {
  /**
   * One line about it, for the people who read the storyboard; `{name:description}` puts it into a prompt.
   */
  description?: string;
  /**
   * Reference videos (MP4 or MOV): files, or https addresses. In a prompt, `{name}` becomes their places in the request: "Video 1 and Video 2".
   */
  videos?: Footage[];
  image?: Frame1;
}
/**
 * Things that must look the same wherever they appear, by name.
 */
export interface References1 {
  [k: string]: Reference;
}
/**
 * Places that must look the same wherever they appear, by name.
 */
export interface References2 {
  [k: string]: Reference;
}
/**
 * How the clips become a film.
 */
export interface Cut {
  /**
   * Width and height of the film in pixels, both even. If absent, the size that most of the film has, footage as well as rendered shots; 1280x720 if it is of cards and stills alone.
   */
  size?: string;
  /**
   * Frames per second of the film. 23.976, 29.97 and so on mean the exact fractions 24000/1001, 30000/1001.
   */
  fps?: 23.976 | 24 | 25 | 29.97 | 30 | 50 | 60;
  /**
   * What becomes of clips of another shape: `contain` shows all of them between bars, `cover` fills the frame and cuts off what stands out, `blur` shows all of them before a blurred copy. A still that moves always fills the frame.
   */
  fit?: 'contain' | 'cover' | 'blur';
  /**
   * The colour of bars, and of what is behind a card. Black if absent.
   */
  background?: string;
  transition?: Transition1;
  /**
   * Seconds in which the film comes up from black. Counts for nothing where the first shot has a `fade` of its own as its transition.
   */
  fade_in?: number;
  /**
   * Seconds in which the film goes down to black at its end.
   */
  fade_out?: number;
  watermark?: Watermark;
  leader?: Leader;
  /**
   * Writes each shot's name and take, and the running timecode, into the picture: for dailies.
   */
  burn_in?: boolean;
}
/**
 * The transition into every shot that names none of its own.
 */
export interface Transition1 {
  /**
   * `cut` joins the shots directly. `dissolve` blends the end of one with the start of the next, which shortens the film by its length. `fade` goes through black, or another `color`: half of its length out, half in; on the first shot it comes from there. The others are those of ffmpeg's xfade, and shorten the film like a dissolve: wipes, slides, circles, slices. The winds, covers and reveals need ffmpeg 7: the cut tells where it is older, and `check` does not.
   */
  type:
    | 'cut'
    | 'dissolve'
    | 'fade'
    | 'wipeleft'
    | 'wiperight'
    | 'wipeup'
    | 'wipedown'
    | 'wipetl'
    | 'wipetr'
    | 'wipebl'
    | 'wipebr'
    | 'slideleft'
    | 'slideright'
    | 'slideup'
    | 'slidedown'
    | 'smoothleft'
    | 'smoothright'
    | 'smoothup'
    | 'smoothdown'
    | 'circleopen'
    | 'circleclose'
    | 'circlecrop'
    | 'rectcrop'
    | 'vertopen'
    | 'vertclose'
    | 'horzopen'
    | 'horzclose'
    | 'diagtl'
    | 'diagtr'
    | 'diagbl'
    | 'diagbr'
    | 'hlslice'
    | 'hrslice'
    | 'vuslice'
    | 'vdslice'
    | 'radial'
    | 'distance'
    | 'pixelize'
    | 'hblur'
    | 'fadegrays'
    | 'squeezeh'
    | 'squeezev'
    | 'zoomin'
    | 'fadeblack'
    | 'fadewhite'
    | 'fadefast'
    | 'fadeslow'
    | 'hlwind'
    | 'hrwind'
    | 'vuwind'
    | 'vdwind'
    | 'coverleft'
    | 'coverright'
    | 'coverup'
    | 'coverdown'
    | 'revealleft'
    | 'revealright'
    | 'revealup'
    | 'revealdown';
  /**
   * Seconds. 0.5 if absent; a cut has none.
   */
  duration?: number;
  /**
   * What a `fade` goes through: black if absent.
   */
  color?: string;
}
/**
 * A text or a picture over the whole film.
 */
export interface Watermark {
  /**
   * What is written.
   */
  text?: string;
  /**
   * A file, relative to the storyboard, inside the project.
   */
  image?: string;
  /**
   * The corner, or the middle.
   */
  position?: 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | 'centre';
  /**
   * From 0, which is not seen, to 1. 0.5 if absent.
   */
  opacity?: number;
}
/**
 * How the dialogue of the shots becomes subtitles. They are always written beside the film, as SRT and WebVTT.
 */
export interface Subtitles {
  /**
   * Also puts them into the film and its deliverables, as a track that viewers switch on; not into the .mov of `prores` and `dnxhr`, which have theirs beside them.
   */
  track?: boolean;
  /**
   * Three letters of ISO 639-2. `und` if absent.
   */
  language?: string;
}
/**
 * Another output of the same cut. What it does not say is as in the film itself.
 */
export interface Deliverable {
  /**
   * Width and height in pixels, both even.
   */
  size?: string;
  /**
   * What becomes of clips of another shape: as in the cut.
   */
  fit?: 'contain' | 'cover' | 'blur';
  /**
   * The colour of bars: as in the cut.
   */
  background?: string;
  /**
   * `h264` for viewers, in MP4. `prores` (422) and `dnxhr` for editors, in MOV, with timecode and uncompressed sound.
   */
  codec?: 'h264' | 'prores' | 'dnxhr';
  /**
   * Of `h264`: `high` for archives, `normal` as the film itself, `small` for messages. For editors, `small` is a proxy (ProRes 422 Proxy, DNxHR LB), and all others are HQ.
   */
  quality?: 'high' | 'normal' | 'small';
  /**
   * How loud it is to be: as in the film's `audio`.
   */
  loudness?: string | number;
  leader?: Leader1;
  /**
   * Names, takes and timecode in the picture: as in the cut.
   */
  burn_in?: boolean;
  /**
   * Whether it has the watermark of the cut; false leaves it out.
   */
  watermark?: boolean;
}
/**
 * The sound of the film, beside that of its clips.
 */
export interface Audio {
  music?: Music;
  /**
   * How loud the whole film is to be: `youtube` and `spotify` are −14 LUFS, `apple` −16, `r128` (European television) −23; or a number of LUFS. The mix is left as it is if absent.
   */
  loudness?: string | number;
}
/**
 * Music under the whole film.
 */
export interface Music {
  /**
   * A file, relative to the storyboard, inside the project.
   */
  file: string;
  /**
   * Decibels that it is made louder, or softer with a minus sign. 0 if absent.
   */
  gain?: number;
  /**
   * Seconds of the file that are left out at its beginning. 0 if absent.
   */
  start?: number;
  /**
   * Seconds in which it comes up.
   */
  fade_in?: number;
  /**
   * Seconds in which it goes down, at the end of the film or of the music, whichever is first.
   */
  fade_out?: number;
  /**
   * Begins again where the file is shorter than the film.
   */
  loop?: boolean;
  /**
   * Goes down while a `voice` speaks.
   */
  duck?: boolean;
}
/**
 * Shots that belong together.
 */
export interface Scene {
  /**
   * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
   */
  id: string;
  /**
   * The scene as people read it.
   */
  title?: string;
  voice?: Voice;
  /**
   * The shots of the scene, in order.
   */
  shots: Shot[];
}
/**
 * Speech from the beginning of the scene on.
 */
export interface Voice {
  /**
   * A file, relative to the storyboard, inside the project.
   */
  file: string;
  /**
   * Seconds after the beginning of the shot or scene at which it starts. 0 if absent.
   */
  offset?: number;
  /**
   * Decibels that it is made louder, or softer with a minus sign. 0 if absent.
   */
  gain?: number;
}
/**
 * One editorial unit of the film: rendered from a `prompt`; or a `clip`, a `still` or a `card`.
 */
export interface Shot {
  /**
   * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
   */
  id: string;
  /**
   * The shot as people read it. Its id if absent.
   */
  title?: string;
  /**
   * What happens in the shot. `{name}` stands for a reference, `{name.image}` for its image alone, `{name:description}` for its description; `{{` is a literal brace.
   */
  prompt?: string;
  /**
   * A file, relative to the storyboard, inside the project.
   */
  clip?: string;
  /**
   * A file, relative to the storyboard, inside the project.
   */
  still?: string;
  /**
   * How the view of a `still` moves, slowly. With any but `none` the still fills the frame, whatever `fit` says: it is cut to the shape of the frame, and the view moves within what is left. `zoom-in` if absent.
   */
  move?: 'none' | 'zoom-in' | 'zoom-out' | 'pan-left' | 'pan-right' | 'pan-up' | 'pan-down';
  card?: Card;
  /**
   * References that the shot uses beside those that its prompt names, in the order in which the model is to see them; or a map of stand-ins: `{ mira: mira-winter }` shows mira-winter wherever the shot says mira.
   */
  references?:
    | string[]
    | {
        /**
         * Lower-case letters, digits, `-` and `_`; starts with a letter or digit; at most 64 characters.
         */
        [k: string]: string;
      };
  image?: Frame2;
  /**
   * Videos for this shot alone, after those of its references. In its prompt, `{arrival}` names the clip of the shot arrival.
   */
  videos?: Footage[];
  model?: Model;
  resolution?: Resolution;
  aspect_ratio?: AspectRatio;
  duration?: Duration;
  negative_prompt?: NegativePrompt;
  enable_prompt_expansion?: EnablePromptExpansion;
  seed?: Seed;
  inputs?: Inputs;
  /**
   * How many takes to render, each with the next seed; or the seeds themselves. 1 if absent.
   */
  takes?:
    | number
    | {
        /**
         * One take for each, in this order.
         */
        seeds: number[];
      };
  /**
   * Which take the film uses, counted from 1. The first if absent.
   */
  pick?: number;
  /**
   * How soon the shot is bought when there is not enough money for all: 1 goes first. Shots without one come last.
   */
  priority?: number;
  trim?: Trim1;
  /**
   * How fast the clip plays: 2 takes half the time, 0.5 twice as long. Its sound keeps its pitch. 1 if absent.
   */
  speed?: number;
  /**
   * Seconds for which the last frame stays, without sound, after the clip has ended.
   */
  hold?: number;
  /**
   * Decibels that the sound of the clip is made louder, or softer with a minus sign. 0 if absent.
   */
  gain?: number;
  /**
   * Leaves the sound of the clip out.
   */
  mute?: boolean;
  voice?: Voice1;
  /**
   * Text at the foot of the picture, for the whole shot.
   */
  caption?: string;
  lower_third?: LowerThird;
  /**
   * What is said in the shot: text, or a list of lines. It becomes the film's subtitles.
   */
  dialogue?: string | Line[];
  transition?: Transition2;
}
/**
 * A title card, drawn on the film's background for `duration` seconds.
 */
export interface Card {
  /**
   * The large line; it wraps where it is long.
   */
  title: string;
  /**
   * The smaller line below it.
   */
  subtitle?: string;
  /**
   * `centre` for titles, `left` for chapters, `small` for credits.
   */
  style?: 'centre' | 'left' | 'small';
  /**
   * The colour of the text; white, or black on a light background, if absent.
   */
  color?: string;
  /**
   * The colour behind it; that of the cut if absent.
   */
  background?: string;
}
/**
 * The part of the clip that the film uses, in seconds of the clip.
 */
export interface Trim1 {
  /**
   * Where it begins. 0 if absent.
   */
  start?: number;
  /**
   * Where it ends. The clip's end if absent.
   */
  end?: number;
}
/**
 * Speech over the shot; it may go on into the next ones.
 */
export interface Voice1 {
  /**
   * A file, relative to the storyboard, inside the project.
   */
  file: string;
  /**
   * Seconds after the beginning of the shot or scene at which it starts. 0 if absent.
   */
  offset?: number;
  /**
   * Decibels that it is made louder, or softer with a minus sign. 0 if absent.
   */
  gain?: number;
}
/**
 * A name or a place, low on the left of the picture, for the first seconds of the shot.
 */
export interface LowerThird {
  /**
   * The upper line.
   */
  title: string;
  /**
   * The lower line.
   */
  subtitle?: string;
  /**
   * Seconds after the beginning of the shot at which it comes. 0.5 if absent.
   */
  start?: number;
  /**
   * Seconds for which it stays, or to the end of the shot. 4 if absent.
   */
  duration?: number;
}
/**
 * Something that is said.
 */
export interface Line {
  /**
   * The words.
   */
  text: string;
  /**
   * Who says it; written before the words.
   */
  speaker?: string;
  /**
   * Seconds after the beginning of the shot. After the line before if absent.
   */
  start?: number;
  /**
   * Seconds after the beginning of the shot. If absent, the last line of a shot, or its only one, stays to the end of the shot, and another as long as it takes to read.
   */
  end?: number;
}
/**
 * How the film goes from the shot before into this one.
 */
export interface Transition2 {
  /**
   * `cut` joins the shots directly. `dissolve` blends the end of one with the start of the next, which shortens the film by its length. `fade` goes through black, or another `color`: half of its length out, half in; on the first shot it comes from there. The others are those of ffmpeg's xfade, and shorten the film like a dissolve: wipes, slides, circles, slices. The winds, covers and reveals need ffmpeg 7: the cut tells where it is older, and `check` does not.
   */
  type:
    | 'cut'
    | 'dissolve'
    | 'fade'
    | 'wipeleft'
    | 'wiperight'
    | 'wipeup'
    | 'wipedown'
    | 'wipetl'
    | 'wipetr'
    | 'wipebl'
    | 'wipebr'
    | 'slideleft'
    | 'slideright'
    | 'slideup'
    | 'slidedown'
    | 'smoothleft'
    | 'smoothright'
    | 'smoothup'
    | 'smoothdown'
    | 'circleopen'
    | 'circleclose'
    | 'circlecrop'
    | 'rectcrop'
    | 'vertopen'
    | 'vertclose'
    | 'horzopen'
    | 'horzclose'
    | 'diagtl'
    | 'diagtr'
    | 'diagbl'
    | 'diagbr'
    | 'hlslice'
    | 'hrslice'
    | 'vuslice'
    | 'vdslice'
    | 'radial'
    | 'distance'
    | 'pixelize'
    | 'hblur'
    | 'fadegrays'
    | 'squeezeh'
    | 'squeezev'
    | 'zoomin'
    | 'fadeblack'
    | 'fadewhite'
    | 'fadefast'
    | 'fadeslow'
    | 'hlwind'
    | 'hrwind'
    | 'vuwind'
    | 'vdwind'
    | 'coverleft'
    | 'coverright'
    | 'coverup'
    | 'coverdown'
    | 'revealleft'
    | 'revealright'
    | 'revealup'
    | 'revealdown';
  /**
   * Seconds. 0.5 if absent; a cut has none.
   */
  duration?: number;
  /**
   * What a `fade` goes through: black if absent.
   */
  color?: string;
}
