import type { CutSettings, Fps, Transition } from '../storyboard/storyboard.ts';

/** The cut in whole frames: which clip fills which of them, joined how. */
export interface Timeline {
  readonly fps: Fps;
  readonly frameCount: number;
  readonly items: readonly TimelineItem[];
}

/**
 * One shot in the cut. A dissolve is taken from both neighbours, so it shortens the film; fades lie inside
 * the shots and leave the length as it is:
 *
 *     open   |==========|                  open   |=======\|
 *     chase         |==========|           chase           |/=======|
 *                   |<>|  dissolve                       |<>|  fade
 */
export interface TimelineItem {
  /** Frames of the clip, from its start. */
  readonly frames: number;
  /** Frames shared with the item before; 0 for a cut or a fade. */
  readonly dissolveFrames: number;
  /** Frames at the head that come up from black, and at the tail that go down to it. */
  readonly fadeInFrames: number;
  readonly fadeOutFrames: number;
}

export interface TimelineShot {
  readonly durationSeconds: number;
  readonly transition: Transition;
}

/** A shot too short for the transitions at its two ends. */
export interface TimelineProblem {
  readonly index: number;
  readonly message: string;
  /** Which transition to shorten: the one into this shot, into the next one, or the film's fade. */
  readonly at: 'own' | 'next' | 'fade-in' | 'fade-out';
}

/** Lays shots out in frames. A duration is rounded to the nearest frame, a transition has at least one. */
export function layOut(
  shots: readonly TimelineShot[],
  cut: CutSettings,
): { timeline: Timeline; problems: TimelineProblem[] } {
  const problems: TimelineProblem[] = [];
  const items: TimelineItem[] = [];
  let frameCount = 0;
  for (const [index, shot] of shots.entries()) {
    const frames = secondsToFrames(shot.durationSeconds, cut.fps);
    const lead = headOf(shots, index, cut);
    const next = shots[index + 1];
    const following = next === undefined ? null : headOf(shots, index + 1, cut);
    const fadeOutFrames =
      following === null ? lengthOf(cut.fadeOutSeconds, cut.fps) : Math.floor(following.fadeFrames / 2);
    const fadeInFrames = index === 0 ? lead.fadeFrames : Math.ceil(lead.fadeFrames / 2);
    const head = lead.dissolveFrames + fadeInFrames;
    const tail = (following?.dissolveFrames ?? 0) + fadeOutFrames;
    if (head + tail > frames) {
      const at = head > frames || tail === 0 ? 'own' : following === null ? 'fade-out' : 'next';
      const ownFade = index === 0 && at === 'own' && shot.transition.type !== 'fade';
      problems.push({
        index,
        at: ownFade ? 'fade-in' : at,
        message: tooShort(frames, head, tail, cut.fps),
      });
    }
    items.push({ frames, dissolveFrames: lead.dissolveFrames, fadeInFrames, fadeOutFrames });
    frameCount += frames - lead.dissolveFrames;
  }
  return { timeline: { fps: cut.fps, frameCount, items }, problems };
}

export function secondsToFrames(seconds: number, fps: Fps): number {
  return Math.round((seconds * fps.numerator) / fps.denominator);
}

export function framesToSeconds(frames: number, fps: Fps): number {
  return (frames * fps.denominator) / fps.numerator;
}

function headOf(shots: readonly TimelineShot[], index: number, cut: CutSettings) {
  const { type, durationSeconds } = shots[index]?.transition ?? { type: 'cut', durationSeconds: 0 };
  const length = lengthOf(durationSeconds, cut.fps);
  if (index === 0)
    return { dissolveFrames: 0, fadeFrames: type === 'fade' ? length : lengthOf(cut.fadeInSeconds, cut.fps) };
  return { dissolveFrames: type === 'dissolve' ? length : 0, fadeFrames: type === 'fade' ? length : 0 };
}

function lengthOf(seconds: number, fps: Fps): number {
  return seconds === 0 ? 0 : Math.max(1, secondsToFrames(seconds, fps));
}

function tooShort(frames: number, head: number, tail: number, fps: Fps): string {
  const seconds = (count: number) => `${Number(framesToSeconds(count, fps).toFixed(3))} s`;
  const wants = [
    head > 0 ? `${seconds(head)} at its start` : '',
    tail > 0 ? `${seconds(tail)} at its end` : '',
  ];
  return `the shot has ${seconds(frames)}, but its transitions take ${wants.filter(Boolean).join(' and ')}`;
}
