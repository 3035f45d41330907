import { createHash } from 'node:crypto';
import { priceOf } from '../model/price.ts';
import type { CheckedStoryboard } from '../storyboard/check.ts';
import type { CheckedShot } from '../storyboard/check-shot.ts';
import { fillPrompt } from '../storyboard/prompt.ts';
import { canonicalJson, type Key, requestKey, type Sha256 } from './key.ts';
import { contentOf, type Json, type MediaUse, type Request } from './request.ts';
import { type ClipFormat, type DraftTake, isUnusual, type Labels } from './take.ts';

/** What a plan must know of the provider, without having one at hand. */
export interface ProviderIdentity {
  readonly name: string;
  /** Part of the key for local renderers; null for a service. */
  readonly version: string | null;
  readonly priced: boolean;
}

export interface DraftContext {
  readonly provider: ProviderIdentity;
  /** The digest of a file that the storyboard names. */
  readonly digestOf: (storyboard: CheckedStoryboard, file: string) => Sha256;
  /** The seed that a take with `seed: -1` was given when it was first rendered; `keyOf` is its key with a seed. */
  readonly pinnedSeed: (shot: string, take: number, keyOf: (seed: number) => Key) => number | null;
  readonly wanted: (shot: CheckedShot) => boolean;
}

const MAX_SEED = 2147483647;

/**
 * Every take of a storyboard, in the order of the film, with its request and key. What a wanted shot takes pictures
 * from is wanted too: without it nothing could be rendered.
 */
export function draftTakes(checked: CheckedStoryboard, context: DraftContext): DraftTake[] {
  const wanted = checked.shots.map(context.wanted);
  const places = new Map(checked.shots.map(({ shot }, place) => [shot.id, place]));
  const needed = new Set<string>();
  for (const place of [...checked.order].reverse()) {
    const shot = checked.shots[place] as CheckedShot;
    if (!wanted[place] && !needed.has(shot.shot.id)) continue;
    for (const { medium } of shot.composition.media) if ('from' in medium) needed.add(medium.from);
  }
  const drafts = new Map<number, DraftTake[]>();
  const pickedOf = (id: string): DraftTake => {
    const picked = drafts.get(places.get(id) ?? -1)?.find(take => take.picked);
    if (picked === undefined) throw new RangeError(`${id} is drafted before those that need it`);
    return picked;
  };
  for (const place of checked.order) {
    const shot = checked.shots[place] as CheckedShot;
    if (!wanted[place] && !needed.has(shot.shot.id)) continue;
    const takes = draftShot(checked, shot, pickedOf, context);
    drafts.set(place, wanted[place] ? takes : takes.filter(({ picked }) => picked));
  }
  return checked.shots.flatMap((_, place) => drafts.get(place) ?? []);
}

function draftShot(
  checked: CheckedStoryboard,
  checkedShot: CheckedShot,
  pickedOf: (shot: string) => DraftTake,
  context: DraftContext,
): DraftTake[] {
  const { shot, model, composition } = checkedShot;
  let depth = 0;
  let waits = false;
  const media = composition.media.map(({ field, reference, token, medium }): MediaUse => {
    const named = {
      field,
      name: reference?.name ?? null,
      description: reference?.description ?? null,
      token,
    };
    if ('file' in medium)
      return { ...named, source: { file: medium.file, sha256: context.digestOf(checked, medium.file) } };
    named.description ??= `from ${medium.from}`;
    const upstream = pickedOf(medium.from);
    depth = Math.max(depth, upstream.depth + 1);
    waits ||= upstream.open;
    return { ...named, source: { shot: medium.from, take: upstream.take, at: medium.at, key: upstream.key } };
  });
  const inputs = withMedia(composition.body, media);
  const price = priceOf(model.price, {
    resolution: String(composition.body.resolution),
    durationSeconds: checkedShot.durationSeconds,
  });
  const format = formatOf(checkedShot);
  return Array.from({ length: shot.takes }, (_, index): DraftTake => {
    const take = index + 1;
    const withSeed = (seed: number): Request => ({
      provider: context.provider.name,
      providerVersion: context.provider.version,
      model: model.id,
      inputs: { ...inputs, seed },
    });
    const request = withSeed(seedOf(checkedShot, take, withSeed, context));
    return {
      storyboard: checked.storyboard.file,
      scene: shot.scene?.id ?? null,
      shot: shot.id,
      take,
      picked: take === shot.pick,
      priority: shot.priority,
      request,
      key: requestKey(request),
      media,
      depth,
      open: waits || request.inputs.seed === -1,
      labels: labelsOf(checked, checkedShot, take, context),
      format,
      price,
    };
  });
}

/** The pixels that the model delivers for a shot. */
export function formatOf({ shot, model, composition, durationSeconds }: CheckedShot): ClipFormat {
  const { resolution } = composition.body;
  const sizes = model.sizes[String(resolution)];
  // A model that follows its picture is not told the shape; the storyboard's default is the likely one.
  const ratio = composition.body.aspect_ratio ?? shot.inputs.get('aspect_ratio')?.value;
  const size = sizes?.[String(ratio)] ?? Object.values(sizes ?? {})[0];
  if (size === undefined) throw new TypeError(`${model.id} names no size for ${resolution} ${ratio}`);
  return { width: size[0], height: size[1], durationSeconds, fps: model.fps };
}

/**
 * Take n is rendered with seed + n − 1. `-1` stays -1 until the take is bought, when a seed is drawn and pinned;
 * a free provider is reproducible, so there the seed follows from the request itself.
 */
function seedOf(
  { shot }: CheckedShot,
  take: number,
  withSeed: (seed: number) => Request,
  context: DraftContext,
): number {
  if (shot.seeds !== null) return shot.seeds[take - 1] as number;
  if (shot.seed.value !== -1) return shot.seed.value + take - 1;
  const pinned = context.pinnedSeed(shot.id, take, seed => requestKey(withSeed(seed)));
  if (pinned !== null) return pinned;
  if (context.provider.priced) return -1;
  const digest = createHash('sha256')
    .update(canonicalJson(withSeed(-1).inputs))
    .digest();
  return (digest.readUInt32BE(0) % (MAX_SEED - shot.takes)) + take - 1;
}

/** Paths say nothing of pixels: in a request stands what media are made of. */
export function withMedia(
  body: Readonly<Record<string, Json>>,
  media: readonly MediaUse[],
): Record<string, Json> {
  const inputs = { ...body };
  for (const field of new Set(media.map(use => use.field))) {
    const contents = media.filter(use => use.field === field).map(({ source }) => contentOf(source));
    inputs[field] = Array.isArray(body[field]) ? contents : (contents[0] as string);
  }
  return inputs;
}

function labelsOf(
  checked: CheckedStoryboard,
  { shot }: CheckedShot,
  take: number,
  { digestOf }: DraftContext,
): Labels {
  const { storyboard } = checked;
  const labels: Labels = {
    film: storyboard.title,
    scene: shot.scene === null ? null : (shot.scene.title ?? shot.scene.id),
    shot: shot.title ?? shot.id,
    take,
    takes: shot.takes,
    prompt: fillPrompt(shot.prompt.value, ({ name }) => name),
  };
  const descriptions = shot.references.map(({ description }) => description);
  const text = [labels.film, labels.scene, labels.shot, labels.prompt, ...descriptions].join('');
  if (storyboard.fonts.length === 0 || !isUnusual(text)) return labels;
  return {
    ...labels,
    fonts: storyboard.fonts.map(({ file }) => ({ file, sha256: digestOf(checked, file) })),
  };
}
