import type { Ffmpeg } from '../media/ffmpeg.ts';
import { type FfmpegInput, runFfmpeg } from '../media/run-ffmpeg.ts';
import type { SampleSpan } from './clipping.ts';
import { SAMPLE_RATE } from './sound.ts';

/** How loud the film's sound turned out to be, measured after it was encoded, without its leader. */
export type Loudness = {
  /** LUFS. */
  readonly target: number;
  readonly integrated: number;
  /** dBTP. */
  readonly truePeak: number;
  /** LU. */
  readonly range: number;
  /** `linear`: the same gain throughout; `dynamic`: quiet and loud parts were brought nearer, to keep the peaks. */
  readonly normalization: 'linear' | 'dynamic';
};

/** AAC overshoots: aimed lower than the −1 dBTP that is asked for. */
const PEAK_DBTP = -1.5;
/** The most that ffmpeg 5.1 takes; with less, music with quiet parts would be squeezed. */
const RANGE_LU = 20;

/** What a meter says of sound (ITU-R BS.1770-4, EBU Tech 3342). */
interface Metered {
  /** LUFS; -Infinity where there is nothing that it hears, or less than the 400 ms that it needs. */
  readonly integrated: number;
  /** LUFS: what is softer does not count. */
  readonly threshold: number;
  /** LU. */
  readonly range: number;
  /** dBTP. */
  readonly truePeak: number;
}

/** What brings sound to its loudness. */
export interface Level {
  /** The same for all of it. */
  readonly gain: number;
  /** Where that would have its peaks too high: the filter that does it, gain and all. */
  readonly squeeze: string | null;
}

/**
 * Measures so many samples of sound, and says what brings them to their target. Null where there is nothing to hear. The
 * peaks that are too high are held back by ffmpeg, which is given the sound at its target, for it takes none that
 * measures above 0 LUFS, as floats may; and longer than three seconds, for of shorter ones ffmpeg 5.1 makes something 14
 * dB too soft.
 */
export async function levelOf(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  { target, samples }: { readonly target: number; readonly samples: number },
  signal: AbortSignal,
): Promise<Level | null> {
  const found = await meterFloats(ffmpeg, input, samples, signal);
  const gainDb = target - found.integrated;
  if (!Number.isFinite(gainDb)) return null;
  const peak = found.truePeak + gainDb;
  if (peak <= PEAK_DBTP) return { gain: factorOf(gainDb), squeeze: null };
  const base = `loudnorm=I=${target}:TP=${PEAK_DBTP}:LRA=${RANGE_LU}`;
  const louder = `volume=${gainDb.toFixed(2)}dB,apad=pad_dur=3`;
  const offset = await missOf(ffmpeg, input, `${louder},${base}`, signal);
  const measured = `measured_I=${target}:measured_TP=${peak.toFixed(2)}:measured_LRA=${found.range.toFixed(2)}:measured_thresh=${(found.threshold + gainDb).toFixed(2)}`;
  return { gain: factorOf(gainDb), squeeze: `${louder},${base}:${measured}:offset=${offset}` };
}

/** What brings squeezed sound nearer to its target, while its peaks stay where they may be. */
export async function correctionOf(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  { target, samples }: { readonly target: number; readonly samples: number },
  signal: AbortSignal,
): Promise<number> {
  const { integrated, truePeak } = await meterFloats(ffmpeg, input, samples, signal);
  return factorOf(Math.min(target - integrated, PEAK_DBTP - truePeak));
}

/** Measures what was encoded, from the sample on where the picture begins. */
export async function measure(
  ffmpeg: Ffmpeg,
  file: string,
  {
    target,
    picture,
    normalization,
  }: Pick<Loudness, 'target' | 'normalization'> & { readonly picture: SampleSpan },
  signal: AbortSignal,
): Promise<Loudness> {
  const filters = `atrim=start_sample=${picture.start},asetpts=PTS-STARTPTS,`;
  const samples = picture.end - picture.start;
  const { integrated, truePeak, range } = await meter(ffmpeg, { source: file }, { filters, samples }, signal);
  return { target, integrated, truePeak, range, normalization };
}

function factorOf(decibels: number): number {
  return 10 ** (decibels / 20);
}

/** The meter counts what is louder than +10 LUFS as that: what is above full scale is measured below it. */
async function meterFloats(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  samples: number,
  signal: AbortSignal,
): Promise<Metered> {
  const found = await meter(ffmpeg, input, { filters: '', samples }, signal);
  const above = found.truePeak;
  if (!(above > 0)) return found;
  const filters = `volume=${(-above).toFixed(2)}dB,`;
  const below = await meter(ffmpeg, input, { filters, samples }, signal);
  return {
    integrated: below.integrated + above,
    threshold: below.threshold + above,
    range: below.range,
    truePeak: above,
  };
}

/** Of the last frames alone: each tells what all until then have come to. */
const LAST_SECONDS = 0.25;

/**
 * ffmpeg's ebur128, and not the first pass of its loudnorm: that counts the last three seconds twice, and a film that
 * fades out would come out too loud, and be told to be right.
 */
async function meter(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  { filters, samples }: { readonly filters: string; readonly samples: number },
  signal: AbortSignal,
): Promise<Metered> {
  const from = (samples / SAMPLE_RATE - LAST_SECONDS).toFixed(3);
  const told = await tellingOf(
    ffmpeg,
    input,
    `${filters}ebur128=peak=true:metadata=1,aselect=gte(t\\,${from}),ametadata=print`,
    signal,
  );
  const last = (name: RegExp) => [...told.matchAll(name)].at(-1)?.[1];
  // Its summary has a decimal alone.
  const integrated = Number(last(/lavfi\.r128\.I=(\S+)/g) ?? Number.NaN);
  const range = Number(last(/lavfi\.r128\.LRA=(\S+)/g) ?? Number.NaN);
  const summary = told.slice(told.lastIndexOf('Summary:'));
  const threshold = Number(/Threshold:\s*(\S+) LUFS/.exec(summary)?.[1]);
  const peak = /Peak:\s*(\S+) dBFS/.exec(summary)?.[1];
  if (peak === undefined) throw new TypeError(`ffmpeg measured no loudness: ${told.slice(-500)}`);
  const isHeard = integrated > SILENT_LUFS;
  return {
    integrated: isHeard ? integrated : -Infinity,
    threshold,
    range: isHeard ? range : 0,
    truePeak: peak === '-inf' ? -Infinity : Number(peak),
  };
}

/** What is softer counts for nothing, and nothing at all is this. */
const SILENT_LUFS = -70;

/** By how much ffmpeg, which looks ahead for three seconds alone, misses the target when it squeezes. */
async function missOf(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  filters: string,
  signal: AbortSignal,
): Promise<string> {
  const told = await tellingOf(ffmpeg, input, `${filters}:print_format=json`, signal);
  const offset = /"target_offset"\s*:\s*"(\S+)"/.exec(told)?.[1];
  if (offset === undefined) throw new TypeError(`ffmpeg squeezed nothing: ${told.slice(-500)}`);
  return offset;
}

/** ffmpeg tells what it measures as news, not as errors. */
async function tellingOf(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  filters: string,
  signal: AbortSignal,
): Promise<string> {
  const told = await runFfmpeg(ffmpeg, {
    inputs: [input],
    filters: `[0:a:0]${filters}[out]`,
    output: ['-loglevel', 'info', '-map', '[out]', '-f', 'null'],
    file: '-',
    signal,
  });
  return told.join('\n');
}
