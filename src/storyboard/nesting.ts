import { Lexer } from 'yaml';

/**
 * Where values begin to be nested more than `limit` deep; null if they never are. The parser descends by
 * recursion, and a stack that has run out cannot be caught everywhere, so this is looked at before it runs.
 */
export function findDeepNesting(text: string, limit: number): number | null {
  return findDeepBlocks(text, limit) ?? (mayHaveDeepFlow(text, limit) ? findDeepFlow(text, limit) : null);
}

/** Blocks nest by indentation, and by `- - -` on one line. */
function findDeepBlocks(text: string, limit: number): number | null {
  const indents: number[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    let at = start;
    while (text[at] === ' ' || ((text[at] === '-' || text[at] === '?') && text[at + 1] === ' ')) {
      if (text[at] !== ' ') {
        while ((indents.at(-1) ?? -1) >= at - start) indents.pop();
        indents.push(at - start);
        if (indents.length > limit) return at;
      }
      at++;
    }
    if (at < text.length && text[at] !== '\n' && text[at] !== '\r' && text[at] !== '#') {
      while ((indents.at(-1) ?? -1) >= at - start) indents.pop();
      indents.push(at - start);
      if (indents.length > 2 * limit) return at; // a block text in a block may be indented for its own reasons
    }
    if (end === -1) return null;
    start = end + 1;
  }
  return null;
}

/** A quick look that never misses: brackets inside of texts count too. */
function mayHaveDeepFlow(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x5b || character === 0x7b) {
      if (++depth > limit) return true;
    } else if ((character === 0x5d || character === 0x7d) && depth > 0) depth--;
  }
  return false;
}

/** The exact answer, from the parser's own tokens. */
function findDeepFlow(text: string, limit: number): number | null {
  let depth = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') {
      if (++depth > limit) return at;
    } else if (token === ']' || token === '}') depth--;
    // Marks for the parser that stand for no text of the source: document, flow error, scalar.
    if (token !== '\u0002' && token !== '\u0018' && token !== '\u001f') at += token.length;
  }
  return null;
}
