import type { ErrorCode } from '../explanations/explanations.ts';
import type { CompileContext } from './compile.ts';
import type { Path } from './parse-yaml.ts';
import { type Mention, type PromptPart, parsePrompt } from './prompt.ts';
import type { Reference } from './storyboard.ts';
import { didYouMean } from './suggest.ts';

/** What the names in a prompt stand for. */
export interface PromptNames {
  readonly references: ReadonlyMap<string, Reference>;
  /** The references that stand in for others. */
  readonly standIns: ReadonlyMap<string, string>;
  /** The shot's own videos, by the shots that they are taken from. */
  readonly own: ReadonlyMap<string, Reference>;
}

/** The parts of a prompt whose names are known, by their references' own names; reports the others. */
export function readPrompt(
  text: string,
  path: Path,
  names: PromptNames,
  context: CompileContext,
): readonly PromptPart[] {
  const { parts, problems } = parsePrompt(text.trim());
  for (const { message, brace, length } of problems)
    context.reportBrace(message, 'prompt-brace', path, brace, length);
  return parts.flatMap(part => {
    if ('text' in part) return [part];
    const read = readMention(part, names);
    if (!('code' in read)) return [read];
    if (read.code === 'unknown-reference' && wasRefused(part.name, context)) context.skipped();
    else context.reportBrace(read.message, read.code, path, part.brace, part.length);
    return [];
  });
}

function readMention(
  mention: Mention,
  { references, standIns, own }: PromptNames,
): PromptPart | { code: ErrorCode; message: string } {
  const { form } = mention;
  const reference = references.get(standIns.get(mention.name) ?? mention.name) ?? own.get(mention.name);
  if (reference === undefined)
    return { code: 'unknown-reference', message: unknownReference(mention.name, references) };
  const { name, description, image, videos } = reference;
  if (form === 'description') {
    if (description !== null) return { text: description, described: name };
    return { code: 'no-description', message: `"${name}" has no \`description\` to put here` };
  }
  if (form === 'image' && image === null)
    return { code: 'no-media', message: `"${name}" has no \`image\` to show` };
  if (image === null && videos.length === 0 && description !== null) {
    const message = `"${name}" has a description alone; write {${name}:description}, or give it \`videos\` or an \`image\``;
    return { code: 'no-media', message };
  }
  return { ...mention, name };
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
