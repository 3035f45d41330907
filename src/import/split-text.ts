/** A text in pieces of at most `limit` characters: after a sentence if there is one, else between words, else anywhere. */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const head = rest.slice(0, limit + 1);
    const sentence = lastMatch(head, /[.!?…]["'”’)]*\s/g);
    const word = head.search(/\s\S*$/);
    let end = sentence > limit / 3 ? sentence : word > 0 ? word : limit;
    if (/[\ud800-\udbff]/.test(rest.charAt(end - 1))) end--; // never inside of a character
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

function lastMatch(text: string, pattern: RegExp): number {
  let end = -1;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}
