import { ticksPerFrame, timescale } from '../media/h264.ts';
import { beginsAnew, HEAD_BYTES } from '../media/h264-beginning.ts';
import { headOf, trackOf } from '../media/mp4/movie.ts';
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
    if (!isConformed(facts, format)) return null;
    const frames = timeline.items[index]?.frames ?? 0;
    const even = evenPicture(path, facts, frames, format.fps);
    if (even === null) return null;
    const own = `${facts.decoderConfig} ${even.delay}`;
    first ??= own;
    if (own !== first) return null;
    parts.push({ path, identity, frames, crc: null, found: even });
  }
  return parts;
}

/**
 * Where a clip's frames lie, if they are MP4's, are shown one after the other and each as long as the others, and need
 * no others before them: a list of edits that does more than to make up for the delay of the first frame would be lost.
 * Null if not.
 */
function evenPicture(
  path: string,
  { decoderConfig }: MediaFacts,
  frames: number,
  fps: Fps,
): { readonly samples: Samples; readonly stamp: string; readonly delay: number } | null {
  try {
    const { samples, timescale: ticksPerSecond, stamp, edits } = trackOf(path, 'vide');
    const [edit = null] = edits;
    const isWhole = samples.sizes.length === frames; // what lies in fragments is not in the header
    const isPlain =
      edit === null ||
      (edits.length === 1 && edit.rate === 1 && edit.length > framesToSeconds(frames - 0.5, fps));
    const delay = edit?.mediaTime ?? 0;
    return isWhole &&
      ticksPerSecond === timescale(fps) &&
      isEven(samples, ticksPerFrame(fps)) &&
      isPlain &&
      delay === (samples.delays?.[0] ?? 0) &&
      beginsAnew(headOf(path, samples, HEAD_BYTES), Buffer.from(decoderConfig ?? '', 'hex'))
      ? { samples, stamp, delay }
      : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // no MP4 that could be taken apart
    throw error;
  }
}

/** Whether each frame is decoded for as long as the others, and has a turn of its own to be shown at. */
function isEven({ durations, delays }: Samples, ticks: number): boolean {
  const isTaken = new Uint8Array(durations.length);
  return durations.every((duration, index) => {
    const turn =
      delays === null ? index : index + ((delays[index] as number) - (delays[0] as number)) / ticks;
    const isFree = isTaken[turn] === 0; // there is none between two turns, or outside of all
    isTaken[turn] = 1;
    return isFree && (duration === ticks || index === durations.length - 1);
  });
}

function isConformed(facts: MediaFacts, { width, height }: CutFormat): boolean {
  return (
    facts.usualPicture && !facts.torn && isBt709(facts) && facts.width === width && facts.height === height
  );
}

/** What does not say how its colours were made is told to be BT.709 by the film, where players take it for that. */
function isBt709(facts: MediaFacts): boolean {
  const { matrix, primaries, transfer } = facts.colors;
  const says = (said: string | null) => said === null || said === 'bt709';
  return (matrix ?? unsaidMatrix(facts)) === 'bt709' && says(primaries) && says(transfer);
}
