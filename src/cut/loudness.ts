import type { Ffmpeg } from '../media/ffmpeg.ts';
import { type FfmpegInput, runFfmpeg } from '../media/run-ffmpeg.ts';

/** How loud the film's sound turned out to be, measured after it was encoded. */
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

/**
 * The first of two passes: the filter of the second. Null where there is nothing to hear. The second one tells in
 * its log whether it was `linear`; let `normalizationOf` read it.
 */
export async function normalise(
  ffmpeg: Ffmpeg,
  job: { inputs: readonly FfmpegInput[]; mixed: string; target: number; signal: AbortSignal },
): Promise<string | null> {
  const base = `loudnorm=I=${job.target}:TP=${PEAK_DBTP}:LRA=${RANGE_LU}`;
  const first = await analyse(ffmpeg, job.inputs, `${job.mixed},${base}`, job.signal);
  if (!Number.isFinite(Number(first.input_i))) return null; // below what the measure hears: silence
  const known = `measured_I=${first.input_i}:measured_TP=${first.input_tp}:measured_LRA=${first.input_lra}:measured_thresh=${first.input_thresh}:offset=${first.target_offset}`;
  return `${base}:${known}:linear=true:${AS_JSON}`;
}

/** ffmpeg falls back to `dynamic` without a word where one gain for all would clip: which way it went. */
export function normalizationOf(log: readonly string[]): Loudness['normalization'] {
  return measuredIn(log).normalization_type === 'linear' ? 'linear' : 'dynamic';
}

export async function measure(
  ffmpeg: Ffmpeg,
  file: string,
  target: number,
  normalization: Loudness['normalization'],
  signal: AbortSignal,
): Promise<Loudness> {
  const { input_i, input_tp, input_lra } = await analyse(
    ffmpeg,
    [{ source: file }],
    '[0:a:0]loudnorm=I=-24',
    signal,
  );
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
  inputs: readonly FfmpegInput[],
  filters: string,
  signal: AbortSignal,
): Promise<Measured> {
  return measuredIn(
    await runFfmpeg(ffmpeg, {
      inputs,
      filters: `${filters}:${AS_JSON}[out]`,
      output: [...TELLING, '-map', '[out]', '-f', 'null'],
      file: '-',
      signal,
    }),
  );
}

const AS_JSON = 'print_format=json';
/** ffmpeg tells what it measures as news, not as errors. */
export const TELLING: readonly string[] = ['-loglevel', 'info'];

function measuredIn(log: readonly string[]): Measured {
  const text = log.join('\n');
  const json = text.slice(text.lastIndexOf('{'), text.lastIndexOf('}') + 1);
  try {
    return JSON.parse(json) as Measured;
  } catch (error) {
    throw new TypeError(`ffmpeg measured no loudness: ${text.slice(-500)}`, { cause: error });
  }
}
