import { rm, truncate, writeFile } from 'node:fs/promises';
import { REPRODUCIBLE, runFfmpeg } from '../media/run-ffmpeg.ts';
import type { Json } from '../plan/request.ts';
import { secondsToFrames, startFrames, type Timeline } from '../plan/timeline.ts';
import type { Music, Voice } from '../storyboard/storyboard.ts';
import {
  clipSound,
  musicSound,
  type Pcm,
  type SoundContext,
  type SoundFile,
  voiceSound,
} from './conform-sound.ts';
import { type AacContext, encodeAac } from './encode-aac.ts';
import { type Loudness, measure, normalise, normalizationOf, TELLING } from './loudness.ts';
import { mixToFile } from './mix-to-file.ts';
import { type CutClip, derivedKey } from './segments.ts';
import { BYTES_PER_SAMPLE, RAW, SAMPLE_RATE, type SoundPart, sampleAt } from './sound.ts';

const FILM_SOUND_VERSION = 6;

/** What is to be heard in a film, beside its clips. */
export interface SoundTrack {
  /** Of each clip's own sound, in step with the timeline; null: it is left out. */
  readonly gainsDb: readonly (number | null)[];
  readonly voices: readonly PlacedVoice[];
  readonly music: TrackMusic | null;
  /** The frame at which music begins: that of the picture, after a leader. */
  readonly musicFrame: number;
  /** LUFS; null: as it is mixed. */
  readonly loudness: number | null;
}

export interface PlacedVoice extends SoundFile, Omit<Voice, 'file'> {
  /** The item that it belongs to. */
  readonly item: number;
}

export interface TrackMusic extends SoundFile, Omit<Music, 'file'> {}

export interface FilmSound {
  readonly path: string;
  readonly made: boolean;
  /** What was measured in the encoded sound; null where nothing was asked for, or there is nothing to hear. */
  readonly loudness: Loudness | null;
  /** Of each clip's own sound. */
  readonly heard: readonly Heard[];
}

/** What a listener would notice in a clip's sound. */
export interface Heard {
  readonly silent: boolean;
  /** Seconds of its item; null if nowhere. */
  readonly clippedSeconds: number | null;
}

export interface FilmSoundContext extends AacContext {
  /** For what is done for one clip. */
  readonly conformed: <T>(work: () => Promise<T>) => Promise<T>;
  /** PCM, for editors; else AAC. */
  readonly uncompressed: boolean;
}

interface Part extends SoundPart {
  readonly sha256: string | null;
}

/**
 * The film's sound: mixed as PCM and encoded once, so that nothing drifts. Kept under the digests of what is
 * mixed, so that a shot whose sound did not change does not encode the film's again.
 */
export async function filmSound(
  timeline: Timeline,
  clips: readonly CutClip[],
  track: SoundTrack,
  context: FilmSoundContext,
): Promise<FilmSound> {
  const samples = sampleAt(timeline.frameCount, timeline.fps);
  const { music: wanted } = track;
  const musicStart = sampleAt(track.musicFrame, timeline.fps);
  const [ofClips, voices, music] = await Promise.all([
    Promise.all(
      clips.map((clip, index) => context.conformed(() => itemSound(clip, index, timeline, track, context))),
    ),
    Promise.all(track.voices.map(voice => voiceSound(voice, context))),
    wanted === null ? null : musicSound(wanted, { ...wanted, samples: samples - musicStart }, context),
  ]);
  const own = clipParts(timeline, ofClips, track.gainsDb);
  const speech = track.voices.map((voice, index) => voicePart(timeline, voice, voices[index] as Pcm));
  const under = wanted === null || music === null ? null : musicPart(wanted, music, musicStart, samples);
  const key = derivedKey([
    ...[
      'film-sound',
      FILM_SOUND_VERSION,
      context.ffmpeg.version,
      samples,
      track.loudness,
      wanted?.duck === true,
      context.uncompressed,
    ],
    ...[own, speech, under === null ? [] : [under]].map(heard),
  ] as unknown as Json);
  const { path, made, facts } = await context.derived.get(
    'film-sound',
    key,
    context.uncompressed ? 'wav' : 'm4a',
    async file => {
      const duck = wanted?.duck === true && heard(speech).length > 0;
      const mix: Mix = { foreground: [...own, ...speech], music: under, duckedBy: duck ? speech : [] };
      return await encode(file, { samples, loudness: track.loudness, context }, mix);
    },
  );
  const noticed = ofClips.map(
    ({ path: pcm, clippedSample }): Heard => ({
      silent: pcm === null,
      clippedSeconds: clippedSample === null ? null : clippedSample / SAMPLE_RATE,
    }),
  );
  return { path, made, loudness: facts.loudness as Loudness | null, heard: noticed };
}

async function itemSound(
  clip: CutClip,
  index: number,
  { items, fps }: Timeline,
  { gainsDb }: SoundTrack,
  context: SoundContext,
): Promise<Pcm> {
  const played = items[index]?.played;
  if (played === undefined) throw new RangeError('there are more clips than items');
  // One more than the frames can need: where a shot begins decides how its length is rounded.
  const samples = sampleAt(played.frames, fps) + 1;
  return await clipSound(
    gainsDb[index] === null ? { ...clip, audio: false } : clip,
    { ...played, samples },
    context,
  );
}

