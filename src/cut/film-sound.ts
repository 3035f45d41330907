import { rm } from 'node:fs/promises';
import { fileCrc, samplesCrc } from '../media/mp4/splice.ts';
import { REPRODUCIBLE, runFfmpeg } from '../media/run-ffmpeg.ts';
import type { Json } from '../plan/request.ts';
import { secondsToFrames, startFrames, type Timeline } from '../plan/timeline.ts';
import { derivedKey } from '../store/derived.ts';
import type { Music, Voice } from '../storyboard/storyboard.ts';
import type { SampleSpan } from './clipping.ts';
import { clipSound, musicSound, type Pcm, type SoundContext, voiceSound } from './conform-sound.ts';
import { type AacContext, encodeAac } from './encode-aac.ts';
import type { JoinedSound } from './join.ts';
import { type Loudness, measure } from './loudness.ts';
import { isAddedUp, type Mix, mixDown } from './mix-down.ts';
import { type KeptPart, KeptSounds, soundOfFile, soundOfParts } from './raw-sound.ts';
import type { CutClip } from './segments.ts';
import { raw, S16, SAMPLE_RATE, sampleAt } from './sound.ts';
import type { Source } from './source.ts';
import { FILM_SOUND_VERSION } from './versions.ts';

/** What is to be heard in a film, beside its clips. */
export interface SoundTrack {
  /** Of each clip's own sound, in step with the timeline; null: it is left out. */
  readonly gainsDb: readonly (number | null)[];
  readonly voices: readonly PlacedVoice[];
  readonly music: TrackMusic | null;
  /** The frame at which the picture begins, after a leader: music begins with it, and loudness is that of what follows. */
  readonly pictureFrame: number;
  /** LUFS; null: as it is mixed. */
  readonly loudness: number | null;
}

export interface PlacedVoice extends Source, Omit<Voice, 'file'> {
  /** The item that it belongs to. */
  readonly item: number;
}

export interface TrackMusic extends Source, Omit<Music, 'file'> {}

