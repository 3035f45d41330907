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
  /** As the script introduces them. */
  readonly description: string | null;
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
