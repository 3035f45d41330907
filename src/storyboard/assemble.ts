import type { ErrorObject } from 'ajv';
import type { ErrorCode } from '../explanations/explanations.ts';
import type { Json } from '../plan/request.ts';
import { type SchemaProblem, schemaProblems } from './check-schema.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Entry, mergeParts, nameOf } from './merge-parts.ts';
import type { Path } from './parse-yaml.ts';
import { type Data, isData, type Part, type Place } from './part.ts';
import { findBrace } from './prompt.ts';
import { didYouMean } from './suggest.ts';
import { expandData, unknownVariables, type Variables, writtenBrace } from './variables.ts';
import { withoutProblems } from './without-problems.ts';

/** All files of a storyboard as one, with the way back from a place in the data to the file that it came from. */
export interface Assembled {
  /** Undefined if there is nothing to look at: it was reported why. */
  readonly data: Data | undefined;
  readonly locate: (path: Path, part?: 'key' | 'value') => Place;
  /** The `brace`-th brace of a text after its variables were filled in. */
  readonly locateBrace: (path: Path, brace: number, length: number) => Place;
  /** What the schemas refused; of included files by where it would stand in the storyboard. */
  readonly problems: readonly SchemaProblem[];
  readonly diagnostics: readonly Diagnostic[];
  /** The names that it declares. */
  readonly variables: readonly string[];
  /** True where YAML itself could not read what stands there: whatever replaced it is no news. */
  readonly isUnreadable: (place: Place) => boolean;
  /** True if an included file is missing or unreadable, so that names may be unknown for no fault of their own. */
  readonly lacking: boolean;
}

type Check = (data: Json) => readonly ErrorObject[];

interface Brace {
  readonly part: Part;
  readonly path: Path;
  /** Which brace of the text, as it is written. */
  readonly brace: number;
  /** The variable that it calls; null for any other brace. */
  readonly name: string | null;
  /** Of any other: how far it goes. */
  readonly length: number;
}

/** Reads a storyboard with all that it includes: fills in variables, checks shapes, and merges. */
export function assemble(
  root: Part,
  checks: { readonly checkShape: Check; readonly checkInclude: Check },
  overrides: Variables,
): Assembled {
  return new Assembly(root, overrides).run(checks);
}

class Assembly {
  private readonly root: Part;
  private readonly parts: readonly Part[];
  private readonly declared: Variables;
  /** With what they are for this run. */
  private readonly variables: Variables;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly problems: SchemaProblem[] = [];
  /** Values that included files bring, by their place in the storyboard. */
  private readonly foreign = new Map<string, Entry>();
  private readonly told: ReadonlySet<string>;
  /** True if a file is missing, or is no YAML. */
  private readonly lacking: boolean;

  constructor(root: Part, overrides: Variables) {
    this.root = root;
    this.parts = [...partsOf(root)];
    this.declared = collectVariables(root);
    this.variables = new Map([...this.declared, ...overrides]);
    for (const { yaml } of this.parts)
      for (const diagnostic of yaml.diagnostics) this.diagnostics.push(diagnostic);
    this.told = new Set(this.diagnostics.map(placeName));
    this.lacking = this.parts.some(({ lacking, yaml }) => lacking || yaml.data === undefined);
  }

  run({ checkShape, checkInclude }: Parameters<typeof assemble>[1]): Assembled {
    const contents = new Map(
      this.parts.map(part => {
        const check = part === this.root ? checkShape : checkInclude;
        return [part, this.read(part, check)] as const;
      }),
    );
    const brought = mergeParts(this.root, contents, this.report);
    const data = this.whole(contents.get(this.root), brought);
    return {
      data,
      locate: this.locate,
      locateBrace: this.locateBrace,
      problems: this.problems,
      diagnostics: this.diagnostics,
      variables: [...this.declared.keys()],
      isUnreadable: this.isUnreadable,
      lacking:
        this.lacking ||
        this.parts.some(part => contents.get(part) === undefined) ||
        this.problems.some(({ path }) => path[0] === 'include'),
    };
  }

  /** A file's data less what its schema refused, so that the rules behind it can look at all the rest. */
  private read(part: Part, check: Check): Data | undefined {
    const { source, yaml } = part;
    if (yaml.data === undefined) return undefined;
    const data = isData(yaml.data) ? this.expand(part, yaml.data) : yaml.data;
    const problems = schemaProblems(check(data), part === this.root ? 'the storyboard' : 'an included file');
    for (const problem of problems) {
      const { code, message, path, part: keyOrValue } = problem;
      this.report(code, message, { file: source.file, range: yaml.locate(path, keyOrValue) });
      this.problems.push(problem);
    }
    const sound = withoutProblems(data, problems);
    return isData(sound) ? sound : undefined;
  }

