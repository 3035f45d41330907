import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput, untrustedSound } from '../media/run-ffmpeg.ts';
import type { Derived } from '../store/derived.ts';
import { ClippingWatch } from './clipping.ts';
import { type CutClip, derivedKey } from './segments.ts';
import { SAMPLE_RATE } from './sound.ts';

const SOUND_VERSION = 3;

/** Sound as raw 16-bit stereo at 48 kHz. */
export interface Pcm {
  /** Null if there is nothing to hear. */
  readonly path: string | null;
  readonly sha256: string | null;
  readonly samples: number;
  /** Where it is first cut off at full scale; null if nowhere. */
  readonly clippedSample: number | null;
}

/** A file of sound that its author brought. */
export interface SoundFile {
  readonly path: string;
  /** Digest of its bytes. */
  readonly identity: string;
}

export interface SoundContext {
  readonly ffmpeg: Ffmpeg;
  readonly derived: Derived;
  readonly signal: AbortSignal;
}

const SILENCE: Pcm = { path: null, sha256: null, samples: 0, clippedSample: null };

/**
 * The part of a clip's sound that is played, at its speed and of its old pitch, padded to `samples`; silence where
 * it has none, or only zeros.
 */
export async function clipSound(
  clip: CutClip,
  { startSeconds, speed, samples }: { startSeconds: number; speed: number; samples: number },
  context: SoundContext,
): Promise<Pcm> {
  if (!clip.audio) return SILENCE;
  const from = Math.round(startSeconds * SAMPLE_RATE);
  const trimmed = from === 0 ? '' : `atrim=start_sample=${from},asetpts=PTS-STARTPTS,`;
  const filters = `${trimmed}${tempo(speed)}${STEREO},apad,atrim=end_sample=${samples}`;
  const input = untrustedInput(clip.path);
  return await toPcm(['clip', clip.identity, from, speed, samples], input, filters, context);
}

/** A voice, whole. */
export async function voiceSound(voice: SoundFile, context: SoundContext): Promise<Pcm> {
  return await toPcm(['voice', voice.identity], untrustedSound(voice.path), STEREO, context);
}

/** Music from `startSeconds` on, for at most `samples`; again and again if it is to loop. */
export async function musicSound(
  music: SoundFile,
  { startSeconds, loop, samples }: { startSeconds: number; loop: boolean; samples: number },
  context: SoundContext,
): Promise<Pcm> {
  const from = Math.round(startSeconds * SAMPLE_RATE);
  const input = untrustedSound(music.path, ...(loop ? ['-stream_loop', '-1'] : []));
  const filters = `atrim=start_sample=${from}:end_sample=${from + samples},asetpts=PTS-STARTPTS,${STEREO}`;
  return await toPcm(['music', music.identity, from, loop, samples], input, filters, context);
}

const STEREO = 'aformat=sample_fmts=s16:channel_layouts=stereo';

async function toPcm(
  identity: (string | number | boolean)[],
  input: ReturnType<typeof untrustedInput>,
  filters: string,
  { ffmpeg, derived, signal }: SoundContext,
): Promise<Pcm> {
  const key = derivedKey(['sound', SOUND_VERSION, ffmpeg.version, ...identity]);
  const { path, facts } = await derived.get('sound', key, 'pcm', async file => {
    await runFfmpeg(ffmpeg, {
      inputs: [input],
      filters: `[0:a:0]aresample=${SAMPLE_RATE}:async=1:first_pts=0,${filters}[out]`,
      output: ['-map', '[out]', '-c:a', 'pcm_s16le', '-f', 's16le', ...REPRODUCIBLE],
      file,
      signal,
    });
    return await listen(file);
  });
  const { sha256, samples, clippedSample } = facts;
  return facts.silent ? { ...SILENCE, samples } : { path, sha256, samples, clippedSample };
}

/** Each atempo takes half to double without harm. */
function tempo(speed: number): string {
  const steps: number[] = [];
  let left = speed;
  for (; left < 0.5; left /= 0.5) steps.push(0.5);
  for (; left > 2; left /= 2) steps.push(2);
  if (left !== 1) steps.push(left);
  return steps.map(step => `atempo=${step},`).join('');
}

/** A clip that came cut off reaches full scale, and no further. */
const NEARLY_FULL = 32_765;

interface Listened {
  readonly sha256: string;
  readonly silent: boolean;
  readonly clippedSample: number | null;
  readonly samples: number;
}

/** Reads it once: its digest, its length, whether there is nothing to hear, and where it is cut off at full scale. */
async function listen(
  file: string,
): Promise<Listened & { [field: string]: string | number | boolean | null }> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(1024 * 1024);
    let silent = true;
    const clipping = new ClippingWatch(NEARLY_FULL);
    for (let done = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) {
        const clippedSample = clipping.spans[0]?.start ?? null;
        return { sha256: hash.digest('hex'), silent, clippedSample, samples: done };
      }
      hash.update(buffer.subarray(0, bytesRead));
      const values = new Int16Array(buffer.buffer, buffer.byteOffset, bytesRead >> 1);
      silent &&= values.every(value => value === 0);
      clipping.listen(values, done);
      done += values.length >> 1;
    }
  } finally {
    await handle.close();
  }
}
