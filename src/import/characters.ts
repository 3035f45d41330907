import type { DraftCharacter } from './draft.ts';
import { Ids } from './ids.ts';
import { LONGEST_DESCRIPTION } from './limits.ts';
import { flat, plain } from './plain.ts';

/** A name in capitals, and what follows it in brackets, or an age and an apposition after a comma. */
const INTRODUCTION =
  /(?<![\p{L}\p{M}])(\p{Lu}[\p{Lu}\p{M}'’.\- ]{0,60})(?:\(([^()]{1,1000})\)|, ((?:(?:early|mid|late)[ -])?\d{1,3}s?)\b(?:, ((?:an?|the|in|with)\b[^,.;:()]{1,200}))?)/gu;
const AGE = /^((early|mid|late)[ -])?\d{1,3}/i;

type OpenCharacter = { -readonly [Name in keyof DraftCharacter]: DraftCharacter[Name] };

/** The people of a script: who speaks, and whom its action introduces, as in `MIRA (30s, a salt trader)`. */
export class Characters {
  private readonly ids = new Ids();
  private readonly byName = new Map<string, OpenCharacter>();

  /** The character of a cue or a cell; a new one at the first mention. */
  add(name: string): OpenCharacter {
    const key = name.toLowerCase();
    let character = this.byName.get(key);
    if (character === undefined) {
      const id = this.ids.take(name, `character-${this.byName.size + 1}`);
      character = { id, name, description: name, introduction: null };
      this.byName.set(key, character);
    }
    return character;
  }

  /** Looks through a text for introductions; of names that nobody has yet only for those with an age. */
  describe(text: string): void {
    for (const [whole, capitals = '', inBrackets, age, apposition] of text.matchAll(INTRODUCTION)) {
      const looks = flat(inBrackets ?? [age, apposition].filter(Boolean).join(', '));
      const name = flat(capitals);
      const character = this.find(name) ?? (AGE.test(looks) ? this.add(properName(name)) : undefined);
      if (character === undefined || character.introduction !== null || looks === '') continue;
      // In `ENTER MIRA (30s)` the first word is none of the name.
      const skipped = name.toLowerCase().endsWith(` ${character.name.toLowerCase()}`)
        ? name.length - character.name.length
        : 0;
      character.introduction = whole.slice(skipped);
      character.description = `${properName(name.slice(skipped))}, ${looks}`.slice(0, LONGEST_DESCRIPTION);
    }
  }

  list(): DraftCharacter[] {
    return [...this.byName.values()];
  }

  /** `ENTER MIRA SOLEN` may be of Mira Solen, of Mira, or of Solen. */
  private find(capitals: string): OpenCharacter | undefined {
    const words = capitals.toLowerCase().split(' ');
    for (let length = words.length; length > 0; length--) {
      for (const part of [words.slice(0, length), words.slice(-length)]) {
        const known = this.byName.get(part.join(' '));
        if (known !== undefined) return known;
      }
    }
    return undefined;
  }
}

/** `MIRA SOLEN` → `Mira Solen`; a name that is not all in capitals was written with care. */
export function properName(cue: string): string {
  const name = plain(cue);
  if (/\p{Ll}/u.test(name)) return name;
  return name.replace(
    /(\p{L})([\p{L}\p{M}]*)/gu,
    (_, first: string, rest: string) => first + rest.toLowerCase(),
  );
}
