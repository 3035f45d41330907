import { createHash } from 'node:crypto';
import type { Variables } from '../storyboard/variables.ts';

/** What storyboards are read with, beside their files: it makes one version of each. */
export interface ReadOptions {
  /** One of the storyboards' profiles: its fields go before those of every shot. */
  readonly profile?: string | undefined;
  /** Values of this run for variables of the storyboards, by name. */
  readonly variables?: Variables | undefined;
}

/**
 * The version's name, such as `draft` or `draft+lang=de`; empty for the storyboard as it is written. Films, lock
 * files and histories carry it, so that versions live side by side.
 */
export function versionName({ profile, variables = new Map() }: ReadOptions): string {
  const set = [...variables]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}=${shorten(text)}`);
  return [...(profile === undefined ? [] : [profile]), ...set].join('+');
}

/** As a part of a file's name; a text that does not fit into one keeps a digest, so that no two are the same. */
function shorten(text: string): string {
  if (/^[a-z0-9_-]{1,24}$/.test(text)) return text;
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .slice(0, 20)
    .replaceAll(/^-+|-+$/g, '');
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return slug === '' ? digest : `${slug}-${digest}`;
}
