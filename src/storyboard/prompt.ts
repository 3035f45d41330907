/** A prompt as its author wrote it, taken apart: plain text and the references that it names. */
export type PromptPart = PlainText | Mention;

export interface PlainText {
  readonly text: string;
  /** The reference whose description this is. */
  readonly described?: string;
}

/** `brace` counts the braces before this one, so that the place can be found in the source again. */
export interface Mention {
  readonly name: string;
  /** `{name}`: what the reference shows. `{name.image}`: its image alone. `{name:description}`: in words. */
  readonly form: 'media' | 'image' | 'description';
  readonly brace: number;
  readonly length: number;
}

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
    const inside = match[1]?.trim();
    if (match[0] === '{{') {
      parts.push({ text: '{' });
      brace += 2;
      continue;
    }
    const mention = inside === undefined ? null : mentionOf(inside);
    const { length } = match[0];
    if (mention !== null) parts.push({ ...mention, brace, length });
    else {
      const message =
        inside === undefined
          ? 'this brace is not closed; write {name}, or {{ for a brace itself'
          : 'name a reference between the braces; `{{` stands for a brace itself';
      problems.push({ message, brace, length });
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

function mentionOf(inside: string): Pick<Mention, 'name' | 'form'> | null {
  const [, name = '', form] = /^(.*?)\s*(\.\s*image|:\s*description)?$/.exec(inside) ?? [];
  if (name === '') return null;
  return { name, form: form === undefined ? 'media' : form.startsWith('.') ? 'image' : 'description' };
}

/** The prompt with every reference that it names replaced. */
export function fillPrompt(parts: readonly PromptPart[], replace: (mention: Mention) => string): string {
  return parts.map(part => ('text' in part ? part.text : replace(part))).join('');
}

/** What a prompt names, in its order. */
export function mentionsIn(parts: readonly PromptPart[]): Mention[] {
  return parts.filter(part => 'name' in part);
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
