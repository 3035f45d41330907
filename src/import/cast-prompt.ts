import { escapePrompt } from '../storyboard/prompt.ts';
import type { DraftCharacter } from './draft.ts';

const WORD = /[\p{L}\p{M}\p{N}#]+(?:[.'’-][\p{L}\p{M}\p{N}]+)*\.?/gu;
/** Of names: `The Old Man Marley`. */
const MOST_WORDS = 4;

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly id: string;
}

/**
 * Writes prompts in which the first mention of a character is `{name:description}`: what they look like is said in
 * one place, and every shot shows the same. Keeps whom it found.
 */
export class CastPrompts {
  readonly mentioned: Set<string> = new Set();
  private readonly byName: ReadonlyMap<string, DraftCharacter>;

  constructor(characters: readonly DraftCharacter[]) {
    this.byName = new Map(characters.map(character => [character.name.toLowerCase(), character]));
  }

  write(words: string): string {
    let prompt = '';
    let from = 0;
    for (const { start, end, id } of this.mentionsIn(words)) {
      prompt += `${escapePrompt(words.slice(from, start))}{${id}:description}`;
      from = end;
      this.mentioned.add(id);
    }
    return prompt + escapePrompt(words.slice(from));
  }

  private *mentionsIn(words: string): Generator<Stretch> {
    if (this.byName.size === 0) return;
    const tokens = [...words.matchAll(WORD)];
    const seen = new Set<string>();
    for (let at = 0; at < tokens.length; at++) {
      const start = tokens[at]?.index ?? 0;
      // Names are written with a capital: a man is not the Man.
      if (!/^[\p{Lu}\p{Lt}\p{Lo}\p{N}]/u.test(words.slice(start, start + 2))) continue;
      const found = this.nameAt(words, tokens, at);
      if (found === null || seen.has(found.id)) continue;
      seen.add(found.id);
      yield found;
      while ((tokens[at + 1]?.index ?? Number.POSITIVE_INFINITY) < found.end) at++;
    }
  }

  /** The longest name that begins here, with what introduces it. */
  private nameAt(words: string, tokens: readonly RegExpExecArray[], at: number): Stretch | null {
    const start = tokens[at]?.index ?? 0;
    for (let count = Math.min(MOST_WORDS, tokens.length - at); count > 0; count--) {
      const last = tokens[at + count - 1] as RegExpExecArray;
      const whole = words.slice(start, last.index + last[0].length);
      // The full stop may be that of the name, or of the sentence.
      for (const name of [whole, whole.replace(/\.$/, ''), whole.replace(/['’]s\.?$/i, '')]) {
        const character = this.byName.get(name.toLowerCase());
        if (character === undefined) continue;
        const { id, introduction } = character;
        const isIntroduced = introduction !== null && words.startsWith(introduction, start);
        return { start, end: start + (isIntroduced ? introduction : name).length, id };
      }
    }
    return null;
  }
}
