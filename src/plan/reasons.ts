import type { Json, MediaUse, Request } from './request.ts';

/** A request that was rendered before, with the names that its media had. */
export interface RenderedRequest extends Pick<Request, 'providerVersion' | 'model' | 'inputs'> {
  readonly references: readonly Pick<MediaUse, 'field' | 'name' | 'sha256'>[];
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
  return changed.map(name => name.replace(/^references\./, '').replaceAll('_', ' ')).join(', ');
}

function mediaChanges(before: RenderedRequest, now: RenderedRequest): string[] {
  const old = digestsByName(before);
  const current = digestsByName(now);
  const names = [...new Set([...current.keys(), ...old.keys()])];
  const changed = names.filter(name => !same(old.get(name) ?? [], current.get(name) ?? []));
  if (changed.length > 0) return changed;
  const orderChanged = !same(
    before.references.map(({ sha256 }) => sha256),
    now.references.map(({ sha256 }) => sha256),
  );
  return orderChanged ? ['references'] : [];
}

function digestsByName(request: RenderedRequest): Map<string, string[]> {
  const digests = new Map<string, string[]>();
  for (const { name, field, sha256 } of request.references) {
    const key = name === null ? field : `references.${name}`;
    digests.set(key, [...(digests.get(key) ?? []), sha256]);
  }
  return digests;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
