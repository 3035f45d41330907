/** A stretch of a text that was changed, or was not. */
export interface Span {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** More than this is compared whole: it would take longer than reading both. */
const MAX_CELLS = 1_000_000;

/** What was changed in a text, word by word. The spans that are not `added` are the old one, those not `removed` the new. */
export function diffWords(before: string, after: string): Span[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  const shorter = Math.min(old.length, now.length) - head;
  while (tail < shorter && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  return joined([
    ...same(old.slice(0, head)),
    ...diffMiddle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...same(old.slice(old.length - tail)),
  ]);
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|\{[^{}\s]*\}|[\p{L}\p{M}\p{N}'’-]+|./gsu) ?? [];
}

function same(words: readonly string[]): Span[] {
  return words.map(text => ({ kind: 'same', text }));
}

/** By the longest sequence of words that both have. */
function diffMiddle(old: readonly string[], now: readonly string[]): Span[] {
  const width = now.length + 1;
  if (old.length * width > MAX_CELLS) {
    return [
      { kind: 'removed', text: old.join('') },
      { kind: 'added', text: now.join('') },
    ];
  }
  /** At `row * width + column`: how much is common from there to the end. */
  const common = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      const at = row * width + column;
      const [down, right] = [common[at + width] as number, common[at + 1] as number];
      common[at] = old[row] === now[column] ? (common[at + width + 1] as number) + 1 : Math.max(down, right);
    }
  }
  const spans: Span[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const at = row * width + column;
    if (row < old.length && column < now.length && old[row] === now[column]) {
      spans.push({ kind: 'same', text: old[row] as string });
      row++;
      column++;
    } else if (column === now.length || (row < old.length && common[at + width] === common[at])) {
      spans.push({ kind: 'removed', text: old[row++] as string });
    } else spans.push({ kind: 'added', text: now[column++] as string });
  }
  return spans;
}

/** A blank, a comma, an article. */
const SHORT = /^[^\p{L}\p{N}{}]*[\p{L}\p{N}]{0,3}[^\p{L}\p{N}{}]*$/u;

/** Joins neighbours. What is short between two changes belongs to them: "a b" became "c d", not "a" "c" and "b" "d". */
function joined(words: readonly Span[]): Span[] {
  const spans: Span[] = [];
  let [kept, removed, added] = ['', '', ''];
  const end = () => {
    if (removed !== '') spans.push({ kind: 'removed', text: removed });
    if (added !== '') spans.push({ kind: 'added', text: added });
    if (kept !== '') spans.push({ kind: 'same', text: kept });
    [kept, removed, added] = ['', '', ''];
  };
  for (const { kind, text } of words) {
    if (kind === 'same') {
      kept += text;
      continue;
    }
    if (!SHORT.test(kept) || (removed === '' && added === '')) end();
    else {
      removed += kept;
      added += kept;
      kept = '';
    }
    if (kind === 'removed') removed += text;
    else added += text;
  }
  end();
  return spans;
}
