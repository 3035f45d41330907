import type { ErrorObject } from 'ajv';
import type { ErrorCode } from '../explanations/explanations.ts';
import type { Json } from '../plan/request.ts';
import { schemaProblems } from '../storyboard/check-schema.ts';
import { didYouMean } from '../storyboard/suggest.ts';
import type { ModelBlock, ModelProperty } from './model.ts';
import { formatDollars, MOST_FOR_ONE_CLIP } from './money.ts';
import { priceOf, tableOf } from './price.ts';

/** Something wrong with a model file, at its place in the data. */
export interface ModelProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly part: 'key' | 'value';
}

/** A model file that has the right shape. */
interface WrittenModel {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, ModelProperty>>;
  readonly 'x-model': ModelBlock;
}

type Report = (path: ModelProblem['path'], message: string, part?: ModelProblem['part']) => void;

/** No clip is longer; the prices of all lengths are looked at. */
const MAX_SECONDS = 600;

/** What is wrong with a project's own model file: its shape, or else what its parts say of each other. */
export function checkModel(data: Json, checkShape: (data: Json) => readonly ErrorObject[]): ModelProblem[] {
  const problems: ModelProblem[] = schemaProblems(checkShape(data), 'the model file');
  if (problems.length > 0) return problems;
  const report: Report = (path, message, part = 'value') =>
    problems.push({ code: 'model-contradicts', message, path, part });
  const model = data as unknown as WrittenModel;
  checkProperties(model, report);
  checkReferences(model, report);
  if (problems.length > 0) return problems; // what follows would be said of the same mistakes
  checkSizes(model, report);
  checkPrice(model, report);
  return problems;
}

const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  minLength: ['string'],
  maxLength: ['string'],
  minItems: ['array'],
  maxItems: ['array'],
  items: ['array'],
  enum: ['string', 'number', 'integer'],
};

function checkProperties({ properties, required }: WrittenModel, report: Report): void {
  for (const [index, name] of required.entries()) {
    if (!Object.hasOwn(properties, name)) report(['required', index], noProperty(name, properties));
  }
  for (const [name, property] of Object.entries(properties)) checkProperty(name, property, report);
  const { prompt, resolution, duration, seed } = properties;
  if (prompt?.type !== 'string') report(['properties', 'prompt'], '`prompt` must be of type string');
  if (seed?.type !== 'integer') report(['properties', 'seed'], '`seed` must be of type integer');
  if (resolution?.type !== 'string' || resolution.enum === undefined || resolution.default === undefined)
    report(['properties', 'resolution'], '`resolution` must be of type string, with `enum` and `default`');
  const { type, minimum, maximum, default: preset } = duration ?? {};
  const isNumber = type === 'integer' || type === 'number';
  if (!isNumber || minimum === undefined || maximum === undefined || preset === undefined)
    report(['properties', 'duration'], '`duration` must be a number with `minimum`, `maximum` and `default`');
  else if (minimum <= 0 || maximum > MAX_SECONDS)
    report(['properties', 'duration'], `\`duration\` must lie within 0 and ${MAX_SECONDS} seconds`);
}

function checkProperty(name: string, property: ModelProperty, report: Report): void {
  const { type = '', enum: values, default: preset } = property;
  for (const keyword of Object.keys(property)) {
    const types = OF_TYPE[keyword];
    if (types !== undefined && !types.includes(type))
      report(['properties', name, keyword], `\`${keyword}\` says nothing of type ${type}`, 'key');
  }
  for (const [least, most] of BOUNDS) {
    if ((property[least] ?? Number.NEGATIVE_INFINITY) > (property[most] ?? Number.POSITIVE_INFINITY))
      report(['properties', name, least], `\`${least}\` is more than \`${most}\``);
  }
  for (const [index, value] of (values ?? []).entries()) {
    if (!isOfType(value, type))
      report(['properties', name, 'enum', index], `${JSON.stringify(value)} is not of type ${type}`);
  }
  if (preset === undefined) return;
  const { minimum = preset, maximum = preset } = property;
  const isIn = values === undefined || values.includes(preset);
  if (!isOfType(preset, type) || !isIn || preset < (minimum ?? 0) || preset > (maximum ?? 0))
    report(['properties', name, 'default'], `the default of \`${name}\` is not a value that it may have`);
}

const BOUNDS = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
] as const;

function isOfType(value: Json, type: string): value is string | number {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'array') return Array.isArray(value);
  return typeof value === type;
}

