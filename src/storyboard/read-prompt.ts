import type { CompileContext } from './compile.ts';
import type { Path } from './parse-yaml.ts';
import { type PromptPart, parsePrompt } from './prompt.ts';
import type { Reference } from './storyboard.ts';
import { didYouMean } from './suggest.ts';

/** The parts of a prompt whose names are known; reports the others. */
export function readPrompt(
  text: string,
  path: Path,
  references: ReadonlyMap<string, Reference>,
  context: CompileContext,
): readonly PromptPart[] {
  const { parts, problems } = parsePrompt(text.trim());
  for (const { message, brace, length } of problems)
    context.reportBrace(message, 'prompt-brace', path, brace, length);
  return parts.filter(part => {
    if ('text' in part || references.has(part.name)) return true;
    const message = unknownReference(part.name, references);
    if (wasRefused(part.name, context)) context.skipped();
    else context.reportBrace(message, 'unknown-reference', path, part.brace, part.length);
    return false;
  });
}

/** A name that is there, but whose reference, or the whole list of them, could not be read. */
export function wasRefused(name: string, { refused }: CompileContext): boolean {
  return ['characters', 'props', 'locations'].some(plural => refused([plural]) || refused([plural, name]));
}

export function unknownReference(name: string, references: ReadonlyMap<string, Reference>): string {
  const shown = name.length > 60 ? `${name.slice(0, 57)}…` : name;
  const known = [...references.keys()];
  const hint = didYouMean(shown, known) || (known.length === 0 ? '; add it under `characters`' : '');
  return `there is no reference named "${shown}"${hint}`;
}
