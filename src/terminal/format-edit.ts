import type { Source } from '../storyboard/source.ts';
import { clean, cleanLine } from './clean.ts';
import { painter } from './terminal.ts';

const CONTEXT_LINES = 3;

/** What one edit makes of a file, as a unified diff that `patch` and `git apply` take. */
export function formatEdit(before: Source, after: Source, color: boolean): string {
  const paint = painter(color);
  const [old, now] = [linesOf(before.text), linesOf(after.text)];
  const shorter = Math.min(old.length, now.length);
  let first = 0;
  while (first < shorter && old[first] === now[first]) first++;
  let behind = 0;
  while (behind < shorter - first && old.at(-1 - behind) === now.at(-1 - behind)) behind++;
  const from = Math.max(0, first - CONTEXT_LINES);
  const rest = Math.min(behind, CONTEXT_LINES);
  const hunk = (lines: readonly string[]) => `${from + 1},${lines.length - behind + rest - from}`;
  const part = (mark: string, lines: readonly string[]) =>
    lines.map(line => mark + clean(line).replaceAll('\r', ''));
  const file = cleanLine(before.file);
  return [
    paint('bold', `--- ${file}`),
    paint('bold', `+++ ${file}`),
    paint('cyan', `@@ -${hunk(old)} +${hunk(now)} @@`),
    ...part(' ', old.slice(from, first)),
    ...part('-', old.slice(first, old.length - behind)).map(line => paint('red', line)),
    ...part('+', now.slice(first, now.length - behind)).map(line => paint('green', line)),
    ...part(' ', old.slice(old.length - behind).slice(0, rest)),
    '',
  ].join('\n');
}

/** The last line says so where no line break ends it, as in every diff. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines.push(`${lines.pop()}\n\\ No newline at end of file`);
  return lines;
}
