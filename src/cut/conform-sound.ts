import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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
import { listen } from './listen.ts';
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
    listenedAt: speed,
    instead: async sounds => clip.unwatched === true && (await watchBeside(clip, sounds, context)),
  };
  if (speed === 1) {
    const filters = (format: string) => `${plain.filters(format)},apad,atrim=end_sample=${samples}`;
    return await toPcm(identity, { ...plain, filters }, context);
  }
  const finish = async (played: string, file: string) =>
    await stretch(played, speed, samples, file, context.signal);
  return await toPcm(identity, { ...plain, finish }, context);
}

/** A voice, whole. */
export async function voiceSound(voice: Source, context: SoundContext): Promise<Pcm> {
  return await toPcm(['voice', voice.identity], { ...opened(voice), filters: format => format }, context);
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

/**
 * QuickTime may name them in another order than ffmpeg does, of which ffmpeg 7 makes nothing: tried where it fails. In
 * which order sides and backs are does not matter to stereo.
 */
const IN_ORDER: Readonly<Record<number, string>> = {
  7: 'channelmap=map=FL|FR|FC|LFE|BC|SL|SR:channel_layout=6.1',
  8: `channelmap=map=${Array.from({ length: EIGHT }, (_, at) => at).join('|')}:channel_layout=7.1`,
};

const STEREO = 'aformat=sample_fmts=s16:channel_layouts=stereo';
const OWN_CHANNELS = 'aformat=sample_fmts=s16';

function part(from: number, samples: number): Recipe['filters'] {
  return format => `atrim=start_sample=${from}:end_sample=${from + samples},asetpts=PTS-STARTPTS,${format}`;
}

interface Recipe {
  readonly source: Source;
  /** Of its sound; null where that cannot be read. */
  readonly channels: () => Promise<number | null>;
  readonly input: FfmpegInput;
  /** What makes 16-bit sound of a format of it. */
  readonly filters: (format: string) => string;
  /** The speed of what is listened to for silence and distortion; not of what nobody asks that of. */
  readonly listenedAt?: number;
  /** Makes it in a process that runs for something else; false where there is none. */
  readonly instead?: (sounds: readonly ClipOutput[]) => Promise<boolean>;
  /** What is made of the raw sound that ffmpeg has written. */
  readonly finish?: (raw: string, file: string) => Promise<void>;
}

function soundKey(identity: readonly (string | number | boolean)[], { ffmpeg }: SoundContext): string {
  return derivedKey(['sound', SOUND_VERSION, ffmpeg.version, ...identity]);
}

async function toPcm(
  identity: (string | number | boolean)[],
  { source, channels, input, filters, listenedAt, instead, finish }: Recipe,
  context: SoundContext,
): Promise<Pcm> {
  const { ffmpeg, derived, signal } = context;
  const key = soundKey(identity, context);
  const { path, facts } = await derived.get('sound', key, 'pcm', async file => {
    const raw = finish === undefined ? file : `${file}.raw`;
    const own = `${file}.own`;
    const count = (await channels()) ?? 2;
    // What becomes stereo is softer there: where it was cut off at full scale, it would no longer be seen.
    const isOwn = listenedAt !== undefined && count !== 2;
    const makeBehind = async (order: string) => {
      const outputOf = (format: string, file: string): ClipOutput => {
        const filter = `${order}aresample=${SAMPLE_RATE}:async=1:first_pts=0,${filters(format)}`;
        const coding = ['-c:a', 'pcm_s16le', '-f', 's16le', ...REPRODUCIBLE];
        return { options: ['-map', '0:a:0', '-filter:a', filter, ...coding], file };
      };
      const [stereo, others] = [outputOf(STEREO, raw), isOwn ? [outputOf(OWN_CHANNELS, own)] : []];
      if ((await instead?.([...others, stereo])) ?? false) return;
      const output = [...others.flatMap(({ options, file }) => [...options, file]), ...stereo.options];
      await runFfmpeg(ffmpeg, { inputs: [input], output, file: raw, signal });
    };
    try {
      const inOrder = IN_ORDER[count];
      if (count > EIGHT) await makeBehind(`${FIRST_EIGHT},`);
      else
        await makeBehind('').catch(async error => {
          if (inOrder === undefined || signal.aborted) throw error;
          await makeBehind(`${inOrder},`);
        });
      // A header may tell another number: both have as many samples.
      const ownChannels = isOwn ? (2 * sizeOf(own)) / sizeOf(raw) : 2;
      await finish?.(raw, file);
      requireUnchanged([source]);
      const heard = await listen(file, 2);
      if (!isOwn || !Number.isInteger(ownChannels) || ownChannels < 1) return heard;
      const { silent, clippedSample } = await listen(own, ownChannels);
      const played = clippedSample === null ? null : Math.round(clippedSample / listenedAt);
      // Not all that it has is heard: of 5.1, what is for the subwoofer alone is not.
      return { ...heard, silent: silent || heard.empty, clippedSample: played };
    } finally {
      for (const made of [own, ...(raw === file ? [] : [raw])]) await rm(made, { force: true });
    }
  });
  const { sha256, samples, clippedSample } = facts;
  return facts.silent ? { ...SILENCE, samples } : { path, sha256, identity: sha256, samples, clippedSample };
}

function sizeOf(file: string): number {
  return statSync(file).size;
}
