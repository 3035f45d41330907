import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { ErrorCode } from '../explanations/explanations.ts';
import type { Json } from '../plan/request.ts';
import type { Diagnostic, Range } from './diagnostic.ts';
import { findDeepNesting } from './nesting.ts';
import type { Source } from './source.ts';

/** Where a value stands in the data: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** A storyboard's text as plain data, with the way back from a place in the data to the place in the text. */
export interface ParsedYaml {
  /** Undefined if the text is no YAML at all. */
  readonly data: Json | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Where the value at `path` stands, or the nearest value around it. Follows aliases. */
  readonly locate: (path: Path, part?: 'key' | 'value') => Range;
}

/** 16 MB hold a storyboard of 80,000 shots; beyond it somebody is testing us. */
export const MAX_BYTES: number = 16 * 1024 * 1024;
/** Values that aliases may bring in, together: the bound on a "billion laughs". */
const MAX_ALIASED_VALUES = 20_000;
const MAX_DEPTH = 64;
const TOO_DEEP = `values are nested more than ${MAX_DEPTH} deep`;
const MAX_SYNTAX_ERRORS = 20;

type Report = (code: ErrorCode, message: string, range: Range) => void;

/** Reads YAML 1.2. Never throws for anything that a file can hold. */
export function parseYaml(source: Source): ParsedYaml {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, message, range) =>
    diagnostics.push({ code, severity: 'error', message, file: source.file, range });
  const nothing = (): ParsedYaml => ({ data: undefined, diagnostics, locate: () => ({ start: 0, end: 0 }) });

  if (source.text.length > MAX_BYTES) {
    report('file-too-large', tooLarge(source.text.length), { start: 0, end: 0 });
    return nothing();
  }
  const unreadable = /[\0\uFFFD]/.exec(source.text);
  if (unreadable !== null) {
    const message = 'this is not text in UTF-8; save the storyboard as UTF-8';
    report('not-text', message, { start: unreadable.index, end: unreadable.index + 1 });
    return nothing();
  }
  const deep = findDeepNesting(source.text, MAX_DEPTH);
  if (deep !== null) {
    report('nested-too-deep', TOO_DEEP, { start: deep, end: deep + 1 });
    return nothing();
  }
  const document: Document.Parsed = parseDocument(source.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false, // compares every pair of keys; the walk below does it with a set
    prettyErrors: false,
    logLevel: 'error', // 'silent' would pass over a second document
  });
  const unquoted = new Set<number>();
  for (const { code, message, pos } of document.errors.slice(0, MAX_SYNTAX_ERRORS)) {
    const line = lineAround(source.text, pos[0]);
    const isUnquoted = needsQuotes(line.text, message);
    // One missing pair of quotes is one mistake, whatever it makes of the rest of the line.
    if (isUnquoted && unquoted.has(line.start)) continue;
    if (isUnquoted) unquoted.add(line.start);
    const several = code === 'MULTIPLE_DOCS';
    report(
      several ? 'several-documents' : 'yaml-syntax',
      several
        ? 'a storyboard is one YAML document; remove what follows `---`, or make it a file of its own'
        : isUnquoted
          ? UNQUOTED
          : inOurWords(message),
      { start: pos[0], end: Math.max(pos[1], pos[0] + 1) },
    );
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    const message = `storyboards are YAML 1.2; remove the line %YAML ${document.directives.yaml.version}`;
    report('yaml-version', message, { start: 0, end: Math.max(1, source.text.indexOf('\n')) });
  }
  for (const { code, message, pos } of document.warnings) {
    if (code === 'TAG_RESOLVE_FAILED') {
      report('yaml-tag', `${sentence(message)}; storyboards hold plain text, numbers, lists and maps`, {
        start: pos[0],
        end: pos[1],
      });
    }
  }
  if (document.errors.length > 0) return nothing();
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    report('empty', 'the storyboard is empty; `storyreel init DIR` writes one to start from', {
      start: 0,
      end: 0,
    });
    return nothing();
  }
  const aliases = new Map<Alias, Node>();
  const root: Node = document.contents;
  const data = new Walk(report, aliases).value(root, 0);
  return { data, diagnostics, locate: (path, part) => locate(root, aliases, path, part) };
}

export function tooLarge(bytes: number): string {
  return `the file has ${Math.ceil(bytes / 1024 / 1024)} MB; a storyboard has at most ${MAX_BYTES / 1024 / 1024}`;
}

/** Turns nodes into plain data, and reports what YAML allows and a storyboard does not. */
class Walk {
  private readonly report: Report;
  private readonly aliases: Map<Alias, Node>;
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<Node>();
  private aliased = 0;
  private insideAlias = 0;

  constructor(report: Report, aliases: Map<Alias, Node>) {
    this.report = report;
    this.aliases = aliases;
  }

