import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { Loudness } from '../cut/loudness.ts';
import { hasCode } from '../failure.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { writeAtomic } from '../store/atomic-write.ts';
import type { Store } from '../store/store.ts';

/** `out/<name>/report.json`: what the film beside it is made of. */
export interface Report {
  readonly version: 1;
  readonly title: string;
  readonly storyboard: string;
  readonly provider: string;
  readonly film: {
    readonly file: string;
    readonly sha256: Sha256;
    readonly bytes: number;
    readonly width: number;
    readonly height: number;
    /** An exact fraction, such as "30000/1001". */
    readonly fps: string;
    readonly frameCount: number;
    readonly durationSeconds: number;
  };
  readonly shots: readonly {
    readonly scene: string | null;
    readonly shot: string;
    readonly kind: 'shot' | 'clip' | 'still' | 'card';
    /** Null for what no model rendered. */
    readonly take: number | null;
    readonly key: Key | null;
    /** Null for a card, which is drawn. */
    readonly clip: Sha256 | null;
    /** In the film; a dissolve into the shot begins here. */
    readonly startFrame: number;
    readonly frameCount: number;
  }[];
  /** Measured in the finished film; null where the storyboard names no target. */
  readonly loudness: Loudness | null;
  readonly ffmpeg: string;
  /** Digest of everything that shapes the film: equal keys need no new one. */
  readonly cutKey: string;
}

export async function readReport(folder: string): Promise<Report | null> {
  try {
    const report = JSON.parse(await fs.readFile(join(folder, 'report.json'), 'utf8')) as Report;
    return report?.version === 1 && typeof report.film?.sha256 === 'string' ? report : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether the film is there, unharmed, and made of just this. */
export async function isCurrent(
  report: Report,
  cutKey: string,
  file: string,
  store: Store,
): Promise<boolean> {
  if (report.cutKey !== cutKey) return false;
  try {
    return (await store.digests.of(file)) === report.film.sha256;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return false;
    throw error;
  }
}

export async function writeReport(folder: string, report: Report): Promise<void> {
  await writeAtomic(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
}
