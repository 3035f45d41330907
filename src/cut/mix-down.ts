import { rm, truncate, writeFile } from 'node:fs/promises';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { REPRODUCIBLE, runFfmpeg } from '../media/run-ffmpeg.ts';
import type { SampleSpan } from './clipping.ts';
import { correctionOf, type Loudness, levelOf } from './loudness.ts';
import { mixToFile } from './mix-to-file.ts';
import { F32, raw, S16, type SoundPart } from './sound.ts';

/** What is heard in a film, laid out on its samples. */
export interface Mix<Part extends SoundPart = SoundPart> {
  /** Before the picture: it has its own level, and counts for no loudness. */
  readonly leader: readonly Part[];
  readonly foreground: readonly Part[];
  readonly music: Part | null;
  /** What the music makes room for. */
  readonly duckedBy: readonly Part[];
  /** From where the picture begins to its end. */
  readonly picture: SampleSpan;
}

export interface MixedDown {
  /** How it was brought to its loudness; null where it was not. */
  readonly normalization: Loudness['normalization'] | null;
  /** Where it is cut off at full scale. */
  readonly clipped: readonly SampleSpan[];
}

export interface MixContext {
  /** LUFS; null: as it is mixed. */
  readonly loudness: number | null;
  readonly ffmpeg: Ffmpeg;
  readonly signal: AbortSignal;
}

/** As ducking is set for speech: down within a syllable, and up again between sentences. */
const DUCKING = 'sidechaincompress=threshold=0.03:ratio=8:attack=20:release=300';

/** Nothing is done to the whole: each sample is the sum of what is heard there. `loudness` as in MixContext. */
export function isAddedUp({ music, duckedBy }: Mix, loudness: number | null): boolean {
  return loudness === null && (music === null || duckedBy.length === 0);
}

/**
 * Mixes everything into raw sound of 16 bits. What is still to be ducked or brought to its loudness is in floats
 * until then, so that nothing is cut off on the way.
 */
export async function mixDown(file: string, mix: Mix, context: MixContext): Promise<MixedDown> {
  const { leader, foreground, music, duckedBy, picture } = mix;
  const whole = { start: 0, end: picture.end };
  const { loudness, signal } = context;
  const heard = music === null ? foreground : [...foreground, music];
  if ([...leader, ...heard].every(({ pcm }) => pcm === null)) {
    await writeFile(file, '');
    await truncate(file, picture.end * S16.bytes);
    return { normalization: null, clipped: [] };
  }
  const isDucked = music !== null && duckedBy.length > 0;
  if (isAddedUp(mix, loudness))
    return { normalization: null, clipped: await mixToFile([...leader, ...heard], whole, file, S16, signal) };
  const mixed = `${file}.mixed`;
  const levelled = `${file}.levelled`;
  try {
    if (isDucked) await duck(mixed, mix, context);
    else await mixToFile(heard, picture, mixed, F32, signal);
    const goal = loudness === null ? null : { target: loudness, samples: picture.end - picture.start };
    const level = goal === null ? null : await levelOf(context.ffmpeg, rawFloats(mixed), goal, signal);
    const squeezed = level?.squeeze ?? null;
    let part = wholePart(mixed, picture, level?.gain ?? 1);
    if (goal !== null && squeezed !== null) {
      await filter([mixed], `[0:a:0]${squeezed}`, levelled, mix, context);
      const gain = await correctionOf(context.ffmpeg, rawFloats(levelled), goal, signal);
      part = wholePart(levelled, picture, gain);
    }
    return {
      normalization: level === null ? null : squeezed === null ? 'linear' : 'dynamic',
      clipped: await mixToFile([...leader, part], whole, file, S16, signal),
    };
  } finally {
    for (const made of [mixed, levelled]) await rm(made, { force: true });
  }
}

/** The music goes down under what is spoken. */
async function duck(file: string, { foreground, music, duckedBy, picture }: Mix, context: MixContext) {
  const stems = [foreground, music === null ? [] : [music], duckedBy];
  const files = stems.map((_, index) => `${file}.${index}`);
  try {
    for (const [index, parts] of stems.entries())
      await mixToFile(parts, picture, files[index] as string, F32, context.signal);
    // Padded: ffmpeg 7 lets the last half second of what it compresses fall.
    const filters = `[1:a:0]apad[under];[2:a:0]apad[speech];[under][speech]${DUCKING}[ducked];[0:a:0][ducked]amix=inputs=2:duration=first:normalize=0`;
    await filter(files, filters, file, { picture }, context);
  } finally {
    for (const stem of files) await rm(stem, { force: true });
  }
}

/** Floats in, floats out, as many as the picture has. */
async function filter(
  sources: readonly string[],
  filters: string,
  file: string,
  { picture }: Pick<Mix, 'picture'>,
  { ffmpeg, signal }: MixContext,
): Promise<void> {
  const samples = picture.end - picture.start;
  await runFfmpeg(ffmpeg, {
    inputs: sources.map(rawFloats),
    filters: `${filters},aresample=48000,aformat=sample_fmts=flt:channel_layouts=stereo,apad,atrim=end_sample=${samples}[out]`,
    output: ['-map', '[out]', '-c:a', 'pcm_f32le', ...REPRODUCIBLE, '-f', F32.name],
    file,
    signal,
  });
}

function rawFloats(source: string) {
  return { source, options: raw(F32) };
}

function wholePart(pcm: string, { start, end }: SampleSpan, gain: number): SoundPart {
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  return { pcm, format: F32, gain, startSample: start, playedSample: end, endSample: end, ...none };
}
