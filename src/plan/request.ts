import type { Sha256 } from './key.ts';

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** `Array.isArray` does not know of lists that are read-only. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Everything that can change the pixels of a clip, and nothing else; its hash is the clip's key.
 * Absent on purpose: the shot's id, titles, order, comments, file paths, prices, hosts and the time. Renaming
 * or moving a shot must not buy it again.
 */
export interface Request {
  readonly provider: string;
  /** Set for local renderers only: another version may draw other pixels. */
  readonly providerVersion: string | null;
  readonly model: string;
  /**
   * The model's own field names, with its defaults filled in, so that spelling out a default changes nothing.
   * Media fields hold digests of the bytes in place of paths and URLs; `seed` is always present.
   */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** One reference file's part in a request. */
export interface MediaUse {
  /** The request's field that it fills: `videos` or `image` for reference-to-video. */
  readonly field: string;
  /** The reference's name in the storyboard; null for a shot's own image. */
  readonly name: string | null;
  readonly description: string | null;
  /** How the prompt calls it: "Video 1". */
  readonly token: string;
  /** As written in the storyboard, relative to it. */
  readonly file: string;
  readonly sha256: Sha256;
}
