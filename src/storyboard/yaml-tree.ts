import {
  type Alias,
  type CST,
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  Lexer,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** A pair of a map, or an item of a list, with the comments that belong to it. */
export interface Entry {
  /** Where it begins: its key, its dash, or what stands before these. */
  readonly start: number;
  readonly column: number;
  readonly parent: Entry | null;
  /** Null for an item of a list. */
  readonly key: Node | null;
  readonly value: Node | null;
  /** Anchors and tags, as they are written. */
  readonly keyProps: readonly string[];
  readonly valueProps: readonly string[];
  readonly children: readonly Entry[];
  /** Where the bracket closes that the whole entry stands in; null outside of any. */
  readonly flowEnd: number | null;
  /** On lines of their own, before it. */
  readonly before: Remark[];
  /** At the end of its first line. */
  trailing: string | null;
  /** On lines of their own behind it, and part of what it stands in. */
  readonly after: Remark[];
  isBlankBefore: boolean;
}

/** A comment on a line of its own. */
export interface Remark {
  readonly text: string;
  isBlankBefore: boolean;
}

export interface Tree {
  readonly entries: readonly Entry[];
  /** Comments behind everything. */
  readonly footer: readonly Remark[];
}

type OpenEntry = { -readonly [Name in keyof Entry]: Entry[Name] };

/** A document's entries. Each comment from `from` on is given to the entry that a reader would say it belongs to. */
export function readTree(text: string, document: Document.Parsed, from: number): Tree {
  const all: Entry[] = [];
  const root = document.contents;
  const entries = isCollection(root) ? childrenOf(root, null, null, text, all) : [];
  const footer: Remark[] = [];
  for (const comment of commentsOf(text)) {
    if (comment.start >= from) attach(comment, text, all, footer);
  }
  return { entries, footer };
}

/** Every comment with its place. */
export function* commentsOf(text: string): Generator<{ start: number; text: string }> {
  let at = 0;
  let isScalarNext = false;
  for (const token of new Lexer().lex(text)) {
    if (token === '\u0002' || token === '\u0018' || token === '\u001f') {
      isScalarNext = token === '\u001f';
      continue; // marks that stand for no text
    }
    if (token.startsWith('#') && !isScalarNext) yield { start: at, text: token.trimEnd() };
    isScalarNext = false;
    at += token.length;
  }
}

function childrenOf(
  node: YAMLMap | YAMLSeq,
  parent: Entry | null,
  flowEnd: number | null,
  text: string,
  all: Entry[],
): Entry[] {
  const tokens = (node.srcToken as CST.BlockMap | CST.BlockSequence | CST.FlowCollection | undefined)?.items;
  const end = flowEnd ?? (node.flow === true ? (node.range?.[1] ?? null) : null);
  return node.items.map((item, index) => {
    const token = isPair(item) && isMap(node) ? (item.srcToken ?? tokens?.[index]) : tokens?.[index];
    const key = isPair(item) ? (item.key as Node | null) : null;
    const value = (isPair(item) ? item.value : item) as Node | null;
    const marks = (token?.start ?? []).filter(({ type }) => MARKS.includes(type));
    const start = Math.min(marks[0]?.offset ?? Number.POSITIVE_INFINITY, startOf(key ?? value));
    const entry: OpenEntry = {
      ...{ start, column: start - (text.lastIndexOf('\n', start - 1) + 1), parent, key, value },
      keyProps: key === null ? [] : propsOf(token?.start),
      valueProps: propsOf(key === null ? token?.start : token?.sep),
      ...{ children: [], flowEnd: end, before: [], trailing: null, after: [] },
      isBlankBefore: isFirstOnLine(text, start) && isBlankLineBefore(text, start),
    };
    all.push(entry);
    if (isCollection(value)) entry.children = childrenOf(value, entry, end, text, all);
    return entry;
  });
}

const MARKS: readonly string[] = ['anchor', 'tag', 'seq-item-ind', 'explicit-key-ind'];

function propsOf(tokens: readonly CST.SourceToken[] = []): string[] {
  return tokens.filter(({ type }) => type === 'anchor' || type === 'tag').map(({ source }) => source);
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? Number.POSITIVE_INFINITY;
}

function attach(
  { start, text: comment }: { start: number; text: string },
  text: string,
  all: readonly Entry[],
  footer: Remark[],
): void {
  const next = all[firstAfter(all, start)];
  const before = outsideOfClosed(all[firstAfter(all, start) - 1] ?? null, start);
  const remark = { text: comment, isBlankBefore: isBlankLineBefore(text, start) };
  if (!isFirstOnLine(text, start)) {
    if (before === null) footer.push(remark);
    else if (before.trailing === null) before.trailing = comment;
    else before.after.push({ ...remark, isBlankBefore: false });
    return;
  }
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  // Between brackets, indentation says nothing.
  if (next !== undefined && (column <= next.column || next.flowEnd !== null)) {
    next.before.push(remark);
    return;
  }
  let holder = before;
  while (holder !== null && holder.column > column) holder = holder.parent;
  // Behind everything and not indented, it is about the file.
  if (holder === null || (next === undefined && column === 0)) footer.push(remark);
  else if (next !== undefined && holder.parent === next.parent) next.before.push(remark);
  else holder.after.push(remark);
}

/** A comment behind a closing bracket is not of what stands inside. */
function outsideOfClosed(entry: Entry | null, at: number): Entry | null {
  let outside = entry;
  while (outside !== null && outside.flowEnd !== null && outside.flowEnd <= at) outside = outside.parent;
  return outside;
}

function firstAfter(all: readonly Entry[], at: number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isFirstOnLine(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}

function isBlankLineBefore(text: string, at: number): boolean {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  if (lineStart === 0) return false;
  return text.slice(text.lastIndexOf('\n', lineStart - 2) + 1, lineStart - 1).trim() === '';
}

/** True for a text that is written on several lines. */
export function isMultiline(node: Scalar | Alias, text: string): boolean {
  return isScalar(node) && node.range != null && text.slice(node.range[0], node.range[1]).includes('\n');
}
