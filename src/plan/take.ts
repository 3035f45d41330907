import type { Price } from '../model/price.ts';
import type { Key } from './key.ts';
import type { MediaUse, Request, SourceFile } from './request.ts';

/** What a viewer reads on a drawn clip. Not part of the request: a new title must not buy a shot again. */
export interface Labels {
  readonly film: string;
  /** Title of the scene, else its id; null where the storyboard has no scenes. */
  readonly scene: string | null;
  readonly shot: string;
  readonly take: number;
  readonly takes: number;
  /** The prompt with reference names in place of the model's tokens. */
  readonly prompt: string;
  /** The author's own, where something of this needs them: other fonts draw another picture. */
  readonly fonts?: readonly SourceFile[];
}

/** What a model delivers. */
export interface ClipFormat {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly fps: number;
}

/** One generation of a shot, worked out as far as the storyboard and the references' bytes allow. */
export interface DraftTake {
  /** The storyboard's file as the author named it. */
  readonly storyboard: string;
  readonly scene: string | null;
  readonly shot: string;
  /** From 1. */
  readonly take: number;
  readonly picked: boolean;
  /** 1 is bought first where there is not enough money for all; null: last. */
  readonly priority: number | null;
  readonly request: Request;
  readonly key: Key;
  readonly media: readonly MediaUse[];
  /** 0 if it takes nothing from other shots, else one more than the deepest of those. */
  readonly depth: number;
  /** True if a seed is still to be drawn, its own or that of a shot before it: its key is not its last one. */
  readonly open: boolean;
  readonly labels: Labels;
  readonly format: ClipFormat;
  readonly price: Price;
}

/** A shot among those of all storyboards of a run. */
export function shotName({ storyboard, shot }: Pick<DraftTake, 'storyboard' | 'shot'>): string {
  return `${storyboard}\0${shot}`;
}

/** Whether a text has more in it than the built-in font is known to write. */
export function isUnusual(text: string): boolean {
  return /[^\n\u0020-\u024f]/.test(text);
}
