import {
  ADTS,
  EncodedPacketSink,
  FilePathSource,
  FLAC,
  Input,
  type InputAudioTrack,
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
import type { MediaFacts, VideoShape } from './probe.ts';

// What it thinks of a file is told by what we make of it, and by nothing else.
Logging.level = LogLevel.Silent;

/** Nothing that names other files, as a playlist does. */
const VIDEO_FORMATS = [MP4, QTFF, MATROSKA, WEBM];
const SOUND_FORMATS = [...VIDEO_FORMATS, WAVE, MP3, FLAC, OGG, ADTS];

/** An hour at 60 frames a second: a file may claim any number, and counting them holds everything up. */
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
  const video = await input.getPrimaryVideoTrack();
  if (video === null) throw new Failure('no-video', `${path} has no picture`);
  const audio = await input.getPrimaryAudioTrack();
  const stats = await video.computePacketStats(MAX_PACKETS);
  const { matrix = null, primaries = null, transfer = null, fullRange } = await video.getColorSpace();
  const configuration = await decoderConfigOf(video);
  const isAsCoded = video.rotation === 0 && !(await video.getFlip()) && hasSquarePixels(video);
  return {
    width: video.displayWidth,
    height: video.displayHeight,
    startSeconds: await video.getFirstTimestamp(),
    durationSeconds: await lengthOf(input, video),
    frameCount: stats.packetCount,
    fps: stats.averagePacketRate,
    torn: stats.packetCount > 0 && (await new EncodedPacketSink(video).getPacket(Infinity)) === null,
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
    const video = await input.getPrimaryVideoTrack();
    if (video === null) return null;
    const format = await input.getFormat();
    return {
      format: format === QTFF ? 'MOV' : format.name,
      width: video.displayWidth,
      height: video.displayHeight,
      seconds: await lengthOf(input, video),
    };
  });
  return await shape.catch(() => null);
}

/** Null where it has no sound that can be read. */
export async function readSound(path: string): Promise<number | null> {
  const seconds = reading(path, SOUND_FORMATS, async input => {
    const audio = await input.getPrimaryAudioTrack();
    return audio === null ? null : await lengthOf(input, audio);
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

/**
 * A file's times may begin anywhere: ffmpeg moves them all so that the earliest of its tracks begins at 0. What lies
 * before 0 already, an edit list's cut or the run-up of a sound, is not shown at all.
 */
async function lengthOf(input: Input, track: InputVideoTrack | InputAudioTrack): Promise<number> {
  return (await track.computeDuration()) - Math.max(0, await input.getFirstTimestamp());
}

function hasSquarePixels({ pixelAspectRatio: { num, den } }: InputVideoTrack): boolean {
  return num === den;
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
