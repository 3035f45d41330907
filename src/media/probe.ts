import { stampOf } from './stamp.ts';

/** What a video file says of itself. Probing reads headers: it notices no flipped bits. */
export interface MediaFacts {
  /** Pixels as shown, after rotation and with square pixels. */
  readonly width: number;
  readonly height: number;
  /** Where its picture begins in its own time. */
  readonly startSeconds: number;
  /** Of what ffmpeg makes of it: to the end of its last frame, from where the file begins. */
  readonly durationSeconds: number;
  /** What ffmpeg shows, and no edit list leaves out. In Matroska and in fragments, no more than an hour at 60 a second. */
  readonly frameCount: number;
  readonly fps: number;
  /** The file ends before the last frame that its header promises. */
  readonly torn: boolean;
  /** Ticks a second of the video track's time stamps. */
  readonly timeResolution: number;
  readonly codec: string | null;
  /** The decoder's configuration (SPS and PPS for H.264) in hex; null if there is none. */
  readonly decoderConfig: string | null;
  /** How its colours were made, where it says so. */
  readonly colors: {
    readonly matrix: string | null;
    readonly primaries: string | null;
    readonly transfer: string | null;
  };
  /**
   * H.264 whose pictures are what players show alike: upright, whole frames of square pixels, 8 bits, 4:2:0, limited
   * range.
   */
  readonly usualPicture: boolean;
  readonly audio: {
    readonly sampleRate: number;
    readonly channels: number;
    readonly codec: string | null;
  } | null;
}

/** What a video's headers say without a look at its packets. */
export interface VideoShape {
  /** Of the container. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** Where facts are kept from run to run: what is known of a file, or what `find` finds out about it now. */
export interface KeptFacts {
  of(path: string, find: () => Promise<MediaFacts>): Promise<MediaFacts>;
}

const known = new Map<string, Promise<MediaFacts>>();

/**
 * Reads a file's headers in this process, once as long as the file stays as it is; or not at all, where an earlier run
 * has `kept` what they say. Throws a Failure if it is no video that can be read.
 */
export async function probe(path: string, kept?: KeptFacts): Promise<MediaFacts> {
  const read = async () => await (await headers()).readVideo(path);
  const identity = identityOf(path);
  if (identity === null) return await read(); // it tells what is wrong
  let facts = known.get(identity);
  if (facts === undefined) {
    facts = kept === undefined ? read() : kept.of(path, read);
    known.set(identity, facts);
    facts.catch(() => known.delete(identity));
  }
  return await facts;
}

/** Null where there is no such file. */
function identityOf(path: string): string | null {
  try {
    return `${path}:${stampOf(path)}`;
  } catch {
    return null;
  }
}

/** A video's container, size and length, without a look at its packets; null where it is no video that can be read. */
export async function probeVideo(path: string): Promise<VideoShape | null> {
  return await (await headers()).readShape(path);
}

/** Seconds of a file's sound, read from its headers; null where it has none that can be read. */
export async function probeSound(path: string): Promise<number | null> {
  return await (await headers()).readSound(path);
}

/** How many channels a file's sound has; null where it has none that can be read. */
export async function probeChannels(path: string): Promise<number | null> {
  return await (await headers()).readChannels(path);
}

/** What reads them takes longer to load than most commands take altogether. */
const headers = () => import('./read-headers.ts');
