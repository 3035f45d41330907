import type { Model } from '../model/model.ts';
import type { Micros } from '../model/money.ts';
import { type Plan, type PlannedTake, reprice } from '../plan/plan.ts';
import type { Json } from '../plan/request.ts';
import type { PaidProvider, Payload } from '../provider/provider.ts';
import { modelsOf, type PlannedFiles } from './plan-files.ts';

export interface QuotedPlan {
  readonly plan: Plan;
  readonly balanceMicros: Micros | null;
  /** What the service did not tell. */
  readonly notes: readonly string[];
}

/** A plan as it is, when nobody is asked. */
export function unquoted(plan: Plan): QuotedPlan {
  return { plan, balanceMicros: null, notes: [] };
}

/**
 * Asks the service what a plan costs now, once for each distinct set of inputs that the price depends on, and what
 * the account has left. What the service does not say stays as the model's own table has it. A plan that costs
 * nothing asks nothing.
 */
export async function quotePlan(
  { plan, films }: PlannedFiles,
  provider: PaidProvider,
  signal: AbortSignal,
): Promise<QuotedPlan> {
  if (plan.newMicros === 0 && plan.unpriced.new === 0) return unquoted(plan);
  const models = modelsOf(films);
  const asked = new Map<string, Promise<Micros | null>>();
  for (const take of plan.takes) {
    const name = priceName(take, models);
    if (take.costMicros === 0 || asked.has(name)) continue;
    asked.set(name, provider.quote(take.request.model, quoteInputs(take), signal));
  }
  const [balanceMicros, ...quotes] = await Promise.all([provider.balance(signal), ...asked.values()]);
  const quoted = new Map([...asked.keys()].map((name, index) => [name, quotes[index] ?? null]));
  const notes: string[] = [];
  if (quotes.some(quote => quote === null))
    notes.push(`${provider.name} did not quote every price: those are from the model's own table`);
  if (balanceMicros === null) notes.push(`${provider.name} did not tell the balance`);
  return {
    plan: reprice(plan, take => {
      const micros = quoted.get(priceName(take, models));
      if (micros === undefined || micros === null) return take.price;
      return { micros, source: 'quoted', tableMicros: take.price.micros };
    }),
    balanceMicros,
    notes,
  };
}

/** Takes of the same name cost the same. */
function priceName({ request }: PlannedTake, models: ReadonlyMap<string, Model>): string {
  const fields = models.get(request.model)?.priceInputs ?? [];
  return JSON.stringify([request.model, ...fields.map(field => request.inputs[field] ?? null)]);
}

/** All inputs, because a quote for less is a quote for the cheapest; media that are not uploaded yet get a stand-in. */
function quoteInputs({ request, media }: PlannedTake): Payload {
  const inputs: Record<string, Json> = { ...request.inputs };
  for (const { field } of media) {
    const standIn = 'https://storyreel.invalid/reference.mp4';
    const value = request.inputs[field];
    inputs[field] = Array.isArray(value) ? value.map(() => standIn) : standIn;
  }
  return inputs;
}
