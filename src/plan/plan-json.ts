import { dollarsOrNull, formatDollars } from '../model/money.ts';
import { type Chain, chainsOf } from './chains.ts';
import type { Plan, PlannedTake } from './plan.ts';
import type { Json, MediaUse } from './request.ts';

/** The plan as `plan --json` prints it; schemas/plan.schema.json describes it. */
export function planToJson(plan: Plan): Json {
  const { chains } = chainsOf(plan.takes);
  return {
    version: 1,
    provider: plan.provider.name,
    currency: 'USD',
    storyboards: plan.storyboards.map(film => ({ ...film })),
    takes: plan.takes.map(takeToJson),
    ...(chains.length > 0 ? { chains: chains.map(chainToJson) } : {}),
    // A sum that leaves something out is no sum.
    cost: {
      new: plan.unpriced.new > 0 ? null : formatDollars(plan.newMicros),
      total: plan.unpriced.total > 0 ? null : formatDollars(plan.totalMicros),
      ...(plan.unpriced.total > 0 ? { quoteNeeded: plan.unpriced.total } : {}),
    },
  };
}

function chainToJson({ storyboard, shot, followers, takes, micros, unpriced }: Chain): Json {
  const cost = unpriced > 0 ? null : formatDollars(micros);
  return { storyboard, shot, followers, reroll: { takes, cost } };
}

function takeToJson(take: PlannedTake): Json {
  const inputs: Record<string, Json> = {};
  for (const [field, value] of Object.entries(take.request.inputs)) {
    if (!take.media.some(use => use.field === field)) inputs[field] = value;
  }
  return {
    storyboard: take.storyboard,
    scene: take.scene,
    shot: take.shot,
    take: take.take,
    picked: take.picked,
    key: take.key,
    action: take.action,
    reasons: take.reasons,
    model: take.request.model,
    inputs,
    references: take.media.map(mediaToJson),
    price: dollarsOrNull(take.price.micros),
    priceSource: take.price.source,
    cost: dollarsOrNull(take.costMicros),
    ...(take.fill === null ? {} : { fill: take.fill }),
  };
}

function mediaToJson({ name, token, source }: MediaUse): Json {
  if ('file' in source) return { name, token, file: source.file, sha256: source.sha256 };
  const { shot, take, at, key } = source;
  return { name, token, file: null, sha256: null, from: { shot, take, at, key } };
}
