import type { Json } from '../plan/request.ts';
import type { Range } from './diagnostic.ts';
import type { ParsedYaml } from './parse-yaml.ts';
import type { Source } from './source.ts';

/** A file of a storyboard: itself, or one that it includes. */
export interface Part {
  readonly source: Source;
  readonly yaml: ParsedYaml;
  /** A path that this file names, as seen from the storyboard's folder. */
  readonly rebase: (path: string) => string;
  /** In the order of its `include`. A file that several include is one part. */
  readonly includes: readonly Part[];
  /** True if a file that it includes could not be read: names may be missing, and it was reported why. */
  readonly lacking: boolean;
}

/** A stretch of one of a storyboard's files. */
export interface Place {
  readonly file: string;
  readonly range: Range;
}

/** A map of YAML. */
export type Data = { readonly [name: string]: Json };

export function isData(value: Json | undefined): value is Data {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
