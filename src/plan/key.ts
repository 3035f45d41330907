import { hash } from 'node:crypto';
import { isList, type Json, type Request } from './request.ts';

declare const brand: unique symbol;
/** 64 lower-case hex digits: the digest of a file's bytes. */
export type Sha256 = string & { readonly [brand]: 'sha256' };
/** 64 lower-case hex digits: the digest of a request. */
export type Key = string & { readonly [brand]: 'key' };

// Changing this, or anything below, makes every author's bought clips unreachable: test/plan/key.test.ts
// holds golden vectors against it.
const PREFIX = 'storyreel-request-v1\n';

/** The key of a request: sha256 over a version prefix and the request's canonical JSON. */
export function requestKey(request: Request): Key {
  return hash('sha256', PREFIX + canonicalJson(request as unknown as Json), 'hex') as Key;
}

/**
 * RFC 8785 canonical JSON over NFC-normalised strings. Members sort by UTF-16 code units, which is what
 * JavaScript's own comparison does; numbers print as ECMAScript prints them, which is what the RFC asks.
 * Throws TypeError on NaN, Infinity and lone surrogates: they have no canonical form, and the schema checks
 * keep them out long before.
 */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(normalised(value));
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object': {
      if (value === null) return 'null';
      if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
      return memberText(value);
    }
    default:
      throw new TypeError(`${typeof value} has no canonical form`);
  }
}

/** Members in the order of their normalised names; the default sort compares UTF-16 units, as the RFC asks. */
function memberText(value: { readonly [name: string]: Json }): string {
  const names = new Map(Object.keys(value).map(name => [normalised(name), name]));
  let text = '';
  for (const name of [...names.keys()].sort()) {
    const member = canonicalJson(value[names.get(name) as string] as Json);
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${member}`;
  }
  return `{${text}}`;
}

/** ASCII, which most text is, is in every normal form already, and well-formed. */
function normalised(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form');
  return text.normalize('NFC');
}
