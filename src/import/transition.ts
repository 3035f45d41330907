import type { DraftTransition } from './draft.ts';

/** In the order of their weight: `FADE TO WHITE` is a fade, and white. */
const KINDS: readonly (readonly [RegExp, DraftTransition])[] = [
  [/white/i, { type: 'fade', color: 'white' }],
  [/cross|dissolve/i, { type: 'dissolve' }],
  [/^fade|fade (in|out|to|up|down)/i, { type: 'fade' }],
  [/wipe right/i, { type: 'wiperight' }],
  [/wipe up/i, { type: 'wipeup' }],
  [/wipe down/i, { type: 'wipedown' }],
  [/wipe/i, { type: 'wipeleft' }],
  [/iris (out|close)/i, { type: 'circleclose' }],
  [/iris/i, { type: 'circleopen' }],
];

/** What a script's words for a transition are in a storyboard; null for a cut, and for what is none of ours. */
export function transitionOf(words: string): DraftTransition | null {
  return KINDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** True for words with which a film ends. */
export function isEnding(words: string): boolean {
  return /^fade (out|down|to black)\b/i.test(words.trim());
}

/** What there is to say of a transition into the first shot, which is not from black. */
export function nothingBefore(words: string): string {
  return `there is no shot before this for "${words}"; a film begins with a fade or a cut. It became a comment`;
}

/** True for words that say no more than that the next shot follows. */
export function isPlainCut(words: string): boolean {
  return /^cut( to)?[:.]?$/i.test(words.trim());
}
