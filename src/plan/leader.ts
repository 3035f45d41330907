import type { Fps, Leader } from '../storyboard/storyboard.ts';
import { secondsToFrames, type Timeline, type TimelineItem } from './timeline.ts';

/** What an item of a leader shows. A number is swept away once by the hand of a clock: from lit to unlit. */
export type LeaderPicture =
  | { readonly kind: 'slate' }
  | { readonly kind: 'black' }
  | { readonly kind: 'number'; readonly number: number; readonly lit: boolean };

export interface LeaderItem {
  readonly picture: LeaderPicture;
  readonly item: TimelineItem;
  /** The beep by which sound and picture are lined up: on one frame, two seconds before the picture. */
  readonly beeps: boolean;
}

/**
 * The items of a leader, after SMPTE's universal one: the slate, a number a second down to 3, one frame of 2 with a
 * beep, and black until the picture begins two seconds after it. A second has the nominal rate's frames.
 */
export function leaderItems({ slateSeconds, countdown }: Leader, fps: Fps): LeaderItem[] {
  const second = secondsToFrames(1, fps);
  const items: LeaderItem[] = [];
  const add = (picture: LeaderPicture, frames: number, overlap = 'cut') =>
    items.push({
      picture,
      item: itemOf(frames, overlap),
      beeps: picture.kind === 'number' && picture.number === 2,
    });
  if (slateSeconds > 0) add({ kind: 'slate' }, Math.max(1, secondsToFrames(slateSeconds, fps)));
  if (countdown === 0) return items;
  for (let number = countdown; number > 2; number--) {
    add({ kind: 'number', number, lit: true }, second);
    add({ kind: 'number', number, lit: false }, second, 'radial');
  }
  add({ kind: 'number', number: 2, lit: true }, 1);
  add({ kind: 'black' }, 2 * second - 1);
  return items;
}

export function leaderFrames(items: readonly LeaderItem[]): number {
  return items.reduce((sum, { item }) => sum + item.frames - item.overlapFrames, 0);
}

/** The film with its leader before it. */
export function withLeader(timeline: Timeline, leader: readonly LeaderItem[]): Timeline {
  return {
    fps: timeline.fps,
    frameCount: leaderFrames(leader) + timeline.frameCount,
    items: [...leader.map(({ item }) => item), ...timeline.items],
  };
}

/** The timecode of the first frame: with a leader, the picture begins at 01:00:00:00, as it does on tape. */
export function firstTimecode(leader: number, fps: Fps): number {
  return leader === 0 ? 0 : Math.max(0, 3600 * secondsToFrames(1, fps) - leader);
}

function itemOf(frames: number, overlap: string): TimelineItem {
  const none = { frames: 0, color: '#000000' } as const;
  const overlapFrames = overlap === 'cut' ? 0 : frames;
  const played = { startSeconds: 0, speed: 1, frames };
  return { frames, played, overlapFrames, overlap, fadeIn: none, fadeOut: none };
}