/** Lays the clips' sound out on the film's samples. */
function clipParts(timeline: Timeline, sounds: readonly Pcm[], gainsDb: SoundTrack['gainsDb']): Part[] {
  const { fps, items } = timeline;
  const starts = startFrames(timeline);
  const at = (frame: number) => sampleAt(frame, fps);
  return items.map((item, index) => {
    const first = starts[index] ?? 0;
    const end = first + item.frames;
    const following = items[index + 1]?.overlapFrames ?? 0;
    return {
      pcm: sounds[index]?.path ?? null,
      sha256: sounds[index]?.sha256 ?? null,
      gain: linear(gainsDb[index] ?? 0),
      startSample: at(first),
      playedSample: at(first + item.played.frames),
      endSample: at(end),
      fadeInSamples: at(first + item.overlapFrames + item.fadeIn.frames) - at(first),
      fadeOutSamples: at(end) - at(end - following - item.fadeOut.frames),
    };
  });
}

function voicePart(timeline: Timeline, { item, offsetSeconds, gainDb }: PlacedVoice, pcm: Pcm): Part {
  const { fps } = timeline;
  const start = sampleAt((startFrames(timeline)[item] ?? 0) + secondsToFrames(offsetSeconds, fps), fps);
  const end = start + pcm.samples;
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  return {
    pcm: pcm.path,
    sha256: pcm.sha256,
    gain: linear(gainDb),
    startSample: start,
    playedSample: end,
    endSample: end,
    ...none,
  };
}

function musicPart(
  { gainDb, fadeInSeconds, fadeOutSeconds }: TrackMusic,
  pcm: Pcm,
  start: number,
  samples: number,
): Part {
  const end = Math.min(start + pcm.samples, samples);
  const count = (seconds: number) => Math.min(end - start, Math.round(seconds * SAMPLE_RATE));
  return {
    ...{ pcm: pcm.path, sha256: pcm.sha256, gain: linear(gainDb) },
    ...{ startSample: start, playedSample: end, endSample: end },
    ...{ fadeInSamples: count(fadeInSeconds), fadeOutSamples: count(fadeOutSeconds) },
  };
}

function linear(decibels: number): number {
  return decibels === 0 ? 1 : 10 ** (decibels / 20);
}

/** Of a silent part it does not matter where it begins, ends or fades. */
function heard(parts: readonly Part[]): Omit<Part, 'pcm'>[] {
  return parts.flatMap(({ pcm, ...position }) => (pcm === null ? [] : [position]));
}

interface Mix {
  readonly foreground: readonly Part[];
  readonly music: Part | null;
  /** What the music makes room for. */
  readonly duckedBy: readonly Part[];
}

interface Encoding {
  readonly samples: number;
  readonly loudness: number | null;
  readonly context: FilmSoundContext;
}

/** As ducking is set for speech: down within a syllable, and up again between sentences. */
const DUCKING = 'sidechaincompress=threshold=0.03:ratio=8:attack=20:release=300';

async function encode(
  file: string,
  encoding: Encoding,
  mix: Mix,
): Promise<{ samples: number; loudness: Json }> {
  const { samples, context } = encoding;
  const { ffmpeg, signal } = context;
  const pcm = `${file}.pcm`;
  try {
    const normalization = await mixDown(pcm, encoding, mix);
    if (context.uncompressed) {
      const output = ['-c:a', 'pcm_s16le', ...REPRODUCIBLE, '-f', 'wav'];
      await runFfmpeg(ffmpeg, { inputs: [{ source: pcm, options: RAW }], output, file, signal });
    } else await encodeAac(pcm, samples, file, context);
    const loudness =
      normalization === null || encoding.loudness === null
        ? null
        : await measure(ffmpeg, file, encoding.loudness, normalization, signal);
    return { samples, loudness: loudness as unknown as Json };
  } finally {
    await rm(pcm, { force: true });
  }
}

/** Mixes everything into `samples` of raw sound; says how it was brought to its loudness, if it was. */
async function mixDown(
  file: string,
  { samples, loudness, context }: Encoding,
  { foreground, music, duckedBy }: Mix,
): Promise<Loudness['normalization'] | null> {
  const { ffmpeg, signal } = context;
  const all = music === null ? foreground : [...foreground, music];
  if (heard(all).length === 0) {
    await writeFile(file, '');
    await truncate(file, samples * BYTES_PER_SAMPLE);
    return null;
  }
  const isDucked = music !== null && duckedBy.length > 0;
  if (!isDucked && loudness === null) {
    await mixToFile(all, samples, file, signal);
    return null;
  }
  const stems = isDucked ? [foreground, [music], duckedBy] : [all];
  const files = stems.map((_, index) => `${file}.${index}`);
  try {
    for (const [index, parts] of stems.entries())
      await mixToFile(parts, samples, files[index] as string, signal);
    const inputs = files.map(source => ({ source, options: RAW }));
    const mixed = isDucked
      ? // Padded: ffmpeg 7 lets the last half second of what it compresses fall.
        `[1:a:0]apad[under];[2:a:0]apad[speech];[under][speech]${DUCKING}[ducked];[0:a:0][ducked]amix=inputs=2:duration=first:normalize=0`
      : '[0:a:0]anull';
    const levelled =
      loudness === null ? null : await normalise(ffmpeg, { inputs, mixed, target: loudness, signal });
    const filters = `${mixed}${levelled === null ? '' : `,${levelled}`},aresample=${SAMPLE_RATE},aformat=sample_fmts=s16:channel_layouts=stereo,apad,atrim=end_sample=${samples}[out]`;
    const telling = levelled === null ? [] : TELLING;
    const output = [...telling, '-map', '[out]', '-c:a', 'pcm_s16le', ...REPRODUCIBLE, '-f', 's16le'];
    const log = await runFfmpeg(ffmpeg, { inputs, filters, output, file, signal });
    return levelled === null ? null : normalizationOf(log);
  } finally {
    for (const stem of files) await rm(stem, { force: true });
  }
}
