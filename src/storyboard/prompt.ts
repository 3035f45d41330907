/** A prompt as its author wrote it, taken apart: plain text and the references that it names. */
export type PromptPart =
  | { readonly text: string }
  /** `brace` counts the braces before this one, so that the place can be found in the source again. */
  | { readonly name: string; readonly brace: number; readonly length: number };

export interface PromptProblem {
  readonly message: string;
  readonly brace: number;
  readonly length: number;
}

/** `{name}` names a reference, `{{` is a literal brace, a `}` on its own is itself. */
export function parsePrompt(prompt: string): { parts: PromptPart[]; problems: PromptProblem[] } {
  const parts: PromptPart[] = [];
  const problems: PromptProblem[] = [];
  let brace = 0;
  let at = 0;
  for (const match of prompt.matchAll(/\{\{|\{([^{}\n]*)\}|\{/g)) {
    if (match.index > at) parts.push({ text: prompt.slice(at, match.index) });
    at = match.index + match[0].length;
    const name = match[1]?.trim();
    if (match[0] === '{{') {
      parts.push({ text: '{' });
      brace += 2;
      continue;
    }
    if (name !== undefined && name !== '') parts.push({ name, brace, length: match[0].length });
    else {
      const message =
        name === ''
          ? 'name a reference between the braces; `{{` stands for a brace itself'
          : 'this brace is not closed; write {name}, or {{ for a brace itself';
      problems.push({ message, brace, length: match[0].length });
    }
    brace++;
  }
  if (at < prompt.length) parts.push({ text: prompt.slice(at) });
  return { parts, problems };
}

/** Plain words as a prompt that says just them. */
export function escapePrompt(words: string): string {
  return words.replaceAll('{', '{{');
}

/** The prompt with every `{name}` replaced. */
export function fillPrompt(parts: readonly PromptPart[], replace: (name: string) => string): string {
  return parts.map(part => ('text' in part ? part.text : replace(part.name))).join('');
}

/** The names in a prompt in the order of their first mention. */
export function namesIn(parts: readonly PromptPart[]): string[] {
  return [...new Set(parts.flatMap(part => ('name' in part ? [part.name] : [])))];
}

/** Where in the raw text of a scalar its `brace`-th opening brace stands; null if it is written as an escape. */
export function findBrace(raw: string, brace: number): number | null {
  const quoted = raw.startsWith('"');
  // The header of a block text may carry a comment.
  const from = /^[|>]/.test(raw) ? raw.indexOf('\n') : 0;
  let seen = 0;
  for (const match of raw.slice(from).matchAll(quoted ? /\\(?:x7b|u007b|U0000007b|.)|\{/gis : /\{/g)) {
    const isBrace = match[0] === '{' || /^\\(x7b|u007b|U0000007b)$/i.test(match[0]);
    if (isBrace && seen++ === brace) return match[0] === '{' ? from + match.index : null;
  }
  return null;
}
