import type { Color, CutSettings, Fps, Transition } from '../storyboard/storyboard.ts';

/** The cut in whole frames: which clip fills which of them, joined how. */
export interface Timeline {
  readonly fps: Fps;
  readonly frameCount: number;
  readonly items: readonly TimelineItem[];
}

/**
 * One item in the cut. An overlap is taken from both neighbours, so it shortens the film; fades lie inside
 * the items and leave the length as it is:
 *
 *     open   |==========|                  open   |=======\|
 *     chase         |==========|           chase           |/=======|
 *                   |<>|  dissolve                       |<>|  fade
 *
 * Of its frames the first ones play the clip, and the rest hold the last one that was played.
 */
export interface TimelineItem {
  readonly frames: number;
  readonly played: Played;
  /** Frames shared with the item before; 0 for a cut or a fade. */
  readonly overlapFrames: number;
  /** How they are blended, in the words of the storyboard; `cut` where there is no overlap. */
  readonly overlap: string;
  /** At the head, and at the tail. */
  readonly fadeIn: Fade;
  readonly fadeOut: Fade;
}

/** The part of a clip that is played: `frames` of the film, from `startSeconds` of the clip on, at `speed`. */
export interface Played {
  readonly startSeconds: number;
  readonly speed: number;
  readonly frames: number;
}

export interface Fade {
  /** 0 where there is none. */
  readonly frames: number;
  readonly color: Color;
}

export interface TimelineShot {
  /** Of the clip as it is. */
  readonly durationSeconds: number;
  readonly startSeconds: number;
  /** Null: the clip's end. */
  readonly endSeconds: number | null;
  readonly speed: number;
  readonly holdSeconds: number;
  readonly transition: Transition;
}

/** A shot too short for the transitions at its two ends. */
export interface TimelineProblem {
  readonly index: number;
  readonly message: string;
  /** Which transition to shorten: the one into this shot, into the next one, or the film's fade. */
  readonly at: 'own' | 'next' | 'fade-in' | 'fade-out';
}

const BLACK: Color = '#000000';

/**
 * Lays shots out in frames. A duration is rounded to the nearest frame, a transition has at least one. Shots that are as
 * long as their transitions in seconds are so in frames.
 */
export function layOut(
  shots: readonly TimelineShot[],
  cut: Pick<CutSettings, 'fps' | 'fadeInSeconds' | 'fadeOutSeconds'>,
): { timeline: Timeline; problems: TimelineProblem[] } {
  const problems: TimelineProblem[] = [];
  const items: TimelineItem[] = [];
  let frameCount = 0;
  const { heads, fadeOutFrames } = joints(shots, cut);
  for (const [index, shot] of shots.entries()) {
    const played = playedOf(shot, cut.fps);
    const frames = framesOf(shot, cut.fps);
    const lead = heads[index] as Head;
    const following = heads[index + 1] ?? null;
    const fadeOut: Fade =
      following === null
        ? { frames: fadeOutFrames, color: BLACK }
        : { ...following.fade, frames: Math.floor(following.fade.frames / 2) };
    const fadeIn = index === 0 ? lead.fade : { ...lead.fade, frames: Math.ceil(lead.fade.frames / 2) };
    const head = lead.overlapFrames + fadeIn.frames;
    const tail = (following?.overlapFrames ?? 0) + fadeOut.frames;
    if (head + tail > frames) {
      const at = head > frames || tail === 0 ? 'own' : following === null ? 'fade-out' : 'next';
      const ownFade = index === 0 && at === 'own' && shot.transition.type !== 'fade';
      problems.push({
        index,
        at: ownFade ? 'fade-in' : at,
        message: tooShort(frames, head, tail, cut.fps),
      });
    }
    const { overlapFrames, overlap } = lead;
    items.push({ frames, played, overlapFrames, overlap, fadeIn, fadeOut });
    frameCount += frames - overlapFrames;
  }
  return { timeline: { fps: cut.fps, frameCount, items }, problems };
}

/** Where each item begins, in frames of the film; an overlap belongs to both. */
export function startFrames({ items }: Timeline): number[] {
  let start = 0;
  return items.map(({ frames, overlapFrames }) => {
    const own = start - overlapFrames;
    start = own + frames;
    return own;
  });
}

export function secondsToFrames(seconds: number, fps: Fps): number {
  return Math.round((seconds * fps.numerator) / fps.denominator);
}

export function framesToSeconds(frames: number, fps: Fps): number {
  return (frames * fps.denominator) / fps.numerator;
}

