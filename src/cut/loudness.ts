import type { Ffmpeg } from '../media/ffmpeg.ts';
import { type FfmpegInput, runFfmpeg } from '../media/run-ffmpeg.ts';

/** How loud the film's sound turned out to be, measured after it was encoded, without its leader. */
export interface Loudness {
  /** LUFS. */
  readonly target: number;
  readonly integrated: number;
  /** dBTP. */
  readonly truePeak: number;
  /** LU. */
  readonly range: number;
  /** `linear`: the same gain throughout; `dynamic`: quiet and loud parts were brought nearer, to keep the peaks. */
  readonly normalization: 'linear' | 'dynamic';
}

/** AAC overshoots: aimed lower than the −1 dBTP that is asked for. */
const PEAK_DBTP = -1.5;
/** The most that ffmpeg 5.1 takes; with less, music with quiet parts would be squeezed. */
const RANGE_LU = 20;

interface Measured {
  readonly input_i: string;
  readonly input_tp: string;
  readonly input_lra: string;
  readonly input_thresh: string;
  readonly target_offset: string;
  readonly normalization_type: string;
}

/** What brings sound to its loudness. */
export interface Level {
  /** The same for all of it. */
  readonly gain: number;
  /** Where that would have its peaks too high: the filter that does it, gain and all. */
  readonly squeeze: string | null;
}

/**
 * Measures sound, and says what brings it to its target. Null where there is nothing to hear. The peaks that are too
 * high are held back by ffmpeg, which is given the sound at its target, for it takes none that measures above 0 LUFS, as
 * floats may; and longer than three seconds, for of shorter ones ffmpeg 5.1 makes something 14 dB too soft.
 */
export async function levelOf(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  target: number,
  signal: AbortSignal,
): Promise<Level | null> {
  const base = `loudnorm=I=${target}:TP=${PEAK_DBTP}:LRA=${RANGE_LU}`;
  const found = await analyse(ffmpeg, input, base, signal);
  const gainDb = target - Number(found.input_i);
  if (!Number.isFinite(gainDb)) return null; // below what the measure hears: silence
  const gain = 10 ** (gainDb / 20);
  const peak = Number(found.input_tp) + gainDb;
  if (peak <= PEAK_DBTP) return { gain, squeeze: null };
  const threshold = Number(found.input_thresh) + gainDb;
  const known = `measured_I=${target}:measured_TP=${peak.toFixed(2)}:measured_LRA=${found.input_lra}:measured_thresh=${threshold.toFixed(2)}:offset=${found.target_offset}`;
  return { gain, squeeze: `volume=${gainDb.toFixed(2)}dB,apad=pad_dur=3,${base}:${known}` };
}

/** Measures what was encoded, from the sample on where the picture begins. */
export async function measure(
  ffmpeg: Ffmpeg,
  file: string,
  {
    target,
    startSample,
    normalization,
  }: Pick<Loudness, 'target' | 'normalization'> & { startSample: number },
  signal: AbortSignal,
): Promise<Loudness> {
  const filters = `atrim=start_sample=${startSample},loudnorm=I=-24`;
  const { input_i, input_tp, input_lra } = await analyse(ffmpeg, { source: file }, filters, signal);
  return {
    target,
    integrated: Number(input_i),
    truePeak: Number(input_tp),
    range: Number(input_lra),
    normalization,
  };
}

async function analyse(
  ffmpeg: Ffmpeg,
  input: FfmpegInput,
  filters: string,
  signal: AbortSignal,
): Promise<Measured> {
  return measuredIn(
    await runFfmpeg(ffmpeg, {
      inputs: [input],
      filters: `[0:a:0]${filters}:${AS_JSON}[out]`,
      output: [...TELLING, '-map', '[out]', '-f', 'null'],
      file: '-',
      signal,
    }),
  );
}

const AS_JSON = 'print_format=json';
/** ffmpeg tells what it measures as news, not as errors. */
const TELLING: readonly string[] = ['-loglevel', 'info'];

function measuredIn(log: readonly string[]): Measured {
  const text = log.join('\n');
  const json = text.slice(text.lastIndexOf('{'), text.lastIndexOf('}') + 1);
  try {
    return JSON.parse(json) as Measured;
  } catch (error) {
    throw new TypeError(`ffmpeg measured no loudness: ${text.slice(-500)}`, { cause: error });
  }
}