  /** Variables are filled in before anything is checked: their text is held to the same rules. */
  private expand(part: Part, data: Data): Data {
    const { include, variables, ...texts } = data;
    const expanded = expandData(texts, this.variables) as Data;
    if (expanded === texts) return data;
    // Where a file could not be read, they may be in that one.
    for (const { name, path, brace } of this.lacking ? [] : unknownVariables(texts, this.variables)) {
      const place = this.placeOf({ part, path, brace, name, length: 0 });
      this.report('unknown-variable', unknownVariable(name, this.variables), place);
    }
    return { ...data, ...expanded };
  }

  /** The storyboard's own data with what the included files bring, and where each of that came from. */
  private whole(own: Data | undefined, entries: Iterable<Entry>): Data | undefined {
    if (own === undefined) return own;
    const brought: Record<string, Record<string, Json>> = {};
    const whole: Record<string, Json> = { ...own };
    const fonts: Json[] = Array.isArray(own.fonts) ? [...(own.fonts as Json[])] : [];
    for (const entry of entries) {
      const [field, member] = entry.path as [string, string | undefined];
      const path = field === 'fonts' ? [field, fonts.length] : entry.path;
      this.foreign.set(nameOf(path), { ...entry, path });
      if (field === 'fonts') fonts.push(entry.value);
      else if (member === undefined) whole[field] = entry.value;
      else {
        brought[field] ??= {};
        (brought[field] as Record<string, Json>)[member] = entry.value;
      }
    }
    if (fonts.length > 0) whole.fonts = fonts;
    for (const [field, members] of Object.entries(brought))
      whole[field] = { ...members, ...(isData(own[field]) ? own[field] : {}) };
    return whole;
  }

  private readonly locate = (path: Path, keyOrValue?: 'key' | 'value'): Place => {
    const { part, written } = this.origin(path);
    return { file: part.source.file, range: part.yaml.locate(written, keyOrValue) };
  };

  private readonly locateBrace = (path: Path, brace: number, length: number): Place => {
    const { part, written } = this.origin(path);
    const text = valueAt(part.yaml.data, written);
    if (typeof text !== 'string') return this.locate(path);
    return this.placeOf({ part, path: written, length, ...writtenBrace(text, brace, this.variables) });
  };

  private origin(path: Path): Pick<Entry, 'part' | 'written'> {
    const entry = this.foreign.get(nameOf(path.slice(0, 2))) ?? this.foreign.get(nameOf(path.slice(0, 1)));
    if (entry === undefined) return { part: this.root, written: path };
    return { part: entry.part, written: [...entry.written, ...path.slice(entry.path.length)] };
  }

  /** The brace with what is inside it; of a variable, with its `$`. */
  private placeOf({ part: { source, yaml }, path, brace: index, name, length }: Brace): Place {
    const scalar = yaml.locate(path);
    const at = findBrace(source.text.slice(scalar.start, scalar.end), index);
    // Written as an escape: the whole text is as near as we get.
    if (at === null) return { file: source.file, range: scalar };
    const brace = scalar.start + at;
    const end = name === null ? brace + length : source.text.indexOf('}', brace) + 1;
    return {
      file: source.file,
      range: { start: name === null ? brace : brace - 1, end: Math.min(end, scalar.end) },
    };
  }

  private readonly isUnreadable = (place: Place): boolean => this.told.has(placeName(place));

  private readonly report = (code: ErrorCode, message: string, place: Place): void => {
    if (!this.isUnreadable(place)) this.diagnostics.push({ code, severity: 'error', message, ...place });
  };
}

function unknownVariable(name: string, variables: Variables): string {
  if (name === '') return 'name a variable between the braces, or write $${ for a dollar sign';
  const hint =
    didYouMean(name, variables.keys()) ||
    '; name it under `variables`, or write {name} for a reference and $${ for a dollar sign';
  return `there is no variable "${name}"${hint}`;
}

function* partsOf(root: Part, seen: Set<Part> = new Set()): Generator<Part> {
  if (seen.has(root)) return;
  seen.add(root);
  yield root;
  for (const part of root.includes) yield* partsOf(part, seen);
}

/** A file's own variables go before those of what it includes. */
function collectVariables(root: Part): Map<string, string> {
  const variables = new Map<string, string>();
  for (const { yaml } of partsOf(root)) {
    const own = isData(yaml.data) ? yaml.data.variables : undefined;
    for (const [name, value] of isData(own) ? Object.entries(own) : []) {
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : name; // refused anyway
      if (!variables.has(name)) variables.set(name, text);
    }
  }
  return variables;
}

function placeName({ file, range }: Place): string {
  return `${range.start} ${range.end} ${file}`;
}

function valueAt(data: Json | undefined, path: Path): Json | undefined {
  let value = data;
  for (const step of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Data)[String(step)];
  }
  return value;
}
