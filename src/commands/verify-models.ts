import { EXIT, type ExitCode } from '../failure.ts';
import { compareModel, type Drift, priceQuestions } from '../model/compare-model.ts';
import type { Model } from '../model/model.ts';
import { formatDollars } from '../model/money.ts';
import type { Json } from '../plan/request.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { table, truncate } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { serviceAccess } from './service-access.ts';

/** A service may send anything: this many say that the file is out of date. */
const MAX_DRIFTS = 50;

interface Verified {
  readonly id: string;
  readonly drifts: readonly Drift[];
  /** What could not be compared, because the service did not tell. */
  readonly notes: readonly string[];
}

/** Compares model files with what the service says of its models and their prices. Spends nothing. */
export async function verifyModels(
  models: readonly Model[],
  flags: { readonly json?: boolean; readonly keyFile?: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { askCatalogue } = await import('../provider/wavespeed/wavespeed.ts');
  const service = await askCatalogue(await serviceAccess(flags, context), context.signal);
  const verified: Verified[] = [];
  for (const model of models) {
    const described = service.models.get(model.id);
    const drifts = compareModel(model, described);
    const notes: string[] = [];
    if (described !== undefined && (described.properties === null || described.required === null))
      notes.push(`${service.host} does not tell what it takes`);
    let unquoted = 0;
    for (const { what, micros, inputs } of described === undefined ? [] : priceQuestions(model)) {
      const quoted = await service.quote(model.id, inputs);
      if (quoted === null) unquoted++;
      else if (quoted !== micros)
        drifts.push({
          ...{ model: model.id, what },
          ...{ ours: `$${formatDollars(micros)}`, theirs: `$${formatDollars(quoted)}` },
        });
    }
    if (unquoted > 0) notes.push(`${service.host} did not quote ${plural(unquoted, 'price')}`);
    if (drifts.length > MAX_DRIFTS)
      notes.push(`${drifts.length - MAX_DRIFTS} more differences are not shown`);
    verified.push({ id: model.id, drifts: drifts.slice(0, MAX_DRIFTS), notes });
  }
  const { terminal } = context;
  const count = verified.reduce((sum, { drifts }) => sum + drifts.length, 0);
  if (flags.json === true)
    terminal.out(asJson({ version: 1, host: service.host, models: verified as unknown as Json }));
  else terminal.out(formatVerified(verified, service.host, terminal.outColor));
  return count > 0 ? EXIT.pending : EXIT.done;
}

function formatVerified(verified: readonly Verified[], host: string, color: boolean): string {
  const paint = painter(color);
  const lines = verified.flatMap(({ id, drifts, notes }) => [
    `${paint('bold', id)}  ${drifts.length === 0 ? 'no difference' : plural(drifts.length, 'difference')}`,
    ...table([
      ...(drifts.length > 0 ? [['', 'model file', host].map(text => paint('dim', text))] : []),
      ...drifts.map(({ what, ours, theirs }) => [shown(what), shown(ours), shown(theirs)]),
    ]).map(line => `  ${line}`),
    ...notes.map(note => `  ${paint('yellow', cleanLine(note))}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function shown(value: Json): string {
  if (value === null) return '–';
  return truncate(cleanLine(typeof value === 'string' ? value : JSON.stringify(value)), 60);
}
