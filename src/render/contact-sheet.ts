import { promises as fs } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { ListedClip, ListedShot } from '../project/list-takes.ts';
import { writeAtomic } from '../store/atomic-write.ts';
import { derivedKey } from '../store/derived.ts';
import type { Store } from '../store/store.ts';
import type { SheetLook, Still } from './draw-sheet.ts';
import type { OwnFiles } from './own-files.ts';
import { columnsOf, paginate, type SheetLine, sheetLines } from './sheet-lines.ts';

export interface ContactSheetJob {
  readonly title: string;
  readonly note: string;
  readonly shots: readonly ListedShot[];
  readonly fonts: readonly string[];
  /** Of several pages `takes-1.png` and so on. */
  readonly file: string;
  /** Of the folder, where it is ours: pages of an earlier sheet that are not needed any more are taken away. */
  readonly own: OwnFiles | null;
  readonly store: Store;
  readonly ffmpeg: () => Promise<Ffmpeg>;
  readonly signal: AbortSignal;
}

export interface ContactSheet {
  readonly files: readonly string[];
  /** Shots that have no more room. */
  readonly leftOut: number;
}

/** Raise it when stills are grabbed in another way. */
const STILL_VERSION = 1;
const MOST_COLUMNS = 6;
/** A page is as wide as its columns need, and as tall as screens and printers still take. */
const [PAGE_WIDTH, PAGE_HEIGHT] = [2000, 3000];
const [WIDEST_STILL, TALLEST_STILL] = [520, 540];
/** What anybody would look through; 10,000 shots would draw for an hour. */
const MOST_PAGES = 20;

/**
 * Draws every take that can be shown, a row for each version of a shot. One page after the other, so that memory
 * does not grow with the film.
 */
export async function writeContactSheet(job: ContactSheetJob): Promise<ContactSheet> {
  const { drawSheet, lineHeight } = await import('./draw-sheet.ts');
  const columns = columnsOf(job.shots, MOST_COLUMNS);
  const lines = sheetLines(job.shots, columns);
  const look: SheetLook = { columns, still: stillBox(lines, columns), fonts: job.fonts };
  const all = paginate(lines, line => lineHeight(line, look), PAGE_HEIGHT);
  const pages = all.slice(0, MOST_PAGES);
  const grab = stillGrabber(job, look);
  const files = pages.length === 1 ? [job.file] : pages.map((_, index) => pageFile(job.file, index + 1));
  const names = files.map(file => basename(file));
  await job.own?.claim(names);
  for (const [index, lines] of pages.entries()) {
    const clips = lines.flatMap(({ takes }) => takes.flatMap(({ clip }) => clip ?? []));
    const stills = new Map<string, Still>();
    await Promise.all(
      clips.map(async clip => {
        const still = await grab(clip);
        if (still !== null) stills.set(clip.sha256, still);
      }),
    );
    job.signal.throwIfAborted();
    const { title, note } = job;
    const number = pages.length === 1 ? '' : `${index + 1} / ${pages.length}`;
    await writeAtomic(files[index] as string, await drawSheet({ title, note, number, lines, stills }, look));
  }
  await job.own?.keepOnly(names);
  const shown = new Set(pages.flat().map(({ shot }) => shot));
  return { files, leftOut: new Set(lines.map(({ shot }) => shot)).size - shown.size };
}

/** All stills have room in a box of the shape that most have. */
function stillBox(lines: readonly SheetLine[], columns: number): SheetLook['still'] {
  const shapes = new Map<number, number>();
  for (const { takes } of lines) {
    for (const { clip } of takes) {
      if (clip !== null)
        shapes.set(clip.width / clip.height, (shapes.get(clip.width / clip.height) ?? 0) + 1);
    }
  }
  const [[shape] = [16 / 9]] = [...shapes].sort(([, a], [, b]) => b - a);
  const width = Math.min(WIDEST_STILL, PAGE_WIDTH / columns, TALLEST_STILL * shape);
  return fitInto({ width, height: width / shape }, { width: shape, height: 1 });
}

/** Reads the middle of clips, as many at a time as there are cores; null where a clip has no picture to show. */
function stillGrabber({ store, ffmpeg, signal }: ContactSheetJob, { still }: SheetLook) {
  const limit = pLimit(availableParallelism());
  return (clip: ListedClip): Promise<Still | null> =>
    limit(async () => {
      const size = fitInto(still, clip);
      const engine = await ffmpeg();
      const key = derivedKey(['still', STILL_VERSION, engine.version, clip.sha256, size.width, size.height]);
      try {
        const { path } = await store.derived.get('stills', key, 'jpg', async file => {
          const { grabStill } = await import('../media/grab-still.ts');
          const middle = { path: store.clipPath(clip.sha256), atSeconds: clip.durationSeconds / 2 };
          await grabStill(engine, middle, size, file, signal);
          return null;
        });
        return { jpeg: await fs.readFile(path), ...size };
      } catch (error) {
        if (error instanceof Failure && UNREADABLE.has(error.code)) return null;
        throw error;
      }
    });
}

/** A clip that nobody can look at must not hide the others. */
const UNREADABLE: ReadonlySet<string> = new Set(['ffmpeg-failed', 'no-picture']);

interface Size {
  readonly width: number;
  readonly height: number;
}

/** As large as there is room for; what misses the box by a rounding fills it. */
function fitInto(box: Size, { width, height }: Size): Size {
  const scale = Math.min(box.width / width, box.height / height);
  const snapped = (length: number, room: number) => Math.round(room - length < 1.5 ? room : length);
  return { width: snapped(width * scale, box.width), height: snapped(height * scale, box.height) };
}

function pageFile(file: string, number: number): string {
  return file.replace(/\.png$/i, ending => `-${number}${ending}`);
}
