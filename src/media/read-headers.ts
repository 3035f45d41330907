import {
  ADTS,
  EncodedPacketSink,
  FilePathSource,
  FLAC,
  Input,
  type InputFormat,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import { Failure } from '../failure.ts';
import { isUsualPicture } from './h264-picture.ts';
import { type Shown, shownOf } from './mp4/shown.ts';
import type { MediaFacts, VideoShape } from './probe.ts';

// What it thinks of a file is told by what we make of it, and by nothing else.
Logging.level = LogLevel.Silent;

/** Nothing that names other files, as a playlist does. */
const VIDEO_FORMATS = [MP4, QTFF, MATROSKA, WEBM];
const SOUND_FORMATS = [...VIDEO_FORMATS, WAVE, MP3, FLAC, OGG, ADTS];

/**
 * An hour at 60 frames a second, where each has to be looked for, in Matroska or in fragments: a file may have any
 * number, and counting them holds everything up.
 */
const MAX_PACKETS = 216_000;

/** Throws a Failure if it is no video that can be read. */
export async function readVideo(path: string): Promise<MediaFacts> {
  try {
    return await reading(path, VIDEO_FORMATS, input => factsOf(input, path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('not-a-video', `${path} cannot be read as a video: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function factsOf(input: Input, path: string): Promise<MediaFacts> {
  const video = await firstPicture(input);
  if (video === null) throw new Failure('no-video', `${path} has no picture`);
  const [audio = null] = await input.getAudioTracks();
  const told = toldOf(path);
  const { frames, start, end, stretch } = told ?? (await countedOf(video));
  const { matrix = null, primaries = null, transfer = null, fullRange } = await video.getColorSpace();
  const configuration = await decoderConfigOf(video);
  const hasSquarePixels = isSquare(video) && stretch === 1;
  const isAsCoded = video.rotation === 0 && !(await video.getFlip()) && hasSquarePixels;
  return {
    ...sizeOf(video, stretch),
    startSeconds: start,
    durationSeconds: await lengthOf(input, { start, end }),
    frameCount: frames,
    fps: frames === 0 ? 0 : frames / (end - start),
    // The header of one that is torn promises what is not there, and tells nothing.
    torn: told === null && frames > 0 && (await new EncodedPacketSink(video).getPacket(Infinity)) === null,
    timeResolution: video.timeResolution,
    codec: video.codec,
    decoderConfig: configuration?.toString('hex') ?? null,
    colors: { matrix, primaries, transfer },
    usualPicture:
      video.codec === 'avc' &&
      isAsCoded &&
      fullRange !== true &&
      configuration !== null &&
      isUsualPicture(configuration),
    audio:
      audio === null
        ? null
        : { sampleRate: audio.sampleRate, channels: audio.numberOfChannels, codec: audio.codec },
  };
}

/** Null where it is no video that can be read. */
export async function readShape(path: string): Promise<VideoShape | null> {
  const shape = reading(path, VIDEO_FORMATS, async input => {
    const video = await firstPicture(input);
    if (video === null) return null;
    const format = await input.getFormat();
    const { start, end, stretch } = toldOf(path) ?? (await spanOf(video));
    return {
      format: format === QTFF ? 'MOV' : format.name,
      ...sizeOf(video, stretch),
      seconds: await lengthOf(input, { start, end }),
    };
  });
  return await shape.catch(() => null);
}

/** Null where it has no sound that can be read. */
export async function readSound(path: string): Promise<number | null> {
  const seconds = reading(path, SOUND_FORMATS, async input => {
    const [audio] = await input.getAudioTracks();
    if (audio === undefined) return null;
    return (await audio.computeDuration()) - Math.max(0, await input.getFirstTimestamp());
  });
  return await seconds.catch(() => null);
}

async function reading<T>(
  path: string,
  formats: InputFormat[],
  read: (input: Input) => Promise<T>,
): Promise<T> {
  const input = new Input({ source: new FilePathSource(path), formats });
  try {
    return await read(input);
  } finally {
    input.dispose();
  }
}

/** The one that ffmpeg takes too, whichever its file prefers. */
async function firstPicture(input: Input): Promise<InputVideoTrack | null> {
  return (await input.getVideoTracks())[0] ?? null;
}

/** What the header of an MP4 or MOV file tells of its picture; null where it tells nothing. */
function toldOf(path: string): Shown | null {
  try {
    return shownOf(path);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function countedOf(video: InputVideoTrack): Promise<Shown> {
  const { packetCount } = await video.computePacketStats(MAX_PACKETS);
  return { frames: packetCount, ...(await spanOf(video)) };
}

async function spanOf(video: InputVideoTrack): Promise<Omit<Shown, 'frames'>> {
  return {
    start: await video.getFirstTimestamp(),
    end: await video.computeDuration(),
    stretch: 1,
  };
}

/**
 * A file's times may begin anywhere: ffmpeg moves them all so that the earliest of its tracks begins at 0. What lies
 * before 0 already, an edit list's cut or the run-up of a sound, is not shown at all.
 */
async function lengthOf(input: Input, { start, end }: Pick<Shown, 'start' | 'end'>): Promise<number> {
  const sounds = await input.getAudioTracks();
  const starts = await Promise.all(sounds.map(async sound => await sound.getFirstTimestamp()));
  return end - Math.max(0, Math.min(start, ...starts));
}

function isSquare({ pixelAspectRatio: { num, den } }: InputVideoTrack): boolean {
  return num === den;
}

/** Of oblong pixels, the shorter side counts. */
function sizeOf(video: InputVideoTrack, stretch: number): { width: number; height: number } {
  const isOnItsSide = video.rotation % 180 !== 0;
  const wider = isOnItsSide ? 1 / stretch : stretch;
  return {
    width: Math.round(video.displayWidth * Math.max(1, wider)),
    height: Math.round(video.displayHeight * Math.max(1, 1 / wider)),
  };
}

async function decoderConfigOf(video: InputVideoTrack): Promise<Buffer | null> {
  const description = (await video.getDecoderConfig())?.description;
  if (description === undefined) return null;
  return ArrayBuffer.isView(description)
    ? Buffer.from(description.buffer, description.byteOffset, description.byteLength)
    : Buffer.from(description);
}

/** Of the first sound in a file; null where it has none that can be read. */
export async function readChannels(path: string): Promise<number | null> {
  const channels = reading(path, SOUND_FORMATS, async input => {
    const [audio] = await input.getAudioTracks();
    return audio?.numberOfChannels ?? null;
  });
  return await channels.catch(() => null);
}
