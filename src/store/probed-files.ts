import { join } from 'node:path';
import { type MediaFacts, probe, probeSound } from '../media/probe.ts';
import { KnownFiles } from './known-files.ts';

/** To be raised whenever probing finds out something else than before, also where a newer mediabunny does. */
const VERSION = 2;

/**
 * What the headers of videos and sounds say. Where it is known of all files of a film, none of them is opened and
 * nothing that reads them is loaded.
 */
export class ProbedFiles {
  private readonly videos: KnownFiles<MediaFacts>;
  private readonly sounds: KnownFiles<number>;

  constructor(storeFolder: string) {
    const file = (name: string) => join(storeFolder, `${name}.json`);
    this.videos = new KnownFiles(file('videos'), { name: 'videos', version: VERSION, isFact: isMediaFacts });
    this.sounds = new KnownFiles(file('sounds'), { name: 'sounds', version: VERSION, isFact: isSeconds });
  }

  /** From then on, `probe` knows it too. Throws a Failure if it is no video that can be read. */
  async video(path: string): Promise<MediaFacts> {
    return await probe(path, this.videos);
  }

  /** Seconds of a file's sound; null where it has none that can be read. */
  async soundSeconds(path: string): Promise<number | null> {
    return await this.sounds.of(path, () => probeSound(path));
  }

  /** Writes what was learnt. Fails silently where the store cannot be written. */
  async save(): Promise<void> {
    await this.videos.save();
    await this.sounds.save();
  }
}

const isText = (value: unknown) => value === null || typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isBoolean = (value: unknown) => typeof value === 'boolean';

const FACTS: { readonly [Name in keyof MediaFacts]: (value: unknown) => boolean } = {
  width: isNumber,
  height: isNumber,
  startSeconds: isNumber,
  durationSeconds: isNumber,
  frameCount: isNumber,
  fps: isNumber,
  torn: isBoolean,
  timeResolution: isNumber,
  codec: isText,
  decoderConfig: isText,
  colors: value => has(value, { matrix: isText, primaries: isText, transfer: isText }),
  usualPicture: isBoolean,
  audio: value => value === null || has(value, { sampleRate: isNumber, channels: isNumber, codec: isText }),
};

function isMediaFacts(value: unknown): value is MediaFacts {
  return has(value, FACTS);
}

function isSeconds(value: unknown): value is number {
  return isNumber(value);
}

function has(value: unknown, fields: Readonly<Record<string, (value: unknown) => boolean>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(fields).every(([name, is]) => is((value as Record<string, unknown>)[name]));
}
