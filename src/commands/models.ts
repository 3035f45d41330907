import { EXIT, type ExitCode } from '../failure.ts';
import type { Model, ModelProperty } from '../model/model.ts';
import { dollarsOrNull } from '../model/money.ts';
import { priceOf } from '../model/price.ts';
import type { Json } from '../plan/request.ts';
import { loadLanguage, modelsBeside } from '../project/language.ts';
import { DEFAULT_MODEL } from '../storyboard/compile-shot.ts';
import { cleanLine } from '../terminal/clean.ts';
import { formatPrice } from '../terminal/format-plan.ts';
import { asJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';

export interface ModelsFlags {
  readonly json?: boolean;
  readonly verify?: boolean;
  readonly keyFile?: string;
}

/** Prints the models, their limits and prices: the built-in ones, and those of a project. */
export async function modelsCommand(
  path: string | undefined,
  flags: ModelsFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const builtIn = await loadLanguage();
  const { models: known, own } =
    path === undefined ? { ...builtIn, own: new Map<string, string>() } : await modelsBeside(path, cwd);
  if (flags.verify === true) {
    const { verifyModels } = await import('./verify-models.ts');
    return await verifyModels([...known.values()], flags, context);
  }
  const usual = known.get(DEFAULT_MODEL);
  const models = [...new Set([...(usual === undefined ? [] : [usual]), ...known.values()])];
  if (flags.json === true)
    terminal.out(
      asJson({ version: 1, models: models.map(model => modelToJson(model, own.get(model.id) ?? null)) }),
    );
  else {
    const texts = models.map(model => {
      const file = own.get(model.id);
      const replaces = builtIn.models.has(model.id) ? ', in the place of the built-in model' : '';
      return formatModel(model, file === undefined ? null : `from ${file}${replaces}`, terminal.outColor);
    });
    terminal.out(`${texts.join('\n')}\n`);
  }
  return EXIT.done;
}

function modelToJson(model: Model, file: string | null): Json {
  return {
    id: model.id,
    title: model.title,
    description: model.description,
    provider: model.provider,
    file,
    fps: model.fps,
    parameters: Object.entries(model.properties).map(([name, property]) => ({
      name,
      required: model.required.includes(name),
      ...(property as Record<string, Json>),
    })),
    sizes: model.sizes as Json,
    prices: pricesOf(model).map(({ resolution, durationSeconds, micros, source }) => ({
      resolution,
      durationSeconds,
      price: dollarsOrNull(micros),
      priceSource: source,
    })),
  };
}

/** Every length that the model can be asked for, and those that its page lists beside; none where none are known. */
function pricesOf(model: Model) {
  const { price } = model;
  if (price === null) return [];
  const { minimum = 1, maximum = minimum } = model.properties.duration ?? {};
  const lengths = new Set(Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index));
  for (const { durationSeconds } of price.listed) lengths.add(durationSeconds);
  return Object.keys(price.factor).flatMap(resolution =>
    [...lengths]
      .sort((a, b) => a - b)
      .map(durationSeconds => ({
        resolution,
        durationSeconds,
        ...priceOf(price, { resolution, durationSeconds }),
      })),
  );
}

function formatModel(model: Model, origin: string | null, color: boolean): string {
  const paint = painter(color);
  const parameters = Object.entries(model.properties).map(([name, property]) => [
    name,
    rangeOf(property),
    defaultOf(property, model.required.includes(name)),
    paint('dim', cleanLine(property.description ?? '')),
  ]);
  const prices = pricesOf(model);
  const lengths = [...new Set(prices.map(({ durationSeconds }) => durationSeconds))];
  const rows = Object.keys(model.price?.factor ?? {}).map(resolution => [
    cleanLine(resolution),
    ...prices
      .filter(price => price.resolution === resolution)
      .map(({ micros, source }) => `${formatPrice(micros)}${source === 'listed' ? '*' : ' '}`),
  ]);
  const sizes = Object.entries(model.sizes).map(([resolution, ratios]) => [
    cleanLine(resolution),
    ...Object.entries(ratios).map(([ratio, [width, height]]) => cleanLine(`${ratio} ${width}×${height}`)),
  ]);
  return [
    `${paint('bold', model.id)}  ${cleanLine(model.title)}, on ${model.provider}`,
    ...(origin === null ? [] : [`  ${paint('dim', cleanLine(origin))}`]),
    `  ${cleanLine(model.description)}`,
    '',
    ...indent(table([['parameter', 'range', 'default', ''].map(text => paint('dim', text)), ...parameters])),
    '',
    ...(model.price === null
      ? [`  ${paint('dim', 'price')}  quote needed: \`storyreel plan --quote\` asks ${model.provider}`]
      : [
          ...indent(
            table(
              [['price', ...lengths.map(length => `${length} s `)].map(text => paint('dim', text)), ...rows],
              lengths.map((_, index) => index + 1),
            ),
          ),
          paint('dim', '  * listed by the service; the others are computed by its rule'),
        ]),
    '',
    ...indent(table([[paint('dim', 'size')], ...sizes])),
    '',
  ].join('\n');
}

function indent(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`);
}

function rangeOf({
  type,
  enum: values,
  minimum,
  maximum,
  minItems,
  maxItems,
  maxLength,
}: ModelProperty): string {
  if (values !== undefined) return cleanLine(values.join(', '));
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (maxItems !== undefined) return `${minItems ?? 0} to ${maxItems} items`;
  if (maxLength !== undefined) return `up to ${maxLength} characters`;
  return type ?? '';
}

function defaultOf(property: ModelProperty, required: boolean): string {
  if (required) return 'required';
  return property.default === undefined ? '' : cleanLine(String(property.default));
}
