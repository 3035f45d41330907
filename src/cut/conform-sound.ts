import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import { probe, probeChannels } from '../media/probe.ts';
import {
  type FfmpegInput,
  REPRODUCIBLE,
  runFfmpeg,
  untrustedInput,
  untrustedSound,
} from '../media/run-ffmpeg.ts';
import { requireUnchanged } from '../media/stamp.ts';
import { type Derived, derivedKey } from '../store/derived.ts';
import { ClippingWatch } from './clipping.ts';
import { repeatSound } from './repeat-sound.ts';
import type { CutClip } from './segments.ts';
import { S16, SAMPLE_RATE } from './sound.ts';
import type { Source } from './source.ts';
import { stretch } from './stretch.ts';
import { SOUND_VERSION } from './versions.ts';
import { type ClipOutput, watchBeside } from './watch-clip.ts';

/** Sound as raw 16-bit stereo at 48 kHz. */
export interface Pcm {
  /** Null if there is nothing to hear. */
  readonly path: string | null;
  readonly sha256: string | null;
  /** Equal identities have equal samples, for as long as both go on. */
  readonly identity: string | null;
  readonly samples: number;
  /** Where it is first cut off at full scale; null if nowhere. */
  readonly clippedSample: number | null;
}

export interface SoundContext {
  readonly ffmpeg: Ffmpeg;
  readonly derived: Derived;
  readonly signal: AbortSignal;
}

const SILENCE: Pcm = { path: null, sha256: null, identity: null, samples: 0, clippedSample: null };

/**
 * The part of a clip's sound that is played, at its speed and of its old pitch, padded to `samples`; silence where
 * it has none, or nothing that is heard.
 */
export async function clipSound(
  clip: CutClip,
  { startSeconds, speed, samples }: { startSeconds: number; speed: number; samples: number },
  context: SoundContext,
): Promise<Pcm> {
  if (!clip.audio) return SILENCE;
  const from = Math.round(startSeconds * SAMPLE_RATE);
  const identity = ['clip', clip.identity, from, speed, samples];
  const plain: Recipe = {
    source: clip,
    channels: async () => (await probe(clip.path)).audio?.channels ?? null,
    input: untrustedInput(clip.path),
    filters: part(from, Math.ceil(samples * speed)),
    instead: async sound => clip.unwatched === true && (await watchBeside(clip, sound, context)),
  };
  if (speed === 1) {
    const filters = `${plain.filters},apad,atrim=end_sample=${samples}`;
    return await toPcm(identity, { ...plain, filters }, context);
  }
  const finish = async (played: string, file: string) =>
    await stretch(played, speed, samples, file, context.signal);
  return await toPcm(identity, { ...plain, finish }, context);
}

/** A voice, whole. */
export async function voiceSound(voice: Source, context: SoundContext): Promise<Pcm> {
  return await toPcm(['voice', voice.identity], { ...opened(voice), filters: STEREO }, context);
}

/** Music from `startSeconds` on, for at most `samples`; from there again and again if it is to loop. */
export async function musicSound(
  music: Source,
  { startSeconds, loop, samples }: { startSeconds: number; loop: boolean; samples: number },
  context: SoundContext,
): Promise<Pcm> {
  const from = Math.round(startSeconds * SAMPLE_RATE);
  const plain = { ...opened(music), filters: part(from, samples) };
  const finish = async (once: string, file: string) =>
    await repeatSound(once, samples * S16.bytes, file, context.signal);
  const recipe = loop ? { ...plain, finish } : plain;
  // A longer film has more of it, and the same until then.
  const endless = ['music', music.identity, from, loop];
  const pcm = await toPcm([...endless, samples], recipe, context);
  return pcm.path === null ? pcm : { ...pcm, identity: soundKey(endless, context) };
}

/** A file of sound alone, of which nobody keeps what its headers say. */
function opened(source: Source): Pick<Recipe, 'source' | 'channels' | 'input'> {
  const channels = async () => await probeChannels(source.path);
  return { source, channels, input: untrustedSound(source.path) };
}

/**
 * What ffmpeg can make stereo of, and what all layouts of more begin with. Of others it knows some, some versions more
 * than others, and ends with an error where it does not.
 */
const EIGHT = 8;
const FIRST_EIGHT = `pan=7.1|${Array.from({ length: EIGHT }, (_, at) => `c${at}=c${at}`).join('|')}`;

const STEREO = 'aformat=sample_fmts=s16:channel_layouts=stereo';

function part(from: number, samples: number): string {
  return `atrim=start_sample=${from}:end_sample=${from + samples},asetpts=PTS-STARTPTS,${STEREO}`;
}

interface Recipe {
  readonly source: Source;
  /** Of its sound; null where that cannot be read. */
  readonly channels: () => Promise<number | null>;
  readonly input: FfmpegInput;
  readonly filters: string;
  /** Makes it in a process that runs for something else; false where there is none. */
  readonly instead?: (sound: ClipOutput) => Promise<boolean>;
  /** What is made of the raw sound that ffmpeg has written. */
  readonly finish?: (raw: string, file: string) => Promise<void>;
}

function soundKey(identity: readonly (string | number | boolean)[], { ffmpeg }: SoundContext): string {
  return derivedKey(['sound', SOUND_VERSION, ffmpeg.version, ...identity]);
}

async function toPcm(
  identity: (string | number | boolean)[],
  { source, channels, input, filters, instead, finish }: Recipe,
  context: SoundContext,
): Promise<Pcm> {
  const { ffmpeg, derived, signal } = context;
  const key = soundKey(identity, context);
  const { path, facts } = await derived.get('sound', key, 'pcm', async file => {
    const raw = finish === undefined ? file : `${file}.raw`;
    try {
      const isMany = ((await channels()) ?? 0) > EIGHT;
      const filter = `${isMany ? `${FIRST_EIGHT},` : ''}aresample=${SAMPLE_RATE}:async=1:first_pts=0,${filters}`;
      const coding = ['-c:a', 'pcm_s16le', '-f', 's16le', ...REPRODUCIBLE];
      const output = ['-map', '0:a:0', '-filter:a', filter, ...coding];
      const isMade = (await instead?.({ options: output, file: raw })) ?? false;
      if (!isMade) await runFfmpeg(ffmpeg, { inputs: [input], output, file: raw, signal });
      await finish?.(raw, file);
    } finally {
      if (finish !== undefined) await rm(raw, { force: true });
    }
    requireUnchanged([source]);
    return await listen(file);
  });
  const { sha256, samples, clippedSample } = facts;
  return facts.silent ? { ...SILENCE, samples } : { path, sha256, identity: sha256, samples, clippedSample };
}

/** A clip that came cut off reaches full scale, and no further. */
const NEARLY_FULL = 32_765;

/** -70 dBFS: what is softer counts as nothing when loudness is measured (ITU-R BS.1770), and nobody hears it. */
const SILENT = 32_768 * 10 ** (-70 / 20);

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
      silent &&= values.every(value => Math.abs(value) <= SILENT);
      clipping.listen(values, done);
      done += values.length >> 1;
    }
  } finally {
    await handle.close();
  }
}
