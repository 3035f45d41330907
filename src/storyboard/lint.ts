import type { WarningCode } from '../explanations/explanations.ts';
import type { CheckedShot } from './check-shot.ts';
import type { Mistakes } from './mistakes.ts';
import type { Path } from './parse-yaml.ts';
import type { Storyboard } from './storyboard.ts';

/** What an author most likely did not mean. Looked for only where no mistake in the text would explain it. */
export interface Lint {
  readonly code: WarningCode;
  readonly message: string;
  readonly path: Path;
  readonly part: 'key' | 'value';
}

/** What tells which references a prompt names. */
const NAME_FIELDS = ['prompt', 'references', 'videos', 'image'] as const;

/** Prompts of which the model would understand something else. */
export function* lintPrompts(
  { references }: Storyboard,
  shots: readonly CheckedShot[],
  mistakes: Mistakes,
): Generator<Lint> {
  const isWrong = (holder: Path) => NAME_FIELDS.some(field => mistakes.under([...holder, field]));
  if (mistakes.under(['style']) || isWrong(['defaults'])) return; // they reach all prompts
  const characters = [...references.values()]
    .filter(({ kind }) => kind === 'character')
    .map(({ name }) => name);
  const plainName = characters.length === 0 ? null : new RegExp(`\\b(${characters.join('|')})\\b`, 'gi');
  const tokens = new Map(
    [...new Set(shots.map(({ model }) => model))].map(model => [
      model,
      tokenPattern(model.references.videos?.token),
    ]),
  );
  for (const { shot, model } of shots) {
    if (shot.incomplete || isWrong(shot.path)) continue;
    const { path, value: parts } = shot.prompt;
    // What a description says is no word of the prompt's own.
    const text = parts
      .map(part => ('text' in part && part.described === undefined ? part.text : '\n'))
      .join('');
    const written = tokens.get(model)?.exec(text)?.[0];
    if (written !== undefined) {
      const message = `"${written}" is written by hand, and moves with the order of the references; write {name} in its place`;
      yield { code: 'written-token', message, path, part: 'value' };
    }
    const used = new Set([...shot.references.map(({ name }) => name), ...shot.described]);
    for (const [word] of plainName === null ? [] : text.matchAll(plainName)) {
      const name = word.toLowerCase();
      if (used.has(name)) continue;
      used.add(name); // once is enough
      const message = `"${word}" is a character, and the model knows nothing of it by this word; write {${name}} to show it`;
      yield { code: 'plain-name', message, path, part: 'value' };
    }
  }
}

/** `isOwn` tells whether a value stands in the storyboard itself: an included cast may be larger than one film. */
export function* unusedReferences(
  { references, shots }: Storyboard,
  isOwn: (path: Path) => boolean,
): Generator<Lint> {
  const used = new Set(
    shots.flatMap(shot => [...shot.references.map(({ name }) => name), ...shot.described]),
  );
  for (const { name, kind } of references.values()) {
    const path = [`${kind}s`, name];
    if (!used.has(name) && isOwn(path))
      yield { code: 'unused-reference', message: `no shot uses the ${kind} "${name}"`, path, part: 'key' };
  }
}

/** `Video {n}` → /Video \d+/, where the model calls its references so. */
function tokenPattern(token: string | undefined): RegExp | null {
  if (token === undefined || !token.includes('{n}')) return null;
  const words = token.split('{n}').map(text => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`\\b${words.join('\\d+')}\\b`, 'i');
}
