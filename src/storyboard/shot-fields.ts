import type { Path } from './parse-yaml.ts';
import type { Defaults, Scene, Shot as WrittenShot } from './written.ts';

/** A value with the place where it stands. */
export interface Field<Name extends keyof Defaults> {
  readonly value: NonNullable<Defaults[Name]>;
  readonly path: Path;
  readonly inherited: boolean;
}

/** A shot as it is written. */
export interface Entry {
  readonly shot: WrittenShot;
  readonly scene: Scene | null;
  readonly path: Path;
}

/** Looks values up: a shot's own, else the default. */
export class ShotFields {
  readonly defaults: Defaults;
  /** Made once: 10,000 shots share them. */
  private readonly inherited: { readonly [Name in keyof Defaults]: Field<Name> };

  constructor(defaults: Defaults) {
    this.defaults = defaults;
    this.inherited = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [
        name,
        { value, path: ['defaults', name], inherited: true },
      ]),
    ) as ShotFields['inherited'];
  }

  find<Name extends keyof Defaults>({ shot, path }: Entry, name: Name): Field<Name> | undefined {
    const own = shot[name];
    if (own !== undefined)
      return { value: own as Field<Name>['value'], path: [...path, name], inherited: false };
    return this.inherited[name];
  }
}
