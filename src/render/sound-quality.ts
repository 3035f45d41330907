import { startFrames, type Timeline } from '../plan/timeline.ts';
import type { QualityWarning } from './film-quality.ts';
import type { FilmFacts } from './report.ts';

/** Where the whole is cut off, though each of its parts may be sound: the shot, and the time in the film. */
export function mixWarnings(
  timeline: Timeline,
  ids: readonly string[],
  clipped: readonly { readonly start: number; readonly end: number }[],
  leadFrames: number,
): QualityWarning[] {
  const starts = startFrames(timeline).map(
    frame => ((leadFrames + frame) * timeline.fps.denominator) / timeline.fps.numerator,
  );
  return clipped.map(({ start, end }) => {
    const index = starts.findLastIndex(from => from <= start);
    const seconds = Math.max(0.1, end - start).toFixed(1);
    return {
      shot: ids[Math.max(0, index)] ?? null,
      code: 'clipped',
      at: Math.round(start * 10) / 10,
      message: `the film's sound is distorted for ${seconds} s: what is mixed there is cut off at full scale`,
    };
  });
}

/** What a listener does not notice, and those who show films refuse. */
const TOLERANCE_LU = 0.5;

/** Of the film, or of a deliverable. */
export function loudnessWarnings({ file, loudness }: FilmFacts): QualityWarning[] {
  if (loudness === null) return [];
  const { target, integrated } = loudness;
  if (Math.abs(integrated - target) <= TOLERANCE_LU) return [];
  const message = `${file} has ${integrated.toFixed(1)} LUFS, and ${target} were asked for`;
  return [{ shot: null, code: 'loudness-missed', at: null, message }];
}
