import { nameOf } from './merge-parts.ts';
import type { Path } from './parse-yaml.ts';

/** The places at which mistakes were told, so that what follows from one is not told as another. */
export class Mistakes {
  private readonly places = new Set<string>();
  /** Those places, and all that they are in: 10,000 shots ask. */
  private readonly holders = new Set<string>();

  add(path: Path): void {
    this.places.add(nameOf(path));
    for (let length = path.length; length >= 0; length--) this.holders.add(nameOf(path.slice(0, length)));
  }

  /** Whether just this value is wrong. */
  at(path: Path): boolean {
    return this.places.has(nameOf(path));
  }

  /** Whether this value is wrong, or something in it. */
  under(path: Path): boolean {
    return this.holders.has(nameOf(path));
  }
}
