import { framesToSeconds, secondsToFrames, startFrames, type Timeline } from '../plan/timeline.ts';
import type { SoundLengths } from './check.ts';
import type { Path } from './parse-yaml.ts';
import type { Storyboard, Voice } from './storyboard.ts';

/** Sound that the film has no room for. */
export interface SoundProblem {
  readonly code: 'sound-unheard' | 'voice-cut-off';
  readonly message: string;
  readonly path: Path;
}

/** A clip of a model, and what a file says of its sound, may differ by a frame or two. */
const TOLERANCE_SECONDS = 0.1;

/** What of a film's sound is never heard. A sound whose length is not known was reported. */
export function* checkSound(
  { items, audio: { music } }: Storyboard,
  timeline: Timeline,
  lengths: SoundLengths,
): Generator<SoundProblem> {
  const length = music === null ? undefined : lengths.get(music.file.file);
  if (music !== null && length !== undefined && music.startSeconds >= length) {
    const message = `${music.file.file} lasts ${rounded(length)} s: nothing of it is left to be heard`;
    yield { code: 'sound-unheard', message, path: [...music.file.path.slice(0, -1), 'start'] };
  }
  const starts = startFrames(timeline);
  for (const [index, { voices }] of items.entries())
    for (const voice of voices) yield* checkVoice(voice, starts[index] ?? 0, timeline, lengths);
}

function* checkVoice(
  { file: { file, path }, offsetSeconds }: Voice,
  itemFrame: number,
  { frameCount, fps }: Timeline,
  lengths: SoundLengths,
): Generator<SoundProblem> {
  const left = framesToSeconds(frameCount - itemFrame - secondsToFrames(offsetSeconds, fps), fps);
  const length = lengths.get(file);
  if (left <= 0) {
    const message = `the film ends ${rounded(offsetSeconds + left)} s after the beginning of the shot: nothing of the voice is heard`;
    yield { code: 'sound-unheard', message, path: [...path.slice(0, -1), 'offset'] };
  } else if (length !== undefined && length > left + TOLERANCE_SECONDS) {
    const message = `${file} lasts ${rounded(length)} s, and the film ends ${rounded(left)} s after it begins: the rest is cut off`;
    yield { code: 'voice-cut-off', message, path };
  }
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(2));
}
