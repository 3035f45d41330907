import { canonicalJson } from '../plan/key.ts';
import { isList, type Json } from '../plan/request.ts';
import type { Range } from './diagnostic.ts';
import { type ParsedYaml, type Path, parseYaml } from './parse-yaml.ts';
import type { Source } from './source.ts';

/** What stands at `range` becomes `text`; where nothing stands there, it is put in. */
export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

export function applyEdit(text: string, { range, text: added }: TextEdit): string {
  return text.slice(0, range.start) + added + text.slice(range.end);
}

/**
 * The smallest change of a storyboard's text that makes the shot at `path` pick a take: other digits where it has a
 * `pick`, else one line, or one entry of a `{ }`, behind its `takes` or its `id`. Null where no such change touches
 * this shot alone, since aliases share its text. All else stays as it is, to the byte.
 */
export function editPick(source: Source, path: Path, take: number): TextEdit | null {
  const yaml = parseYaml(source);
  if (yaml.data === undefined || yaml.diagnostics.length > 0) return null;
  const wanted = canonicalJson(withPick(yaml.data, path, take));
  // What YAML allows is more than we know of, so an edit is only as good as what it is read as.
  const isExact = (edit: TextEdit): boolean => {
    const { data, diagnostics } = parseYaml({ ...source, text: applyEdit(source.text, edit) });
    return data !== undefined && diagnostics.length === 0 && canonicalJson(data) === wanted;
  };
  const shot = shotAt(yaml.data, path);
  const edits =
    shot.pick === undefined
      ? ['takes', 'id'].filter(name => name in shot).map(name => added(source.text, yaml, path, name, take))
      : [replaced(source.text, yaml, path, take)];
  return edits.find(isExact) ?? null;
}

type Shot = { readonly [name: string]: Json };

function shotAt(data: Json, path: Path): Shot {
  let value = data;
  for (const step of path) value = (value as Shot)[step] as Json;
  return value as Shot;
}

function withPick(data: Json, path: Path, take: number): Json {
  const [step, ...rest] = path;
  if (step === undefined) return { ...(data as Shot), pick: take };
  const value = withPick((data as Shot)[step] as Json, rest, take);
  if (isList(data)) return data.map((item, index) => (index === step ? value : item));
  return { ...(data as Shot), [step]: value };
}

function replaced(text: string, yaml: ParsedYaml, path: Path, take: number): TextEdit {
  return { range: valueRange(text, yaml, [...path, 'pick']), text: String(take) };
}

function added(text: string, yaml: ParsedYaml, path: Path, before: string, take: number): TextEdit {
  const key = yaml.locate([...path, before], 'key');
  const { end } = lastRange(text, yaml, [...path, before]);
  const quote = /^["']/.exec(text[key.start] ?? '')?.[0] ?? '';
  const pick = `${quote}pick${quote}: ${take}`;
  if (text[yaml.locate(path).start] === '{') return { range: { start: end, end }, text: `, ${pick}` };
  const line = text.slice(text.lastIndexOf('\n', key.start - 1) + 1, key.start);
  // `- id: a` is as deep as what stands below it; `? id` begins at its mark.
  const indent = line.replace(/\?[ \t]+$/, '').replaceAll(/[^\t]/g, ' ');
  const newline = text.indexOf('\n', end);
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n';
  const at = newline === -1 ? text.length : newline + 1;
  const entry = indent + pick;
  return {
    range: { start: at, end: at },
    text: newline === -1 ? lineBreak + entry : entry + lineBreak,
  };
}

/** The range of a value as it is written: of an alias, and not of what it stands for. */
function valueRange(text: string, yaml: ParsedYaml, path: Path): Range {
  const { end: start } = yaml.locate(path, 'key');
  const alias = /^\s*:\s+(\*[^\s,[\]{}]+)/.exec(text.slice(start, start + 1000));
  if (alias === null) return yaml.locate(path);
  const end = start + alias[0].length;
  return { start: end - (alias[1] as string).length, end };
}

/** The last thing in a value: the end of a block of YAML is that of what it ends with. */
function lastRange(text: string, yaml: ParsedYaml, path: Path): Range {
  const range = valueRange(text, yaml, path);
  if (/^[*{["']/.test(text.slice(range.start))) return range;
  let last: Path = path;
  for (let value = shotAt(yaml.data as Json, path) as Json; value !== null && typeof value === 'object'; ) {
    const step = isList(value) ? value.length - 1 : (Object.keys(value).at(-1) ?? '');
    last = [...last, step];
    value = (value as Shot)[step] ?? null;
  }
  return yaml.locate(last);
}
