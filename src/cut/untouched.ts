import { ticksPerFrame, timescale } from '../media/h264.ts';
import { trackOf } from '../media/mp4/movie.ts';
import type { Samples } from '../media/mp4/samples.ts';
import { type MediaFacts, probe } from '../media/probe.ts';
import { framesToSeconds, type Timeline } from '../plan/timeline.ts';
import type { Fps } from '../storyboard/storyboard.ts';
import { unsaidMatrix } from './footage-colors.ts';
import type { JoinedPart } from './join.ts';
import type { CutClip, CutFormat, Overlay } from './segments.ts';

/**
 * The clips themselves, where a film is nothing but them: hard cuts, and every clip is already what conforming would
 * make of it, with the same decoder configuration as the others. Copying what differs plays wrongly in strict players.
 */
export async function joinableUntouched({
  timeline,
  clips,
  overlays,
  format,
}: {
  readonly timeline: Timeline;
  readonly clips: readonly CutClip[];
  readonly overlays: readonly (readonly Overlay[])[];
  readonly format: CutFormat;
}): Promise<JoinedPart[] | null> {
  const plain = timeline.items.every(
    ({ frames, played, overlapFrames, fadeIn, fadeOut }) =>
      overlapFrames + fadeIn.frames + fadeOut.frames === 0 &&
      played.startSeconds === 0 &&
      played.speed === 1 &&
      played.frames === frames,
  );
  const covered = format.mark !== null || format.logo !== null || format.timecode !== null;
  const isPlain = format.codec === 'h264' && format.quality === 'normal';
  if (!plain || !isPlain || covered || overlays.some(({ length }) => length > 0)) return null;
  if (clips.some(({ picture }) => picture.kind !== 'video')) return null;
  const parts: JoinedPart[] = [];
  let first: string | null = null;
  for (const [index, { path, identity }] of clips.entries()) {
    const facts = await probe(path);
    const frames = timeline.items[index]?.frames ?? 0;
    if (!isConformed(facts, frames, format)) return null;
    const even = evenPicture(path, frames, format.fps);
    if (even === null) return null;
    const own = `${facts.decoderConfig} ${even.delay}`;
    first ??= own;
    if (own !== first) return null;
    parts.push({ path, identity, frames, found: even });
  }
  return parts;
}

/**
 * Where a clip's frames lie, if they are MP4's, and are shown one after the other and each as long as the others: a
 * list of edits that does more than to make up for the delay of the first frame would be lost. Null if not.
 */
function evenPicture(
  path: string,
  frames: number,
  fps: Fps,
): { readonly samples: Samples; readonly stamp: string; readonly delay: number } | null {
  try {
    const { samples, stamp, edits } = trackOf(path, 'vide');
    const ticks = ticksPerFrame(fps);
    const [edit = null] = edits;
    const isWhole = samples.sizes.length === frames; // what lies in fragments is not in the header
    const isEven = samples.durations.subarray(0, -1).every(duration => duration === ticks);
    const isPlain =
      edit === null ||
      (edits.length === 1 && edit.rate === 1 && edit.length > framesToSeconds(frames - 0.5, fps));
    const delay = edit?.mediaTime ?? 0;
    return isWhole && isEven && isPlain && delay === (samples.delays?.[0] ?? 0)
      ? { samples, stamp, delay }
      : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // no MP4 that could be taken apart
    throw error;
  }
}

function isConformed(facts: MediaFacts, frames: number, { width, height, fps }: CutFormat): boolean {
  return (
    facts.usualPicture &&
    !facts.torn &&
    isBt709(facts) &&
    facts.width === width &&
    facts.height === height &&
    facts.frameCount === frames &&
    facts.timeResolution === timescale(fps) &&
    facts.startSeconds === 0 &&
    Math.abs(facts.fps - fps.numerator / fps.denominator) < 1e-6 &&
    Math.abs(facts.durationSeconds - framesToSeconds(frames, fps)) < 1e-3
  );
}

/** What does not say how its colours were made is told to be BT.709 by the film, where players take it for that. */
function isBt709(facts: MediaFacts): boolean {
  const { matrix, primaries, transfer } = facts.colors;
  const says = (said: string | null) => said === null || said === 'bt709';
  return (matrix ?? unsaidMatrix(facts)) === 'bt709' && says(primaries) && says(transfer);
}
