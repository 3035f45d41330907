import { isScalar, parseDocument } from 'yaml';
import { isList, type Json } from '../plan/request.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { type KeySchema, keyOrder } from './key-order.ts';
import { parseYaml } from './parse-yaml.ts';
import { type Layout, printYaml } from './print-yaml.ts';
import { commentsOf, type Entry, type Remark, readTree } from './yaml-tree.ts';

export interface Formatted {
  /** Null if there are errors. */
  readonly text: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A storyboard, or a file that storyboards include, in the one form that all have: keys in the order of the schema,
 * two spaces, quotes where they are needed. It means exactly what it meant, and every comment is there: a text of
 * which that cannot be shown comes back as it is.
 */
export function formatStoryboard(file: string, text: string, schema: KeySchema): Formatted {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const isWindows = /^[^\n]*\r\n/.test(text);
  const plain = text.slice(mark.length).replaceAll('\r\n', '\n');
  const before = parseYaml({ file, text: plain });
  if (hasErrors(before.diagnostics)) return { text: null, diagnostics: before.diagnostics };
  // An alias must stand behind its anchor: where the order of keys would part them, they stay.
  for (const isOrdered of [true, false]) {
    const printed = print(plain, schema, isOrdered);
    const after = parseYaml({ file, text: printed });
    const isSame = !hasErrors(after.diagnostics) && canonical(after.data) === canonical(before.data);
    if (isSame && comments(printed) === comments(plain))
      return { text: mark + (isWindows ? printed.replaceAll('\n', '\r\n') : printed), diagnostics: [] };
  }
  return { text, diagnostics: [] };
}

function print(text: string, schema: KeySchema, isOrdered: boolean): string {
  const document = parseDocument(text, {
    ...{ version: '1.2', schema: 'core', merge: false, uniqueKeys: false },
    ...{ prettyErrors: false, logLevel: 'error', keepSourceTokens: true },
  });
  const root = document.contents;
  if (root === null) return text;
  // Directives, and what opens the document.
  const opening = /^(?:(?:%|#)[^\n]*\n|[ \t]*\n)*---[ \t]*\n/.exec(text)?.[0] ?? '';
  const { entries, footer } = readTree(text, document, opening.length);
  const header = isOrdered ? takeHeader(entries) : [];
  const keys = keyOrder(schema);
  if (isOrdered) moveBlankLine(entries, inOrder(entries, keys([])));
  const layout: Layout = {
    order: (map, path) => (isOrdered ? inOrder(map, keys(path)) : map),
    isSpaced: path => path.length === 1 && path[0] === 'scenes',
  };
  return opening + printYaml(text, root, entries, header, footer, layout);
}

/** What is said of the file and not of its first key stays at the top; an editor looks there for the schema's name. */
function takeHeader(entries: readonly Entry[]): Remark[] {
  const first = entries[0];
  if (first === undefined) return [];
  const { before } = first;
  const apart = first.isBlankBefore ? before.length : before.findLastIndex(remark => remark.isBlankBefore);
  const mode = before.findLastIndex(({ text }) => /^# *yaml-language-server/.test(text)) + 1;
  return before.splice(0, Math.max(apart, mode));
}

/** The blank line under what is said of the file stays there, whatever key comes first. */
function moveBlankLine([before]: readonly Entry[], [after]: readonly Entry[]): void {
  if (before === undefined || after === undefined || before === after) return;
  const [from, to] = [before.before[0] ?? before, after.before[0] ?? after];
  to.isBlankBefore = from.isBlankBefore;
  from.isBlankBefore = false;
}

function inOrder(entries: readonly Entry[], order: ReadonlyMap<string, number> | null): readonly Entry[] {
  if (order === null) return entries;
  const rank = ({ key }: Entry) => order.get(isScalar(key) ? String(key.value) : '') ?? order.size;
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

function comments(text: string): string {
  return [...commentsOf(text)]
    .map(comment => comment.text)
    .sort()
    .join('\n');
}

/** Data as a text in which the order of keys does not show. */
function canonical(data: Json | undefined): string {
  return JSON.stringify(data, (_, value: Json) =>
    value === null || typeof value !== 'object' || isList(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
