import type { DraftLine } from './draft.ts';

/** What the storyboard's schema allows, or less where less is better to read. */
export const LONGEST_TITLE = 200;
export const LONGEST_PROMPT = 2000;
export const LONGEST_LINE = 160;
export const MOST_LINES = 100;
export const LONGEST_SPEAKER = 80;
export const LONGEST_DESCRIPTION = 1000;

/** Of the model that an import names: how long its clips can be, and are if nothing is said. */
export const SHOT_SECONDS = { shortest: 2, usual: 5, longest: 15 } as const;

/** As subtitles are shown: letters that a viewer reads in a second, and the shortest time for one. */
const LETTERS_PER_SECOND = 17;

/** How long a line stands, which is about how long it takes to say. */
export function secondsOf({ text, speaker }: Pick<DraftLine, 'text' | 'speaker'>): number {
  const letters = text.length + (speaker === null ? 0 : speaker.length + 2);
  return Math.max(1, letters / LETTERS_PER_SECOND);
}
