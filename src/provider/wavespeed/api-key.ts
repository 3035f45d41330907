import { Failure } from '../../failure.ts';

const SHOWN = '[key]';

/** The API key, kept where printing an object does not print it. */
export class ApiKey {
  readonly #text: string;

  /** Throws a Failure, which does not show it, for what cannot be a key. */
  constructor(text: string) {
    const trimmed = text.trim();
    if (!/^[\x21-\x7e]{8,512}$/.test(trimmed)) {
      throw new Failure('key-malformed', 'the WaveSpeed API key is not a key: one word of 8 to 512 letters', {
        hint: 'Copy it again from the WaveSpeed dashboard.',
      });
    }
    this.#text = trimmed;
  }

  /** The Authorization header: for the API's own host alone. */
  authorization(): string {
    return `Bearer ${this.#text}`;
  }

  /** Text from outside without the key: some services repeat a request in their errors. */
  redact(text: string): string {
    return text.replaceAll(this.#text, SHOWN).replaceAll(encodeURIComponent(this.#text), SHOWN);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }
}
