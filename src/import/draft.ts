import type { Ids } from './ids.ts';

/** A storyboard as an import drafts it. Texts are plain: braces and dollar signs are themselves. */
export interface Draft {
  readonly title: string | null;
  /** For the top of the file. */
  readonly comments: readonly string[];
  readonly characters: readonly DraftCharacter[];
  readonly scenes: readonly DraftScene[];
  /** The script ends with a fade. */
  readonly fadesOut: boolean;
  /** What follows the last shot. */
  readonly ending: readonly string[];
}

export interface DraftCharacter {
  readonly id: string;
  readonly name: string;
  /** What they look like, the name first, as the script introduces them; else no more than the name. */
  readonly description: string;
  /** The words of the script that say so. */
  readonly introduction: string | null;
}

export interface DraftScene {
  /** Null for shots that belong to no scene. */
  readonly id: string | null;
  readonly title: string | null;
  readonly comments: readonly string[];
  readonly shots: readonly DraftShot[];
}

export interface DraftShot {
  readonly id: string;
  readonly comments: readonly string[];
  readonly title?: string;
  readonly prompt?: string;
  /** A title card in the place of a prompt. */
  readonly card?: string;
  readonly dialogue?: readonly DraftLine[];
  readonly transition?: DraftTransition;
  /** Fields whose values need no care: numbers, names, lists of ids. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface DraftLine {
  readonly text: string;
  readonly speaker: string | null;
  /** How it is said. */
  readonly comments: readonly string[];
}

export interface DraftTransition {
  readonly type: string;
  readonly color?: string;
}

/** What comes before the first scene is a scene, too, where there are others. */
export function nameOpening(scenes: readonly DraftScene[], ids: Ids): DraftScene[] {
  const whole = scenes.filter(({ shots }) => shots.length > 0);
  const [first] = whole;
  if (first === undefined || first.id !== null || whole.length === 1) return whole;
  return [{ ...first, id: ids.take('opening', 'opening') }, ...whole.slice(1)];
}