export interface FilmSound extends JoinedSound {
  readonly made: boolean;
  /** What was measured in the encoded sound; null where nothing was asked for, or there is nothing to hear. */
  readonly loudness: Loudness | null;
  /** Of each clip's own sound. */
  readonly heard: readonly Heard[];
  /** Where the mix is cut off at full scale, in seconds of the film. */
  readonly clipped: readonly { readonly start: number; readonly end: number }[];
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
  const picture = { start: sampleAt(track.pictureFrame, timeline.fps), end: samples };
  const [ofClips, voices, music] = await Promise.all([
    Promise.all(
      clips.map((clip, index) => context.conformed(() => itemSound(clip, index, timeline, track, context))),
    ),
    Promise.all(track.voices.map(voice => voiceSound(voice, context))),
    wanted === null ? null : musicSound(wanted, { ...wanted, samples: samples - picture.start }, context),
  ]);
  const own = clipParts(timeline, ofClips, track.gainsDb);
  const speech = track.voices.map((voice, index) => voicePart(timeline, voice, voices[index] as Pcm));
  const under = wanted === null || music === null ? null : musicPart(wanted, music, picture);
  const key = derivedKey([
    ...[
      'film-sound',
      FILM_SOUND_VERSION,
      context.ffmpeg.version,
      samples,
      // Where it is of no matter, a leader moves all that is heard in any case.
      track.loudness === null ? null : [track.loudness, picture.start],
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
      // What begins before the picture is the leader's.
      const isLeader = ({ startSample }: KeptPart) => startSample < picture.start;
      const foreground = [...own, ...speech];
      const mix: Mix<KeptPart> = {
        leader: foreground.filter(isLeader),
        foreground: foreground.filter(part => !isLeader(part)),
        music: under,
        duckedBy: wanted?.duck === true ? speech.filter(part => part.pcm !== null && !isLeader(part)) : [],
        picture,
      };
      return await encode(file, mix, { ...context, loudness: track.loudness });
    },
  );
  const noticed = ofClips.map(
    ({ path: pcm, clippedSample }): Heard => ({
      silent: pcm === null,
      clippedSeconds: clippedSample === null ? null : clippedSample / SAMPLE_RATE,
    }),
  );
  const clipped = facts.clipped.map(({ start, end }) => ({
    start: start / SAMPLE_RATE,
    end: end / SAMPLE_RATE,
  }));
  return { path, crc: facts.crc, made, loudness: facts.loudness, heard: noticed, clipped };
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
function clipParts(timeline: Timeline, sounds: readonly Pcm[], gainsDb: SoundTrack['gainsDb']): KeptPart[] {
  const { fps, items } = timeline;
  const starts = startFrames(timeline);
  const at = (frame: number) => sampleAt(frame, fps);
  return items.map((item, index) => {
    const first = starts[index] ?? 0;
    const end = first + item.frames;
    const following = items[index + 1]?.overlapFrames ?? 0;
    return {
      pcm: sounds[index]?.path ?? null,
      format: S16,
      sha256: sounds[index]?.sha256 ?? null,
      identity: sounds[index]?.identity ?? null,
      gain: linear(gainsDb[index] ?? 0),
      startSample: at(first),
      playedSample: at(first + item.played.frames),
      endSample: at(end),
      fadeInSamples: at(first + item.overlapFrames + item.fadeIn.frames) - at(first),
      fadeOutSamples: at(end) - at(end - following - item.fadeOut.frames),
    };
  });
}

function voicePart(timeline: Timeline, { item, offsetSeconds, gainDb }: PlacedVoice, pcm: Pcm): KeptPart {
  const { fps } = timeline;
  const start = sampleAt((startFrames(timeline)[item] ?? 0) + secondsToFrames(offsetSeconds, fps), fps);
  const end = start + pcm.samples;
  const none = { fadeInSamples: 0, fadeOutSamples: 0 };
  return {
    pcm: pcm.path,
    format: S16,
    sha256: pcm.sha256,
    identity: pcm.identity,
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
  picture: SampleSpan,
): KeptPart {
  const { start } = picture;
  const end = Math.min(start + pcm.samples, picture.end);
  const count = (seconds: number) => Math.min(end - start, Math.round(seconds * SAMPLE_RATE));
  return {
    ...{ pcm: pcm.path, format: S16, sha256: pcm.sha256, identity: pcm.identity, gain: linear(gainDb) },
    ...{ startSample: start, playedSample: end, endSample: end },
    ...{ fadeInSamples: count(fadeInSeconds), fadeOutSamples: count(fadeOutSeconds) },
  };
}

function linear(decibels: number): number {
  return decibels === 0 ? 1 : 10 ** (decibels / 20);
}

/** Of a silent part it does not matter where it begins, ends or fades. */
function heard(parts: readonly KeptPart[]): Omit<KeptPart, 'pcm' | 'identity'>[] {
  return parts.flatMap(({ pcm, identity: _, ...position }) => (pcm === null ? [] : [position]));
}

interface Encoded {
  readonly samples: number;
  /** Of its packets; of a file of PCM as a whole. */
  readonly crc: number;
  readonly loudness: Loudness | null;
  readonly clipped: readonly SampleSpan[];
}

async function encode(
  file: string,
  mix: Mix<KeptPart>,
  context: FilmSoundContext & Pick<SoundTrack, 'loudness'>,
): Promise<Encoded & { [field: string]: Json }> {
  const { signal, loudness: target } = context;
  const { end: samples } = mix.picture;
  const parts = [...mix.leader, ...mix.foreground, ...(mix.music === null ? [] : [mix.music])];
  if (isAddedUp(mix, target) && !context.uncompressed) {
    const clipped = await encodeAac(soundOfParts(parts, samples, signal), file, context);
    return { samples, crc: await samplesCrc(file, 'soun'), loudness: null, clipped };
  }
  const pcm = `${file}.pcm`;
  try {
    await new KeptSounds().requireWhole(parts);
    const { normalization, clipped } = await mixDown(pcm, mix, context);
    if (context.uncompressed) {
      const output = ['-c:a', 'pcm_s16le', ...REPRODUCIBLE, '-f', 'wav'];
      await runFfmpeg(context.ffmpeg, { inputs: [{ source: pcm, options: raw(S16) }], output, file, signal });
    } else await encodeAac(soundOfFile(pcm, samples), file, context);
    const loudness =
      normalization === null || target === null
        ? null
        : await measure(context.ffmpeg, file, { target, picture: mix.picture, normalization }, signal);
    const crc = context.uncompressed ? await fileCrc(file) : await samplesCrc(file, 'soun');
    return { samples, crc, loudness, clipped };
  } finally {
    await rm(pcm, { force: true });
  }
}
