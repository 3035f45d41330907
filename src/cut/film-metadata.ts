import { framesToSeconds, startFrames, type Timeline } from '../plan/timeline.ts';
import type { Item } from '../storyboard/storyboard.ts';

/** What players show of a film beside its picture. */
export interface FilmMetadata {
  readonly title: string;
  readonly chapters: readonly Chapter[];
  /** The subtitles as SRT; null: no track of them. */
  readonly subtitles: { readonly srt: string; readonly language: string } | null;
}

export interface Chapter {
  readonly title: string;
  /** In frames of the film. */
  readonly start: number;
  readonly end: number;
}

/**
 * One chapter for each scene; none where the storyboard has no scenes. `leader`: frames before the timeline, which are
 * a chapter of their own.
 */
export function chaptersOf(timeline: Timeline, items: readonly Item[], leader: number): Chapter[] {
  const starts = startFrames(timeline);
  const chapters: { id: string; title: string; start: number }[] = [];
  for (const [index, { scene }] of items.entries()) {
    if (scene === null || chapters.at(-1)?.id === scene.id) continue;
    chapters.push({ id: scene.id, title: scene.title ?? scene.id, start: starts[index] ?? 0 });
  }
  const scenes = chapters.map(({ title, start }, index) => ({
    title,
    start: leader + (index === 0 ? 0 : start),
    end: leader + (chapters[index + 1]?.start ?? timeline.frameCount),
  }));
  return leader === 0 || scenes.length === 0
    ? scenes
    : [{ title: 'Leader', start: 0, end: leader }, ...scenes];
}

/** A file of ffmpeg's metadata format; times in milliseconds. */
export function toFfmetadata({ title, chapters }: FilmMetadata, timeline: Timeline): string {
  const ms = (frame: number) => Math.round(framesToSeconds(frame, timeline.fps) * 1000);
  const blocks = chapters.map(
    chapter =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${ms(chapter.start)}\nEND=${ms(chapter.end)}\ntitle=${escaped(chapter.title)}\n`,
  );
  return [';FFMETADATA1\n', `title=${escaped(title)}\n`, ...blocks].join('');
}

function escaped(text: string): string {
  return text.replace(/[=;#\\]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
