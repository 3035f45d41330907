import { isAlias, isCollection, isMap, isScalar, type Node, type Scalar, stringify } from 'yaml';
import { type Entry, isMultiline, type Remark } from './yaml-tree.ts';

const LINE_WIDTH = 110;
const INDENT = 2;
/** Characters that nobody sees are safer between quotes. */
export const UNSEEN: RegExp = /[\p{C}\u2028\u2029]/u;

/** What the printer asks about the order of things. */
export interface Layout {
  /** The entries of a map in the order in which they are to stand; `path` holds its keys from the root. */
  readonly order: (entries: readonly Entry[], path: readonly string[]) => readonly Entry[];
  /** True where the items of a list are to have a blank line between them. */
  readonly isSpaced: (path: readonly string[]) => boolean;
}

/** Entries as YAML text, each comment where it belongs. Scalars stay as they are written, but for quotes without need. */
export function printYaml(
  text: string,
  root: Node,
  entries: readonly Entry[],
  header: readonly Remark[],
  footer: readonly Remark[],
  layout: Layout,
): string {
  const printer = new Printer(text, layout);
  printer.remarks(header, 0);
  printer.entries(root, entries, 0, []);
  printer.remarks(footer, 0);
  return printer.text();
}

class Printer {
  private readonly source: string;
  private readonly layout: Layout;
  private readonly lines: string[] = [];
  /** The last line ends a text of which blank lines would be a part. */
  private isSealed = false;

  constructor(source: string, layout: Layout) {
    this.source = source;
    this.layout = layout;
  }

  text(): string {
    const { lines } = this;
    if (!this.isSealed) while (lines.at(-1) === '') lines.pop();
    return `${lines.join('\n')}\n`;
  }

  remarks(remarks: readonly Remark[], indent: number): void {
    for (const { text, isBlankBefore } of remarks) {
      if (isBlankBefore) this.blank();
      this.put(`${' '.repeat(indent)}${text}`);
    }
  }

  entries(node: Node, entries: readonly Entry[], indent: number, path: readonly string[]): void {
    const ordered = this.ordered(node, entries, path);
    const isSpaced = !isMap(node) && this.layout.isSpaced(path);
    let wasLong = false;
    for (const [index, entry] of ordered.entries()) {
      const isFirst = index === 0 && (indent > 0 || this.lines.length === 0);
      const [first, ...others] = entry.before;
      const isApart = !isFirst && (isSpaced ? index > 0 : (first ?? entry).isBlankBefore);
      if (isApart) this.blank();
      const start = this.lines.length;
      const isSealed = this.isSealed;
      if (first !== undefined) {
        this.remarks([{ ...first, isBlankBefore: false }, ...others], indent);
        if (entry.isBlankBefore) this.blank();
      }
      const head = this.lines.length;
      this.entry(entry, indent, path);
      const isLong = this.lines.length > head + 1;
      // At the top, what has more than one line stands apart.
      if (path.length === 0 && index > 0 && (isLong || wasLong) && !isSealed) this.blankAt(start);
      wasLong = isLong;
      this.remarks(entry.after, indent);
    }
  }

  /** What stands below the last entry, such as a field that is commented out, stays below all. */
  private ordered(node: Node, entries: readonly Entry[], path: readonly string[]): readonly Entry[] {
    const ordered = isMap(node) ? this.layout.order(entries, path) : entries;
    const [before, after] = [entries.at(-1), ordered.at(-1)];
    if (before !== after) after?.after.push(...(before?.after.splice(0) ?? []));
    // Between two entries, a reader takes a comment for one about the next.
    for (const [index, entry] of ordered.slice(0, -1).entries())
      ordered[index + 1]?.before.unshift(...entry.after.splice(0));
    return ordered;
  }

  private entry(entry: Entry, indent: number, path: readonly string[], lead = ' '.repeat(indent)): void {
    const { key, value, keyProps, valueProps, children } = entry;
    const name = key === null ? null : this.inline(key);
    const head = key === null ? `${lead}-` : `${lead}${[...keyProps, name].join(' ')}:`;
    const below = pathTo(key, path);
    const start = [head, ...valueProps].join(' ');
    const end = entry.trailing === null ? '' : ` ${entry.trailing}`;
    if (!isCollection(value)) this.scalar(value, start, end, indent);
    else if (children.length === 0) this.put(`${start} ${isMap(value) ? '{}' : '[]'}${end}`);
    else {
      const flow = value.flow === true && !hasRemarks(children) ? this.flow(value, children, below) : null;
      if (flow !== null && start.length + 1 + flow.length <= LINE_WIDTH) this.put(`${start} ${flow}${end}`);
      else this.block(entry, start, end, indent, below);
    }
  }

  private block(entry: Entry, start: string, end: string, indent: number, path: readonly string[]): void {
    const { key, value, valueProps, children } = entry;
    const [first, ...others] = this.ordered(value as Node, children, path);
    const isCompact = key === null && valueProps.length === 0 && end === '' && first !== undefined;
    if (isCompact && first.before.length === 0) {
      this.entry(first, indent + INDENT, path, `${start} `);
      this.remarks(first.after, indent + INDENT);
      if (others.length > 0) this.rest(value as Node, others, indent + INDENT, path);
    } else {
      this.put(`${start}${end}`);
      this.entries(value as Node, children, indent + INDENT, path);
    }
  }

