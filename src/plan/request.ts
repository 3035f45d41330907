import type { FrameAt } from '../storyboard/storyboard.ts';
import type { Key, Sha256 } from './key.ts';

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

/** One medium's part in a request. */
export interface MediaUse {
  /** The request's field that it fills: `videos` or `image` for reference-to-video. */
  readonly field: string;
  /** The reference's name in the storyboard; null for a shot's own image. */
  readonly name: string | null;
  readonly description: string | null;
  /** How the prompt calls it: "Video 1". */
  readonly token: string;
  readonly source: MediaSource;
}

export type MediaSource = SourceFile | SourceTake;

export interface SourceFile {
  /** As written in the storyboard, relative to it. */
  readonly file: string;
  readonly sha256: Sha256;
}

/** A frame of another shot's picked take, or its whole clip. */
export interface SourceTake {
  readonly shot: string;
  readonly take: number;
  /** Null: the whole clip. */
  readonly at: FrameAt | null;
  /** Of the take: what shapes its pixels shapes these too, whenever and wherever they are rendered. */
  readonly key: Key;
}

/** What stands in a request for a medium: nothing of it says where the medium lies. */
export function contentOf(source: MediaSource): string {
  if ('file' in source) return `sha256:${source.sha256}`;
  return source.at === null ? `clip:${source.key}` : `frame:${source.at}:${source.key}`;
}

/** What media are taken from other shots. */
export function sourceTakes(media: readonly MediaUse[]): SourceTake[] {
  return media.flatMap(({ source }) => ('shot' in source ? [source] : []));
}
