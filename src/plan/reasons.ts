import type { Sha256 } from './key.ts';
import { contentOf, type Json, type MediaUse, type Request } from './request.ts';

/** A request that was rendered before, with the names that its media had. */
export interface RenderedRequest extends Pick<Request, 'providerVersion' | 'model' | 'inputs'> {
  readonly references: readonly RenderedMedia[];
}

/** A medium as records keep it: the digest of a file, or what else stands in the request. */
export interface RenderedMedia extends Pick<MediaUse, 'field' | 'name' | 'token'> {
  /** Null for what is no file. */
  readonly sha256: Sha256 | null;
  readonly content?: string;
  /** The shot that it was taken from. */
  readonly shot?: string;
}

export function renderedMedia({ field, name, token, source }: MediaUse): RenderedMedia {
  if ('file' in source) return { field, name, token, sha256: source.sha256 };
  return { field, name, token, sha256: null, content: contentOf(source), shot: source.shot };
}

/** What changed between two requests, in the storyboard's words: `prompt`, `seed`, `references.mira` … */
export function changes(before: RenderedRequest, now: RenderedRequest): string[] {
  const reasons: string[] = [];
  if (before.model !== now.model) reasons.push('model');
  const mediaFields = new Set([...before.references, ...now.references].map(({ field }) => field));
  const fields = [...new Set([...Object.keys(now.inputs), ...Object.keys(before.inputs)])];
  for (const field of fields) {
    if (!mediaFields.has(field) && !same(before.inputs[field], now.inputs[field])) reasons.push(field);
  }
  reasons.push(...mediaChanges(before, now));
  if (before.providerVersion !== now.providerVersion) reasons.push('provider');
  return reasons;
}

/** `prompt, mira, negative prompt`. */
export function changesInWords(changed: readonly string[]): string {
  return changed.map(name => name.replace(/^(references|shots)\./, '').replaceAll('_', ' ')).join(', ');
}

function mediaChanges(before: RenderedRequest, now: RenderedRequest): string[] {
  const old = digestsByName(before);
  const current = digestsByName(now);
  const names = [...new Set([...current.keys(), ...old.keys()])];
  const changed = names.filter(name => !same(old.get(name) ?? [], current.get(name) ?? []));
  if (changed.length > 0) return changed;
  const orderChanged = !same(before.references.map(identityOf), now.references.map(identityOf));
  return orderChanged ? ['references'] : [];
}

function digestsByName(request: RenderedRequest): Map<string, string[]> {
  const digests = new Map<string, string[]>();
  for (const medium of request.references) {
    const { name, field, shot } = medium;
    const key = shot !== undefined ? `shots.${shot}` : name === null ? field : `references.${name}`;
    digests.set(key, [...(digests.get(key) ?? []), identityOf(medium)]);
  }
  return digests;
}

function identityOf({ sha256, content }: RenderedMedia): string {
  return content ?? `sha256:${sha256}`;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
