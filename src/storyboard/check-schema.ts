import type { ErrorObject } from 'ajv';
import type { ErrorCode } from '../explanations/explanations.ts';
import type { Json } from '../plan/request.ts';
import type { Path } from './parse-yaml.ts';
import { didYouMean, suggest } from './suggest.ts';

/** One error of a JSON Schema check, in words, at its place in the data. */
export interface SchemaProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path: Path;
  readonly part: 'key' | 'value';
  /** The key that is missing. */
  readonly missing?: string | undefined;
  /** The key that an unknown one was most likely meant to be. */
  readonly meant?: string | undefined;
}

/**
 * Puts ajv's errors into words. `what` names what was checked, such as "the storyboard", for messages about
 * its top level. Needs errors made with `allErrors` and `verbose`.
 */
export function schemaProblems(errors: readonly ErrorObject[], what: string): SchemaProblem[] {
  const problems = errors.flatMap(error => {
    const described = describe(error, what);
    return described === null ? [] : [described];
  });
  const meant = new Set(problems.map(({ path, meant }) => [...path.slice(0, -1), meant].join('\0')));
  // `promt` for `prompt` is one mistake: that `prompt` is missing follows from it.
  return problems.filter(
    ({ code, path, missing }) => code !== 'missing-key' || !meant.has([...path, missing].join('\0')),
  );
}

function describe(error: ErrorObject, what: string): SchemaProblem | null {
  const path = parsePointer(error.instancePath);
  const at = (code: ErrorCode, message: string): SchemaProblem => ({ code, message, path, part: 'value' });
  const params = error.params as Params;
  const name = nameOf(path, what);
  if (error.propertyName !== undefined) {
    const problem = `"${error.propertyName}" cannot be a name: ${ID_RULE}`;
    return { code: 'wrong-format', message: problem, path: [...path, error.propertyName], part: 'key' };
  }
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = params.additionalProperty;
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      const list = `; there ${known.length === 1 ? 'is' : 'are'} ${inShort(known)}`;
      // `{ description: line 9, the last one }`: inside braces a comma ends the text.
      const comma = /\s/.test(key) && (error.data as Record<string, Json>)[key] === null;
      const hint = comma
        ? '; if the comma before it belongs to the text, put quotes around the text'
        : key === '<<'
          ? '; YAML 1.2 has no merge keys: put what shots share under `defaults`'
          : didYouMean(key, known) || list;
      const holder = typeof path.at(-1) === 'number' || path.length === 0 ? `in ${name}` : `under ${name}`;
      return {
        code: 'unknown-key',
        message: `unknown key ${show(key)} ${holder}${hint}`,
        path: [...path, key],
        part: 'key',
        meant: comma ? undefined : suggest(key, known),
      };
    }
    case 'required':
      return {
        ...at('missing-key', `${name} needs \`${params.missingProperty}\``),
        part: 'key',
        missing: params.missingProperty,
      };
    case 'type': {
      // `prompt: {mira}` is a map to YAML.
      const brace = params.type === 'string' && isMapOfNothing(error.data);
      const kinds = [params.type].flat().map(type => TYPE_NAMES[type] ?? type);
      const kind = kinds.join(' or ');
      const hint = brace ? '; text that begins with { needs quotes around it' : '';
      return at('wrong-type', `${name} must be ${kind}, not ${kindOf(error.data)}${hint}`);
    }
    case 'const':
      return at(
        'not-allowed',
        `${name} must be ${JSON.stringify(params.allowedValue)}, not ${show(error.data)}`,
      );
    case 'enum': {
      const allowed = params.allowedValues;
      const unquoted = typeof error.data === 'string' && allowed.some(value => value === Number(error.data));
      const near = typeof error.data === 'string' ? didYouMean(error.data, allowed.map(String)) : '';
      const guess = unquoted ? '; write it without quotes' : near;
      const list = inShort(allowed.map(String));
      return at('not-allowed', `${name} must be one of ${list}, not ${show(error.data)}${guess}`);
    }
    case 'pattern':
      return at(
        'wrong-format',
        `${show(error.data)} cannot be ${name}: ${FORMATS[String(params.pattern)] ?? ID_RULE}`,
      );
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return at('out-of-range', `${name} must be ${rangeOf(error)}, not ${show(error.data)}`);
    case 'minLength':
      return at('out-of-range', `${name} must not be empty`);
    case 'maxLength':
      return at(
        'out-of-range',
        `${name} has ${[...String(error.data)].length} characters; ${params.limit} are allowed`,
      );
    case 'minItems':
      return at('out-of-range', `${name} needs at least ${count(params.limit)}`);
    case 'maxItems':
      return at(
        'out-of-range',
        `${name} has ${(error.data as Json[]).length} items; ${params.limit} are allowed`,
      );
    case 'minProperties':
      return at('out-of-range', `${name} needs at least ${count(params.limit)}`);
    case 'maxProperties':
      return at(
        'out-of-range',
        `${name} has ${Object.keys(error.data as object).length} items; ${params.limit} are allowed`,
      );
    case 'uniqueItems':
      return {
        ...at('duplicate-item', `${name} lists ${show((error.data as Json[])[params.j])} twice`),
        path: [...path, Math.max(params.i, params.j)],
      };
    case 'propertyNames':
      return null; // its inner error names the property
    default:
      return at('invalid', `${name} ${error.message ?? 'is not valid'}`);
  }
}

