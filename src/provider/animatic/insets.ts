import { createHash } from 'node:crypto';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { EXACT_SCALER, h264 } from '../../media/h264.ts';
import { REPRODUCIBLE, runFfmpeg } from '../../media/run-ffmpeg.ts';
import { requireSameReferences } from '../../media/stamp.ts';
import type { Derived } from '../../store/derived.ts';
import type { ClipFormat, JobMedia } from '../provider.ts';
import type { Rectangle } from './rectangle.ts';
import { type Source, sourceOf } from './source.ts';

/** Raise it when the filters below change. */
const INSET_VERSION = 3;
/** Clips of similar length share what was scaled for them. */
const LENGTH_STEP_SECONDS = 5;

/** A reference, ready to be laid over the board. */
export interface Inset {
  readonly path: string;
  readonly still: boolean;
}

/**
 * References cut to the insets that they play in: one pass through each, to be looped. Decoding and scaling them
 * is most of the work of a board, and shots share references: it is done once for each size.
 */
export class Insets {
  private readonly ffmpeg: Ffmpeg;
  private readonly derived: Derived;
  private readonly sources = new Map<string, Promise<Source>>();
  /** By what was tried: a file that cannot be decoded is not tried again. */
  private readonly tried = new Map<string, Promise<string | null>>();

  constructor(ffmpeg: Ffmpeg, derived: Derived) {
    this.ffmpeg = ffmpeg;
    this.derived = derived;
  }

  /** The medium's own width by height; null where it does not say. */
  async aspect(media: JobMedia, signal: AbortSignal): Promise<number | null> {
    return (await this.source(media, signal)).aspect;
  }

  /** What is to be played; null for what cannot be decoded, whatever it says it is. */
  async get(
    media: JobMedia,
    inset: Rectangle,
    format: ClipFormat,
    signal: AbortSignal,
  ): Promise<Inset | null> {
    const source = await this.source(media, signal);
    const { width, height } = inset;
    const seconds = Math.ceil(format.durationSeconds / LENGTH_STEP_SECONDS) * LENGTH_STEP_SECONDS;
    const parts = [INSET_VERSION, this.ffmpeg.version, media.sha256, width, height, format.fps, seconds];
    const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    const make = () => this.make(key, source, inset, format.fps, seconds, signal);
    const path = await shared(this.tried, key, make, signal);
    return path === null ? null : { path, still: source.still };
  }

  private source(media: JobMedia, signal: AbortSignal): Promise<Source> {
    const { sha256, path, stamp = '' } = media;
    // Of this very file: another one of the same bytes may change while this one does not.
    return shared(
      this.sources,
      [sha256, stamp, path].join(':'),
      () => sourceOf(media, this.ffmpeg, this.derived, signal),
      signal,
    );
  }

  private async make(
    key: string,
    source: Source,
    inset: Rectangle,
    fps: number,
    seconds: number,
    signal: AbortSignal,
  ): Promise<string | null> {
    try {
      const { path } = await this.derived.get('insets', key, 'mp4', async file => {
        const { probe } = await import('../../media/probe.ts');
        await runFfmpeg(this.ffmpeg, {
          inputs: [source.input],
          filters: `[0:V:0]${fill(inset, fps)}[out]`,
          output: [
            ...['-map', '[out]', '-t', String(seconds), '-an', '-sn', '-dn'],
            ...h264({ numerator: fps, denominator: 1 }, { preset: 'ultrafast', crf: 16 }),
            ...['-tune', 'fastdecode'],
            ...REPRODUCIBLE,
            ...['-f', 'mp4'],
          ],
          file,
          signal,
        });
        const { frameCount } = await probe(file); // throws if no frame came out
        requireSameReferences([source.media]); // or others' pictures lie under its digest
        return { frames: frameCount };
      });
      return path;
    } catch (error) {
      signal.throwIfAborted();
      requireSameReferences([source.media]); // one that was taken away cannot be decoded, and may come back
      if (isOurs(error)) throw error;
      return null;
    }
  }
}

/** Makes a value once for all who ask. Another job's abort tells nothing of the value: then it is made anew. */
async function shared<Value>(
  values: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  const known = values.get(key);
  const value = known ?? make();
  values.set(key, value);
  try {
    return await value;
  } catch (error) {
    if (values.get(key) === value) values.delete(key);
    signal.throwIfAborted();
    if (known === undefined) throw error;
    return await shared(values, key, make, signal);
  }
}

/** What is wrong with the disk is not the reference's fault. */
function isOurs(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'disk-full' || (typeof code === 'string' && /^E[A-Z]+$/.test(code));
}

/**
 * Fills the inset: first what will not be seen is cut off, then the rest is scaled. Of a tall picture rather
 * the lower part goes, since faces are above. Slow footage keeps its rate: frames are repeated for free later.
 */
function fill({ width, height }: Rectangle, fps: number): string {
  const even = (expression: string) => `trunc((${expression})/2)*2`;
  return [
    `fps=fps='if(gt(source_fps,0),min(source_fps,${fps}),${fps})':start_time=0`,
    `crop=w='min(iw,${even(`ih*${width}/${height}/if(sar,sar,1)`)})':h='min(ih,${even(`iw*if(sar,sar,1)*${height}/${width}`)})':x='(iw-ow)/2':y='(ih-oh)*0.3'`,
    `scale=${width}:${height}:flags=${EXACT_SCALER}:out_color_matrix=bt709:out_range=tv`,
    'setsar=1',
    'format=yuv420p',
    'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709',
  ].join(',');
}
