import { timescale } from '../media/h264.ts';
import { type MediaFacts, probe } from '../media/probe.ts';
import { framesToSeconds, type Timeline } from '../plan/timeline.ts';
import { unsaidMatrix } from './conform.ts';
import type { CutClip, CutFormat, Overlay } from './segments.ts';

/** A piece of the film's picture. */
export interface JoinedPart {
  readonly path: string;
  readonly frames: number;
}

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
  let config: string | null = null;
  for (const [index, { path }] of clips.entries()) {
    const facts = await probe(path);
    const frames = timeline.items[index]?.frames ?? 0;
    config ??= facts.decoderConfig;
    if (facts.decoderConfig !== config || !isConformed(facts, frames, format)) return null;
    parts.push({ path, frames });
  }
  return parts;
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