  /** The entries below one that stands beside a dash. */
  private rest(node: Node, entries: readonly Entry[], indent: number, path: readonly string[]): void {
    for (const entry of entries) {
      const [first] = entry.before;
      if ((first ?? entry).isBlankBefore) this.blank();
      this.entries(node, [entry], indent, path);
    }
  }

  private scalar(value: Node | null, start: string, end: string, indent: number): void {
    if (value === null || this.isNothing(value)) this.put(`${start}${end}`);
    else if (isScalar(value) && (value.type === 'BLOCK_FOLDED' || value.type === 'BLOCK_LITERAL'))
      this.blockScalar(value, start, end, indent);
    else if (isScalar(value) && isMultiline(value, this.source)) {
      const [first = '', ...others] = this.written(value).split('\n');
      const lines = others.map(line => line.replace(/^[ \t]+/, ''));
      this.put(`${start} ${first}`);
      for (const line of lines.slice(0, -1)) this.put(line === '' ? '' : ' '.repeat(indent + INDENT) + line);
      this.put(`${' '.repeat(indent + INDENT)}${lines.at(-1) ?? ''}${end}`);
    } else this.put(`${start} ${this.inline(value)}${end}`);
  }

  /** Its lines keep their indentation to one another. */
  private blockScalar(value: Scalar, start: string, end: string, indent: number): void {
    const [head = '', ...body] = this.written(value).split('\n');
    const mark = (head.split('#', 1)[0] ?? '').trim().replace(/\d/, String(INDENT));
    // What its first line has beyond the line of the value is indentation.
    const own = Math.max(0, leadOf(body) - leadOf(String(value.value).split('\n')));
    const lines = body.map(line => {
      if (line.trim() === '' && line.length <= own) return '';
      return ' '.repeat(indent + INDENT) + line.slice(own);
    });
    const isKept = mark.includes('+');
    while (
      lines.length > 0 &&
      (isKept ? lines.at(-1) === '' && body.at(-1) === '' : lines.at(-1)?.trim() === '')
    ) {
      lines.pop();
      if (isKept) break; // the line break at its end
    }
    this.put(`${start} ${mark}${end}`);
    for (const line of lines) this.put(line);
    this.isSealed = isKept;
  }

  /** `{ a: b, c: [d, e] }`, or null if something in it has more than one line. */
  private flow(node: Node, entries: readonly Entry[], path: readonly string[]): string | null {
    const parts: string[] = [];
    for (const { key, value, keyProps, valueProps, children } of this.ordered(node, entries, path)) {
      const name = key === null ? [] : [[...keyProps, this.inline(key, true)].join(' ')];
      let shown: string | null;
      if (isCollection(value))
        shown =
          children.length === 0
            ? isMap(value)
              ? '{}'
              : '[]'
            : this.flow(value, children, pathTo(key, path));
      else if (value === null || this.isNothing(value)) shown = 'null';
      else shown = isScalar(value) && isMultiline(value, this.source) ? null : this.inline(value, true);
      if (shown === null || name.some(text => text.includes('\n'))) return null;
      parts.push([...name, [...valueProps, shown].join(' ')].join(': '));
    }
    return isMap(node) ? `{ ${parts.join(', ')} }` : `[${parts.join(', ')}]`;
  }

  private inline(node: Node, isInFlow = false): string {
    if (isAlias(node)) return `*${node.source}`;
    const written = this.written(node);
    if (!isScalar(node) || typeof node.value !== 'string' || !/^["'|>]|\n/.test(written)) return written;
    if (!needsQuotes(node.value, isInFlow)) return node.value;
    // A key on several lines.
    return /^[|>]|\n/.test(written) ? JSON.stringify(node.value) : written;
  }

  private isNothing(node: Node): boolean {
    return isScalar(node) && this.written(node) === '';
  }

  private written(node: Node): string {
    return node.range == null ? '' : this.source.slice(node.range[0], node.range[1]);
  }

  private blank(): void {
    if (!this.isSealed && this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
  }

  private blankAt(index: number): void {
    if (this.lines[index - 1] !== '') this.lines.splice(index, 0, '');
  }

  private put(line: string): void {
    this.lines.push(line);
    this.isSealed = false;
  }
}

function pathTo(key: Node | null, path: readonly string[]): string[] {
  return [...path, key === null ? '*' : isScalar(key) ? String(key.value) : ''];
}

/** The blanks before the first line that is more than blanks. */
function leadOf(lines: readonly string[]): number {
  const first = lines.find(line => line.trim() !== '') ?? '';
  return first.length - first.trimStart().length;
}

/** True if something inside has a comment: then each entry needs a line of its own. */
function hasRemarks(entries: readonly Entry[]): boolean {
  return entries.some(
    ({ before, trailing, after, children }) =>
      before.length > 0 || trailing !== null || after.length > 0 || hasRemarks(children),
  );
}

/**
 * Keeps them around `${name}`, which needs them between brackets; and around what YAML 1.1 takes for something else,
 * such as 16:9 and `no`: not every tool reads 1.2.
 */
function needsQuotes(value: string, isInFlow: boolean): boolean {
  if (
    value.length > 2000 ||
    value.includes('${') ||
    UNSEEN.test(value) ||
    (isInFlow && /[,[\]{}]/.test(value))
  )
    return true;
  const plain = stringify(value, { version: '1.2', schema: 'core', compat: 'yaml-1.1', lineWidth: 0 });
  return plain !== `${value}\n`;
}
