import type { Fps } from '../storyboard/storyboard.ts';

export const SAMPLE_RATE = 48_000;
/** 16-bit stereo. */
export const BYTES_PER_SAMPLE = 4;
/** How ffmpeg is told of it. */
export const RAW: readonly string[] = ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '2'];

/** The first sample of a frame: rounded from the film's start, so that no error adds up. */
export function sampleAt(frame: number, fps: Fps): number {
  return Math.round((frame * SAMPLE_RATE * fps.denominator) / fps.numerator);
}

/** Samples of one clip in the film; null is silence. */
export interface SoundPart {
  readonly pcm: string | null;
  /** 1 leaves it as it is. */
  readonly gain: number;
  /** In the film. */
  readonly startSample: number;
  /** Where the clip's own sound ends: a held frame is silent. */
  readonly playedSample: number;
  readonly endSample: number;
  readonly fadeInSamples: number;
  readonly fadeOutSamples: number;
}

/**
 * Mixes one stretch of the film, `startSample` … `startSample + length`, as 16-bit stereo. Neighbours that
 * overlap have complementary fades, so that a dissolve's sound keeps its level.
 */
export async function mixStretch(
  parts: readonly SoundPart[],
  startSample: number,
  length: number,
  read: (pcm: string, fromSample: number, samples: number) => Promise<Int16Array>,
): Promise<Int16Array> {
  const mixed = new Float64Array(length * 2);
  for (const part of parts) {
    const from = Math.max(part.startSample, startSample);
    const to = Math.min(part.playedSample, part.endSample, startSample + length);
    if (part.pcm === null || from >= to) continue;
    const samples = await read(part.pcm, from - part.startSample, to - from);
    // Half an hour is a hundred million samples: what is the same for most of them is not asked for each.
    const fadedIn = part.startSample + part.fadeInSamples;
    const fadingOut = part.endSample - part.fadeOutSamples;
    let target = (from - startSample) * 2;
    let source = 0;
    for (let sample = from; sample < to; sample++) {
      const gain = sample >= fadedIn && sample <= fadingOut ? part.gain : gainAt(part, sample);
      for (let channel = 0; channel < 2; channel++) {
        mixed[target] = (mixed[target] as number) + gain * (samples[source++] as number);
        target++;
      }
    }
  }
  const rounded = new Int16Array(mixed.length);
  for (let at = 0; at < mixed.length; at++)
    rounded[at] = Math.max(-32768, Math.min(32767, Math.round(mixed[at] as number)));
  return rounded;
}

function gainAt(
  { gain, startSample, endSample, fadeInSamples, fadeOutSamples }: SoundPart,
  sample: number,
): number {
  const since = sample - startSample;
  const left = endSample - sample;
  const fadeIn = since < fadeInSamples ? since / fadeInSamples : 1;
  const fadeOut = left < fadeOutSamples ? left / fadeOutSamples : 1;
  return gain * fadeIn * fadeOut;
}
