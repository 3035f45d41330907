interface Mark {
  readonly text: string;
  readonly index: number;
}

/** A line without Fountain's marks of emphasis, `*so*`, `**so**` and `_so_`; `\*` is a star. */
export function withoutEmphasis(line: string): string {
  if (!/[*_\\]/.test(line)) return line;
  const open: Mark[] = [];
  const taken: Mark[] = [];
  for (const match of line.matchAll(/\\[*_\\]|\*{1,3}|_/g)) {
    const mark = { text: match[0], index: match.index };
    if (mark.text.startsWith('\\')) {
      taken.push({ text: '\\', index: mark.index });
      continue;
    }
    const before = line.charAt(mark.index - 1);
    const after = line.charAt(mark.index + mark.text.length);
    const at = open.findLastIndex(({ text }) => text === mark.text);
    const isInWord = mark.text === '_' && /\w/.test(before) && /\w/.test(after);
    if (at !== -1 && !/^\s?$/.test(before) && !isInWord) {
      taken.push(...open.splice(at, open.length - at).slice(0, 1), mark);
    } else if (!/^\s?$/.test(after) && !isInWord) {
      if (open.length < 20) open.push(mark);
    }
  }
  let text = '';
  let from = 0;
  for (const { text: mark, index } of taken.sort((a, b) => a.index - b.index)) {
    text += line.slice(from, index);
    from = index + mark.length;
  }
  return text + line.slice(from);
}