  value(node: Node | null, depth: number): Json {
    if (node === null) return null;
    if (this.insideAlias > 0 && this.aliased++ > MAX_ALIASED_VALUES) return null; // reported by alias()
    if (isAlias(node)) return this.alias(node, depth);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined && this.insideAlias === 0) this.anchors.set(anchor, node);
    if (isScalar(node)) return this.scalar(node.value, rangeOf(node));
    if (depth >= MAX_DEPTH) {
      this.report('nested-too-deep', TOO_DEEP, rangeOf(node));
      return null;
    }
    this.open.add(node);
    const result = isMap(node)
      ? this.map(node.items, depth)
      : isSeq(node)
        ? node.items.map(item => this.value(item as Node | null, depth + 1))
        : null;
    this.open.delete(node);
    return result;
  }

  private alias(node: Alias, depth: number): Json {
    const target = this.aliases.get(node) ?? this.anchors.get(node.source);
    if (target === undefined) {
      this.report('yaml-alias', `there is no anchor &${node.source} before this alias`, rangeOf(node));
      return null;
    }
    if (this.open.has(target)) {
      this.report('yaml-alias', `*${node.source} stands inside its own anchor`, rangeOf(node));
      return null;
    }
    this.aliases.set(node, target);
    const before = this.aliased;
    this.insideAlias++;
    const result = this.value(target, depth);
    this.insideAlias--;
    if (before <= MAX_ALIASED_VALUES && this.aliased > MAX_ALIASED_VALUES && this.insideAlias === 0) {
      const message = `aliases bring in more than ${MAX_ALIASED_VALUES} values; write the repeated part fewer times`;
      this.report('yaml-alias', message, rangeOf(node));
    }
    return result;
  }

  private map(items: readonly unknown[], depth: number): Json {
    const result: Record<string, Json> = {};
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const name = this.key(pair.key as Node | null);
      const value = this.value(pair.value as Node | null, depth + 1);
      if (name === null) continue;
      const range = rangeOf(pair.key as Node);
      if (name === '__proto__') {
        this.report('forbidden-key', 'the name __proto__ is not allowed', range);
      } else if (Object.hasOwn(result, name)) {
        this.report('duplicate-key', `${quote(name)} stands here twice; keep one`, range);
      } else {
        result[name] = value;
      }
    }
    return result;
  }

  private key(node: Node | null): string | null {
    const target = node !== null && isAlias(node) ? this.anchors.get(node.source) : node;
    if (isScalar(target)) {
      const { anchor } = target as { anchor?: string };
      if (anchor !== undefined) this.anchors.set(anchor, target);
      if (typeof target.value === 'string') return this.scalar(target.value, rangeOf(target)) as string;
      return String(target.source ?? target.value);
    }
    if (target !== null && target !== undefined) {
      this.report('yaml-key', 'a key is plain text, not a list or a map', rangeOf(target));
    }
    return null;
  }

  private scalar(value: unknown, range: Range): Json {
    if (typeof value === 'string') {
      if (value.isWellFormed()) return value;
      this.report('not-text', 'this text holds half of a surrogate pair, which no file can carry', range);
      return value.toWellFormed();
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.report('not-a-number', 'this is not a finite number', range);
      return 0;
    }
    return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }
}

function locate(
  root: Node,
  aliases: ReadonlyMap<Alias, Node>,
  path: Path,
  part: 'key' | 'value' = 'value',
): Range {
  let node = root;
  let range = rangeOf(root);
  for (const [depth, step] of path.entries()) {
    const container = isAlias(node) ? aliases.get(node) : node;
    let next: unknown;
    if (isMap(container)) {
      const pair = pairOf(container, String(step));
      if (pair === undefined) return range;
      next = pair.value;
      range = rangeOf(pair.key as Node);
      if (part === 'key' && depth === path.length - 1) return range;
    } else if (isSeq(container) && typeof step === 'number') {
      next = container.items[step];
    }
    if (next === null || next === undefined) return range;
    node = next as Node;
    const target = isAlias(node) ? aliases.get(node) : node;
    range = rangeOf(target ?? node);
  }
  return range;
}

const pairsByKey = new WeakMap<YAMLMap, Map<string, Pair>>();

/** Indexed, because a map with 100,000 wrong keys asks for each of them. */
function pairOf(map: YAMLMap, name: string): Pair | undefined {
  let pairs = pairsByKey.get(map);
  if (pairs === undefined) {
    pairs = new Map();
    for (const pair of map.items) {
      if (isScalar(pair.key) && !pairs.has(keyText(pair.key))) pairs.set(keyText(pair.key), pair);
    }
    pairsByKey.set(map, pairs);
  }
  return pairs.get(name);
}

function keyText(key: { value: unknown; source?: string }): string {
  return typeof key.value === 'string' ? key.value : String(key.source ?? key.value);
}

function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 0];
  return { start, end: Math.max(end, start) };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}

const UNQUOTED =
  'text that begins with { or holds ${name} needs quotes around it, as in prompt: "{mira} walks"';

/** True for the mistake that authors make most: `prompt: {mira} walks`, or `{ title: For ${client} }`. */
function needsQuotes(line: string, message: string): boolean {
  if (!/:\s+\{[^}]*\}\s*\S/.test(line)) return false;
  if (/[Uu]nexpected/.test(message)) return true;
  return (
    line.includes('${') && /must be separated|Missing , |indentation|sufficiently indented/.test(message)
  );
}

function lineAround(text: string, offset: number): { start: number; text: string } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start, text: text.slice(start, end === -1 ? text.length : end) };
}

/** The parser's words where they are clear; ours where they are not. */
function inOurWords(message: string): string {
  if (/Nested mappings are not allowed/.test(message)) {
    return 'if this colon belongs to the text before it, put quotes around the text';
  }
  if (/Missing closing .*quote/.test(message)) return 'a text that began with a quote has no closing quote';
  if (/Implicit (map )?keys? need/.test(message)) return 'a key needs `: ` behind it, with a space';
  return sentence(message);
}

function sentence(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim();
  return text.charAt(0).toLowerCase() + text.slice(1);
}
