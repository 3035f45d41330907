import type { Path } from './parse-yaml.ts';
import type { Defaults, Scene, Shot as WrittenShot, WrittenStoryboard } from './written.ts';

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

/** Fields that go before those of every shot. */
export interface Profile {
  readonly values: NonNullable<WrittenStoryboard['profiles']>[string];
  readonly path: Path;
}

export const NO_PROFILE: Profile = { values: {}, path: [] };

/** Looks values up: the profile's, else a shot's own, else the default. */
export class ShotFields {
  readonly defaults: Defaults;
  readonly profile: Profile;
  /** Made once: 10,000 shots share them. */
  private readonly imposed: Fields;
  private readonly inherited: Fields;

  constructor(defaults: Defaults, profile: Profile) {
    this.defaults = defaults;
    this.profile = profile;
    this.imposed = fieldsOf(profile.values, profile.path);
    this.inherited = fieldsOf(defaults, ['defaults']);
  }

  find<Name extends keyof Defaults>({ shot, path }: Entry, name: Name): Field<Name> | undefined {
    const imposed = this.imposed[name];
    if (imposed !== undefined) return imposed;
    const own = shot[name];
    if (own !== undefined)
      return { value: own as Field<Name>['value'], path: [...path, name], inherited: false };
    return this.inherited[name];
  }
}

type Fields = { readonly [Name in keyof Defaults]: Field<Name> };

function fieldsOf(values: Defaults, path: Path): Fields {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, path: [...path, name], inherited: true }]),
  ) as Fields;
}
