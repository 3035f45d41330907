import { createHash } from 'node:crypto';
import { priceOf } from '../model/price.ts';
import type { CheckedShot, CheckedStoryboard } from '../storyboard/check.ts';
import { fillPrompt } from '../storyboard/prompt.ts';
import { canonicalJson, type Key, requestKey, type Sha256 } from './key.ts';
import type { Json, MediaUse, Request } from './request.ts';
import type { ClipFormat, DraftTake, Labels } from './take.ts';

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

/** Every take of a storyboard, in the order of the film, with its request and key. */
export function draftTakes(checked: CheckedStoryboard, context: DraftContext): DraftTake[] {
  return checked.shots.flatMap(shot => (context.wanted(shot) ? draftShot(checked, shot, context) : []));
}

function draftShot(checked: CheckedStoryboard, checkedShot: CheckedShot, context: DraftContext): DraftTake[] {
  const { shot, model, composition } = checkedShot;
  const media = composition.media.map(
    ({ field, reference, token, file }): MediaUse => ({
      field,
      name: reference?.name ?? null,
      description: reference?.description ?? null,
      token,
      file: file.file,
      sha256: context.digestOf(checked, file.file),
    }),
  );
  const inputs = withDigests(composition.body, media);
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
      request,
      key: requestKey(request),
      media,
      labels: labelsOf(checked, checkedShot, take),
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
  if (shot.seed.value !== -1) return shot.seed.value + take - 1;
  const pinned = context.pinnedSeed(shot.id, take, seed => requestKey(withSeed(seed)));
  if (pinned !== null) return pinned;
  if (context.provider.priced) return -1;
  const digest = createHash('sha256')
    .update(canonicalJson(withSeed(-1).inputs))
    .digest();
  return (digest.readUInt32BE(0) % (MAX_SEED - shot.takes)) + take - 1;
}

/** Paths say nothing of pixels: in a request, media are the digests of their bytes. */
function withDigests(body: Readonly<Record<string, Json>>, media: readonly MediaUse[]): Record<string, Json> {
  const inputs = { ...body };
  for (const field of new Set(media.map(use => use.field))) {
    const digests = media.filter(use => use.field === field).map(use => `sha256:${use.sha256}`);
    inputs[field] = Array.isArray(body[field]) ? digests : (digests[0] as string);
  }
  return inputs;
}

function labelsOf({ storyboard }: CheckedStoryboard, { shot }: CheckedShot, take: number): Labels {
  return {
    film: storyboard.title,
    scene: shot.scene === null ? null : (shot.scene.title ?? shot.scene.id),
    shot: shot.title ?? shot.id,
    take,
    takes: shot.takes,
    prompt: fillPrompt(shot.prompt.value, name => name),
  };
}