function checkReferences({ properties, 'x-model': block }: WrittenModel, report: Report): void {
  const { videos, image, files = [] } = block.references;
  const named: [string | undefined, ModelProblem['path'], 'string' | 'array'][] = [
    [videos?.field, ['videos', 'field'], 'array'],
    [image?.field, ['image', 'field'], 'string'],
    ...files.map((name, index): (typeof named)[number] => [name, ['files', index], 'string']),
  ];
  const seen = new Set<string>();
  for (const [name, path, type] of named) {
    if (name === undefined) continue;
    const at = ['x-model', 'references', ...path];
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const isList = property?.type === 'array' && property.items?.type === 'string';
    if (property === undefined) report(at, noProperty(name, properties));
    else if (RESERVED.has(name)) report(at, `\`${name}\` is no file`);
    else if (type === 'array' ? !isList : property.type !== 'string')
      report(at, `\`${name}\` must be ${type === 'array' ? 'a list of strings' : 'of type string'}`);
    else if (seen.has(name)) report(at, `\`${name}\` stands here twice`);
    seen.add(name);
  }
  if (videos !== undefined && !videos.token.includes('{n}'))
    report(['x-model', 'references', 'videos', 'token'], 'the token of videos needs {n}, the number');
  for (const [index, name] of block.price.inputs.entries()) {
    if (!Object.hasOwn(properties, name))
      report(['x-model', 'price', 'inputs', index], noProperty(name, properties));
  }
}

const RESERVED = new Set(['prompt', 'resolution', 'aspect_ratio', 'duration', 'seed']);

function checkSizes({ properties, 'x-model': { sizes } }: WrittenModel, report: Report): void {
  const resolutions = (properties.resolution?.enum ?? []) as string[];
  const ratios = (properties.aspect_ratio?.enum ?? []) as string[];
  for (const resolution of resolutions) {
    const own = Object.hasOwn(sizes, resolution) ? sizes[resolution] : undefined;
    const lacking = own === undefined ? [''] : ratios.filter(ratio => !Object.hasOwn(own, ratio));
    const at = own === undefined ? ['x-model', 'sizes'] : ['x-model', 'sizes', resolution];
    for (const ratio of lacking)
      report(at, `there is no size for ${ratio === '' ? '' : `${ratio} at `}${resolution}`, 'key');
  }
  for (const name of Object.keys(sizes))
    if (!resolutions.includes(name))
      report(['x-model', 'sizes', name], noResolution(name, resolutions), 'key');
}

function checkPrice({ properties, 'x-model': { price } }: WrittenModel, report: Report): void {
  const at = ['x-model', 'price'];
  if (price.rule === undefined) {
    if (price.listed !== undefined) report([...at, 'listed'], '`listed` needs a `rule` beside it', 'key');
    return;
  }
  const resolutions = (properties.resolution?.enum ?? []) as string[];
  for (const name of Object.keys(price.rule.factor)) {
    if (!resolutions.includes(name))
      report([...at, 'rule', 'factor', name], noResolution(name, resolutions), 'key');
  }
  const rule = tableOf({ ...price, listed: [] });
  const computed = (resolution: string, durationSeconds: number, path: ModelProblem['path']) => {
    try {
      return priceOf(rule, { resolution, durationSeconds }).micros;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      report(path, `the price of ${durationSeconds} s at ${resolution} is no whole number of micro-dollars`);
      return null;
    }
  };
  const { minimum = 1, maximum = 1 } = properties.duration ?? {};
  for (const resolution of resolutions) {
    const factor = [...at, 'rule', 'factor', resolution];
    if (!Object.hasOwn(price.rule.factor, resolution)) {
      report([...at, 'rule', 'factor'], `there is no factor for ${resolution}`, 'key');
      continue;
    }
    for (let seconds = minimum; seconds <= maximum; seconds++) {
      const micros = computed(resolution, seconds, factor);
      if (micros === 0) report(factor, `${seconds} s at ${resolution} would cost nothing`);
      if (micros !== null && micros > MOST_FOR_ONE_CLIP)
        report(factor, `${seconds} s at ${resolution} would cost more than $10,000: no clip does`);
      if (micros === null || micros === 0 || micros > MOST_FOR_ONE_CLIP) break;
    }
  }
  for (const [index, { resolution, duration, price: told }] of (price.listed ?? []).entries()) {
    const row = [...at, 'listed', index];
    if (!resolutions.includes(resolution)) {
      report([...row, 'resolution'], noResolution(resolution, resolutions));
      continue;
    }
    const micros = computed(resolution, duration, [...row, 'price']);
    const [listed] = tableOf({ ...price, listed: [{ resolution, duration, price: told }] })?.listed ?? [];
    if (micros !== null && listed !== undefined && listed.micros !== micros)
      report([...row, 'price'], `the rule makes it $${formatDollars(micros)}, not $${told}`);
  }
}

function noProperty(name: string, properties: object): string {
  return `there is no property \`${name}\`${didYouMean(name, Object.keys(properties))}`;
}

function noResolution(name: string, known: readonly string[]): string {
  return `"${name}" is no value of \`resolution\`${didYouMean(name, known)}`;
}