/** The parameters of ajv's errors that we read; which of them are there depends on the keyword. */
interface Params {
  readonly additionalProperty: string;
  readonly missingProperty: string;
  readonly type: string | readonly string[];
  readonly allowedValue: Json;
  readonly allowedValues: readonly Json[];
  readonly limit: number;
  readonly comparison: string;
  readonly pattern: string;
  readonly i: number;
  readonly j: number;
}

/** What to write, by the pattern that says so to a machine. */
const FORMATS: Readonly<Record<string, string>> = {
  '^([0-9]{1,6}([.][0-9]{1,6})?)$': 'write a decimal in quotes, such as "0.10"',
  '^(?!(predictions|media|models?|billings|balance)/)([a-z0-9][a-z0-9._-]*)(/[a-z0-9][a-z0-9._-]*)+$':
    'write the model as the service calls it, such as `alibaba/wan-2.7/text-to-video`',
  '^(first|last)$': 'write `first`, `last`, or the seconds as a number',
  '^([a-z]{3})$': 'write the three letters of ISO 639-2, such as `eng`',
  '^(youtube|spotify|apple|r128)$':
    'write `youtube`, `spotify`, `apple`, `r128`, or a number of LUFS such as -16',
  '^(black|white|#[0-9a-fA-F]{6})$':
    'write `black`, `white`, or six hexadecimal digits in quotes, such as "#1b2a49"',
  '^([1-9][0-9]{0,2}[02468]x[1-9][0-9]{0,2}[02468])$':
    'write width and height in pixels, both even, such as 1920x1080',
};
const ID_RULE =
  'use lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 64 characters';

const TYPE_NAMES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

const HOLDERS: Record<string, string> = {
  scenes: 'a scene',
  shots: 'a shot',
  videos: 'a video',
  references: 'a reference',
};

/** `duration`, or "a shot" for an item of a list, or `what` at the top. */
function nameOf(path: Path, what: string): string {
  const last = path.at(-1);
  if (last === undefined) return what;
  if (typeof last === 'string') return `\`${last}\``;
  return HOLDERS[String(path.at(-2))] ?? 'an item';
}

/** "from 2 to 10" where the schema gives both ends, so that one message tells the whole rule. */
function rangeOf(error: ErrorObject): string {
  const { minimum, maximum, exclusiveMinimum } = error.parentSchema as Record<string, number | undefined>;
  if (minimum !== undefined && maximum !== undefined) return `from ${minimum} to ${maximum}`;
  if (exclusiveMinimum !== undefined && maximum !== undefined)
    return `more than ${exclusiveMinimum} and at most ${maximum}`;
  return `${(error.params as Params).comparison} ${(error.params as Params).limit}`;
}

function isMapOfNothing(value: unknown): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).every(member => member === null)
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return show(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (value === null) return 'nothing';
  return value !== null && typeof value === 'object' ? kindOf(value) : String(value);
}

function count(items: number): string {
  return items === 1 ? 'one item' : `${items} items`;
}

/** "/shots/0/prompt" → ['shots', 0, 'prompt']. A map's key made of digits alone becomes a number: harmless, since places are found by either. */
export function parsePointer(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(step => (/^(0|[1-9]\d{0,8})$/.test(step) ? Number(step) : step));
}

/** A list that is still read: its first items, and how many there are. */
function inShort(values: readonly string[]): string {
  return values.length <= 12
    ? values.join(', ')
    : `${values.slice(0, 8).join(', ')} … (${values.length} in all)`;
}
