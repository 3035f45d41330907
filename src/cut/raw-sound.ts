import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { DamagedFiles } from '../media/damaged-files.ts';
import type { Json } from '../plan/request.ts';
import { hashFile } from '../store/digests.ts';
import type { SampleSpan } from './clipping.ts';
import { mixToFile } from './mix-to-file.ts';
import { S16, type SoundPart } from './sound.ts';
import { FILM_SOUND_VERSION } from './versions.ts';

/** Raw 16-bit stereo at 48 kHz, of which excerpts can be had. */
export interface RawSound {
  readonly samples: number;
  readonly excerpt: (span: SampleSpan) => Promise<Excerpt>;
}

export interface Excerpt {
  /** Equal identities have equal samples. */
  readonly identity: Json;
  /** Tells where it is cut off at full scale, counted from its own start. */
  readonly write: (file: string) => Promise<readonly SampleSpan[]>;
}

/** Of a file: excerpts are known by the digests of their bytes. Where it is cut off was told when it was made. */
export function soundOfFile(pcm: string, samples: number): RawSound {
  const excerpt = async ({ start, end }: SampleSpan): Promise<Excerpt> => {
    const bytes = Buffer.alloc((end - start) * S16.bytes);
    const handle = await fs.open(pcm, 'r');
    try {
      await handle.read(bytes, 0, bytes.length, start * S16.bytes);
    } finally {
      await handle.close();
    }
    const write = async (file: string) => {
      await fs.writeFile(file, bytes);
      return [];
    };
    return { identity: { bytes: createHash('sha256').update(bytes).digest('hex') }, write };
  };
  return { samples, excerpt };
}

/** A part whose samples were kept. */
export interface KeptPart extends SoundPart {
  /** Of the file; null for silence. */
  readonly sha256: string | null;
  /** Files of equal identities have equal samples, for as long as both of them go on; null for silence. */
  readonly identity: string | null;
}

/**
 * Of parts that are added up: excerpts are known by what is heard in them, so that nothing is read or mixed of one that
 * is there already. Throws DamagedFiles where a part that is needed is not what it was.
 */
export function soundOfParts(parts: readonly KeptPart[], samples: number, signal: AbortSignal): RawSound {
  const kept = new KeptSounds();
  const excerpt = async (span: SampleSpan): Promise<Excerpt> => {
    const within = parts.filter(part => isHeardIn(part, span));
    const write = async (file: string) => {
      await kept.requireWhole(within);
      const clipped = await mixToFile(within, span, file, S16, signal);
      return clipped.map(({ start, end }) => ({ start: start - span.start, end: end - span.start }));
    };
    const heard = within.map(part => heardOf(part, span));
    return {
      identity: { mix: FILM_SOUND_VERSION, samples: span.end - span.start, parts: heard },
      write,
    };
  };
  return { samples, excerpt };
}

function isHeardIn({ pcm, startSample, playedSample, endSample }: SoundPart, span: SampleSpan): boolean {
  return pcm !== null && startSample < span.end && Math.min(playedSample, endSample) > span.start;
}

/** What shapes the samples of a part in an excerpt, and nothing else: how long it goes on behind it does not. */
function heardOf(part: KeptPart, { start, end }: SampleSpan): Json {
  const { identity, gain, startSample, fadeInSamples, fadeOutSamples, endSample } = part;
  const heardUntil = Math.min(part.playedSample, endSample, end);
  const isFadedIn = startSample + fadeInSamples <= start;
  const isFadedOut = fadeOutSamples > 0 && endSample - fadeOutSamples < heardUntil;
  return {
    ...{ identity, gain, from: startSample - start, to: heardUntil - start },
    fadeIn: isFadedIn ? 0 : fadeInSamples,
    fadeOut: isFadedOut ? [fadeOutSamples, endSample - start] : null,
  };
}

/** What is mixed goes into the film as it is: each file is looked at first, once. */
export class KeptSounds {
  private readonly digests = new Map<string, Promise<string>>();

  /** Throws DamagedFiles with all that are not what they were. */
  async requireWhole(parts: readonly KeptPart[]): Promise<void> {
    const damaged = new Set<string>();
    for (const { pcm, sha256 } of parts)
      if (pcm !== null && (await this.digestOf(pcm)) !== sha256) damaged.add(pcm);
    if (damaged.size > 0) throw new DamagedFiles([...damaged]);
  }

  private digestOf(pcm: string): Promise<string> {
    const digest = this.digests.get(pcm) ?? hashFile(pcm);
    this.digests.set(pcm, digest);
    return digest;
  }
}