/** HH:MM:SS:FF at the nominal rate, without drop frames. */
export function timecodeOf(frame: number, fps: Fps): string {
  const rate = secondsToFrames(1, fps);
  const seconds = Math.floor(frame / rate);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % rate];
  return parts.map(part => String(part).padStart(2, '0')).join(':');
}

function framesOf(shot: TimelineShot, fps: Fps): number {
  return playedOf(shot, fps).frames + secondsToFrames(shot.holdSeconds, fps);
}

function playedOf(shot: TimelineShot, fps: Fps): Played {
  const { startSeconds, speed } = shot;
  return { startSeconds, speed, frames: Math.max(1, secondsToFrames(playedSeconds(shot), fps)) };
}

function playedSeconds({ durationSeconds, startSeconds, endSeconds, speed }: TimelineShot): number {
  return ((endSeconds ?? durationSeconds) - startSeconds) / speed;
}

/** How an item begins. */
interface Head {
  readonly overlapFrames: number;
  readonly overlap: string;
  /** The whole of it, of which the item before has a half. */
  readonly fade: Fade;
}

/**
 * How each item begins, and the last one ends. All being rounded, the frames of a shot may not have the room that its
 * seconds have: what is at its end is then a frame shorter, or else what is at its start.
 */
function joints(
  shots: readonly TimelineShot[],
  cut: Pick<CutSettings, 'fps' | 'fadeInSeconds' | 'fadeOutSeconds'>,
): { heads: Head[]; fadeOutFrames: number } {
  const heads = shots.map((_, index) => headOf(shots, index, cut));
  let fadeOutFrames = lengthOf(cut.fadeOutSeconds, cut.fps);
  for (const [index, shot] of shots.entries()) {
    if (!hasRoom(shots, index, cut)) continue;
    const frames = framesOf(shot, cut.fps);
    const next = heads[index + 1];
    const tailOf = (head: Head) => head.overlapFrames + Math.floor(head.fade.frames / 2);
    const least = (next === undefined ? fadeOutFrames : tailOf(next)) > 0 ? 1 : 0;
    const most = frames - least;
    heads[index] = within(heads[index] as Head, most, index === 0 ? most : 2 * most);
    const { overlapFrames, fade } = heads[index] as Head;
    const room = frames - overlapFrames - (index === 0 ? fade.frames : Math.ceil(fade.frames / 2));
    if (next === undefined) fadeOutFrames = Math.min(fadeOutFrames, room);
    else heads[index + 1] = within(next, room, 2 * room + 1);
  }
  return { heads, fadeOutFrames };
}

/** With so many frames at most of an overlap, and of the whole of a fade. */
function within({ overlapFrames, overlap, fade }: Head, room: number, fadeRoom: number): Head {
  const atMost = (frames: number, most: number) => (frames === 0 ? 0 : Math.max(1, Math.min(frames, most)));
  return {
    overlapFrames: atMost(overlapFrames, room),
    overlap,
    fade: { ...fade, frames: atMost(fade.frames, fadeRoom) },
  };
}

/** Whether a shot is as long as the transitions at its two ends, as they are written. */
function hasRoom(
  shots: readonly TimelineShot[],
  index: number,
  cut: Pick<CutSettings, 'fps' | 'fadeInSeconds' | 'fadeOutSeconds'>,
): boolean {
  const [shot, next] = [shots[index] as TimelineShot, shots[index + 1]];
  const takenBy = ({ transition: { type, durationSeconds } }: TimelineShot) =>
    type === 'cut' ? 0 : type === 'fade' ? durationSeconds / 2 : durationSeconds;
  const { type, durationSeconds } = shot.transition;
  const head = index > 0 ? takenBy(shot) : type === 'fade' ? durationSeconds : cut.fadeInSeconds;
  const tail = next === undefined ? cut.fadeOutSeconds : takenBy(next);
  return head + tail <= playedSeconds(shot) + shot.holdSeconds + 1e-9;
}

function headOf(
  shots: readonly TimelineShot[],
  index: number,
  cut: Pick<CutSettings, 'fps' | 'fadeInSeconds'>,
): Head {
  const transition = shots[index]?.transition;
  const type = transition?.type ?? 'cut';
  const length = lengthOf(transition?.durationSeconds ?? 0, cut.fps);
  const fade = { frames: type === 'fade' ? length : 0, color: transition?.color ?? BLACK };
  if (index === 0 && type !== 'fade')
    return {
      overlapFrames: 0,
      overlap: 'cut',
      fade: { frames: lengthOf(cut.fadeInSeconds, cut.fps), color: BLACK },
    };
  if (index === 0 || type === 'fade' || type === 'cut') return { overlapFrames: 0, overlap: 'cut', fade };
  return { overlapFrames: length, overlap: type, fade };
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
