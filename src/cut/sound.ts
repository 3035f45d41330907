import type { Fps } from '../storyboard/storyboard.ts';

export const SAMPLE_RATE = 48_000;

/** How the samples of raw stereo lie in a file. */
export interface SampleFormat {
  /** How ffmpeg calls it. */
  readonly name: 's16le' | 'f32le';
  /** Of a sample in both channels. */
  readonly bytes: number;
}

export const S16: SampleFormat = { name: 's16le', bytes: 4 };
/** Full scale is 1, and what lies above it is kept: for what is still to be brought to its level. */
export const F32: SampleFormat = { name: 'f32le', bytes: 8 };

/** How ffmpeg is told of raw sound. */
export function raw({ name }: SampleFormat): readonly string[] {
  return ['-f', name, '-ar', String(SAMPLE_RATE), '-ac', '2'];
}

/** The first sample of a frame: rounded from the film's start, so that no error adds up. */
export function sampleAt(frame: number, fps: Fps): number {
  return Math.round((frame * SAMPLE_RATE * fps.denominator) / fps.numerator);
}

/** Samples of one clip in the film; null is silence. */
export interface SoundPart {
  readonly pcm: string | null;
  readonly format: SampleFormat;
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

/** What 16 bits call 1. */
export const FULL_SCALE = 32_768;

/**
 * Mixes one stretch of the film, `startSample` … `startSample + length`, in steps of 16 bits, and beyond them: nothing
 * is cut off yet. Neighbours that overlap have complementary fades, so that a dissolve's sound keeps its level.
 */
export async function mixStretch(
  parts: readonly SoundPart[],
  startSample: number,
  length: number,
  read: (part: SoundPart, fromSample: number, samples: number) => Promise<Int16Array | Float32Array>,
): Promise<Float64Array> {
  const mixed = new Float64Array(length * 2);
  for (const part of parts) {
    const from = Math.max(part.startSample, startSample);
    const to = Math.min(part.playedSample, part.endSample, startSample + length);
    if (part.pcm === null || from >= to) continue;
    const samples = await read(part, from - part.startSample, to - from);
    const level = part.gain * (part.format === F32 ? FULL_SCALE : 1);
    // Half an hour is a hundred million samples: what is the same for most of them is not asked for each.
    const fadedIn = part.startSample + part.fadeInSamples;
    const fadingOut = part.endSample - part.fadeOutSamples;
    let target = (from - startSample) * 2;
    let source = 0;
    for (let sample = from; sample < to; sample++) {
      const gain = sample >= fadedIn && sample <= fadingOut ? level : level * fadeAt(part, sample);
      for (let channel = 0; channel < 2; channel++) {
        mixed[target] = (mixed[target] as number) + gain * (samples[source++] as number);
        target++;
      }
    }
  }
  return mixed;
}

function fadeAt(
  { startSample, endSample, fadeInSamples, fadeOutSamples }: SoundPart,
  sample: number,
): number {
  const since = sample - startSample;
  const left = endSample - sample;
  const fadeIn = since < fadeInSamples ? since / fadeInSamples : 1;
  const fadeOut = left < fadeOutSamples ? left / fadeOutSamples : 1;
  return fadeIn * fadeOut;
}
