import { isList, type Json } from '../plan/request.ts';
import type { Path } from './parse-yaml.ts';

/** Texts by the name that `${name}` calls them by. */
export type Variables = ReadonlyMap<string, string>;

/** A stretch of an expanded text: as it was written, or what a variable stands for. */
interface Piece {
  readonly text: string;
  /** Where it stands in the written text. */
  readonly at: number;
  /** The name, where it is a variable's. */
  readonly name: string | null;
}

/** `$$` before a brace is a dollar sign. */
const MARK = /\$\$(?=\{)|\$\{([^{}\n]*)\}/g;

/** Data with every `${name}` in its texts replaced; what has none is passed on as it is. */
export function expandData(data: Json, variables: Variables): Json {
  if (typeof data === 'string') return data.includes('${') ? expand(data, variables) : data;
  if (data === null || typeof data !== 'object') return data;
  if (isList(data)) {
    const items = data.map(item => expandData(item, variables));
    return items.some((item, index) => item !== data[index]) ? items : data;
  }
  let copy: Record<string, Json> | null = null;
  for (const [name, member] of Object.entries(data)) {
    const expanded = expandData(member, variables);
    if (expanded === member) continue;
    copy ??= { ...data };
    copy[name] = expanded;
  }
  return copy ?? data;
}

/** Plain words as a text that calls no variable. */
export function escapeVariables(words: string): string {
  return words.replaceAll('${', () => '$${'); // in a replacement, $$ is one dollar sign
}

function expand(text: string, variables: Variables): string {
  return pieces(text, variables)
    .map(piece => piece.text)
    .join('');
}

/** A `${name}` that nothing stands for. */
export interface UnknownVariable {
  readonly name: string;
  readonly path: Path;
  /** The number of its brace in the written text. */
  readonly brace: number;
}

export function* unknownVariables(
  data: Json,
  variables: Variables,
  path: Path = [],
): Generator<UnknownVariable> {
  if (typeof data === 'string') {
    for (const { name, at } of data.includes('${') ? pieces(data, variables) : []) {
      if (name !== null && !variables.has(name)) yield { name, path, brace: bracesBefore(data, at) };
    }
  } else if (data !== null && typeof data === 'object') {
    const entries = isList(data) ? data.entries() : Object.entries(data);
    for (const [step, member] of entries) yield* unknownVariables(member, variables, [...path, step]);
  }
}

/**
 * Where the `brace`-th brace of an expanded text comes from: its number in the text as it was written; and the name
 * of the variable that brought it, in the place of which it is told.
 */
export function writtenBrace(
  text: string,
  brace: number,
  variables: Variables,
): { brace: number; name: string | null } {
  let seen = 0;
  for (const piece of pieces(text, variables)) {
    const count = bracesBefore(piece.text, piece.text.length);
    if (seen + count <= brace) {
      seen += count;
      continue;
    }
    const before = bracesBefore(text, piece.at);
    return piece.name === null
      ? { brace: before + brace - seen, name: null }
      : { brace: before, name: piece.name };
  }
  return { brace, name: null };
}

function pieces(text: string, variables: Variables): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(MARK)) {
    found.push({ text: text.slice(at, match.index), at, name: null });
    const [whole, inside] = match;
    const name = inside?.trim();
    if (name === undefined) found.push({ text: '$', at: match.index, name: null });
    else found.push({ text: variables.get(name) ?? whole.replaceAll(/[{}]/g, ''), at: match.index, name });
    at = match.index + whole.length;
  }
  found.push({ text: text.slice(at), at, name: null });
  return found;
}

function bracesBefore(text: string, end: number): number {
  let braces = 0;
  for (let at = text.indexOf('{'); at !== -1 && at < end; at = text.indexOf('{', at + 1)) braces++;
  return braces;
}
