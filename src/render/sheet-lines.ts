import { changesInWords } from '../plan/reasons.ts';
import type { ListedShot, ListedTake } from '../project/list-takes.ts';

/** Takes beside each other: of one version of a shot, as many as fit. */
export interface SheetLine {
  readonly shot: ListedShot;
  /** The scene's title; empty where there are no scenes. */
  readonly scene: string;
  /** The scene, or a page, begins here: its title stands above. */
  readonly hasHeading: boolean;
  /** `older: prompt changed`; null for what the storyboard asks for. */
  readonly older: string | null;
  /** The first line of its shot or version carries the words. */
  readonly isFirst: boolean;
  readonly takes: readonly ListedTake[];
}

/** The lines of a contact sheet: shots that have something to show, without what is gone for good. */
export function sheetLines(shots: readonly ListedShot[], columns: number): SheetLine[] {
  const lines: SheetLine[] = [];
  let scene: string | null = null;
  for (const shot of shots) {
    const takes = shot.takes.filter(({ current, clip }) => current || clip !== null);
    if (takes.every(({ clip }) => clip === null)) continue;
    const own = shot.shot === null ? 'No longer in the storyboard' : sceneOf(shot.shot);
    const versions = new Map<number, ListedTake[]>();
    for (const take of takes) versions.set(take.version, [...(versions.get(take.version) ?? []), take]);
    for (const [version, all] of versions) {
      for (let at = 0; at < all.length; at += columns) {
        lines.push({
          shot,
          ...{ scene: own, hasHeading: own !== scene },
          older: version === 0 ? null : olderInWords(all),
          isFirst: at === 0,
          takes: all.slice(at, at + columns),
        });
        scene = own;
      }
    }
  }
  return lines;
}

/** As many columns as the shot with most takes needs. */
export function columnsOf(shots: readonly ListedShot[], most: number): number {
  let columns = 1;
  for (const { takes } of shots) {
    const counts = new Map<number, number>();
    for (const { version } of takes) counts.set(version, (counts.get(version) ?? 0) + 1);
    for (const count of counts.values()) columns = Math.max(columns, count);
  }
  return Math.min(columns, most);
}

/** Lines to a page, as `room` allows. */
export function paginate(
  lines: readonly SheetLine[],
  heightOf: (line: SheetLine) => number,
  room: number,
): SheetLine[][] {
  const pages: SheetLine[][] = [];
  let left = 0;
  for (const line of lines) {
    const isFull = heightOf(line) > left;
    if (isFull) {
      pages.push([]);
      left = room;
    }
    const placed = isFull ? { ...line, hasHeading: true } : line;
    pages.at(-1)?.push(placed);
    left -= heightOf(placed);
  }
  return pages;
}

function sceneOf({ scene }: NonNullable<ListedShot['shot']>): string {
  return scene === null ? '' : (scene.title ?? scene.id);
}

function olderInWords(takes: readonly ListedTake[]): string {
  const changed = [...new Set(takes.flatMap(take => take.changed))].filter(name => name !== 'shot');
  return changed.length === 0 ? '' : `${changesInWords(changed)} changed`;
}
