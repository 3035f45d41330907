import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { Loudness } from '../cut/loudness.ts';
import { hasCode } from '../failure.ts';
import type { Key, Sha256 } from '../plan/key.ts';
import { writeAnew } from '../store/atomic-write.ts';
import type { Store } from '../store/store.ts';
import type { Codec } from '../storyboard/storyboard.ts';
import type { QualityWarning } from './film-quality.ts';

/** `out/<name>/report.json`: what the film beside it is made of. */
export interface Report {
  readonly version: 1;
  readonly title: string;
  readonly storyboard: string;
  readonly provider: string;
  readonly film: FilmFacts;
  readonly deliverables: readonly (FilmFacts & {
    readonly name: string;
    /** Shots that were generated for another shape of picture. */
    readonly reframed: readonly string[];
  })[];
  readonly shots: readonly {
    readonly scene: string | null;
    readonly shot: string;
    readonly kind: 'shot' | 'clip' | 'still' | 'card';
    /** Null for what no model rendered. */
    readonly take: number | null;
    readonly key: Key | null;
    /** Null for a card, which is drawn. */
    readonly clip: Sha256 | null;
    /** `animatic`, or the profile whose clip stands in for the shot's own; null for its own. */
    readonly filledWith: string | null;
    /** In the film; a dissolve into the shot begins here. */
    readonly startFrame: number;
    readonly frameCount: number;
  }[];
  /** What its author should look at. */
  readonly warnings: readonly QualityWarning[];
}

/** One file that came out of a cut. */
export interface FilmFacts {
  /** Its name in the folder. */
  readonly file: string;
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** An exact fraction, such as "30000/1001". */
  readonly fps: string;
  readonly frameCount: number;
  /** How many of them are the leader, before the picture. */
  readonly leaderFrames: number;
  readonly durationSeconds: number;
  readonly codec: Codec;
  /** Measured in the finished file; null where no target is named. */
  readonly loudness: Loudness | null;
  /** Digest of everything that shapes it but ffmpeg: equal keys need no new one. */
  readonly cutKey: string;
  /** The version that made it; a film that is kept may be of an older one than the film beside it. */
  readonly ffmpeg: string;
}

/** What a report says of the film itself (`null`), or of a deliverable. */
export function findVersion(report: Report, name: string | null): FilmFacts | null {
  return name === null ? report.film : (report.deliverables.find(one => one.name === name) ?? null);
}

export async function readReport(folder: string): Promise<Report | null> {
  try {
    const report = JSON.parse(await fs.readFile(join(folder, 'report.json'), 'utf8')) as Report;
    const { version, film, deliverables, shots, warnings } = report;
    const isWhole =
      version === 1 &&
      [film, ...deliverables].every(isFilm) &&
      shots.every(({ shot }) => isText(shot)) &&
      warnings.every(({ code, message }) => isText(code) && isText(message));
    return isWhole ? report : null;
  } catch (error) {
    // Whatever somebody wrote into it: then it is not ours, and the film is made anew.
    if (hasCode(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError || error instanceof TypeError)
      return null;
    throw error;
  }
}

function isFilm({ file, sha256, fps, cutKey, ffmpeg, loudness }: FilmFacts): boolean {
  return (
    [file, sha256, fps, cutKey, ffmpeg].every(isText) &&
    (loudness === null || Number.isFinite(loudness.integrated))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether the film is there, unharmed, and made of just this. */
export async function isCurrent(
  { sha256, cutKey: known }: FilmFacts,
  cutKey: string,
  file: string,
  store: Store,
): Promise<boolean> {
  if (known !== cutKey) return false;
  try {
    return (await store.digests.of(file)) === sha256;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return false;
    throw error;
  }
}

export async function writeReport(folder: string, report: Report): Promise<void> {
  await writeAnew(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
}
