import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { EXACT_SCALER, h264 } from '../../media/h264.ts';
import { type FfmpegInput, REPRODUCIBLE, runFfmpeg, untrustedInput } from '../../media/run-ffmpeg.ts';
import type { Derived } from '../../store/derived.ts';
import type { ClipFormat, JobMedia } from '../provider.ts';
import { frameCount } from './graph.ts';
import type { Rectangle } from './layout.ts';
import { stillDemuxer } from './still-format.ts';

/** Raise it when the filters below change. */
const INSET_VERSION = 1;

/**
 * References cut to the insets that they play in, for as long as a shot lasts. Scaling is most of the work of a
 * board, and shots share references: each is scaled once for each size and length.
 */
export class Insets {
  private readonly ffmpeg: Ffmpeg;
  private readonly derived: Derived;
  /** By what was tried: a file that cannot be decoded is not tried again. */
  private readonly tried = new Map<string, Promise<string | null>>();

  constructor(ffmpeg: Ffmpeg, derived: Derived) {
    this.ffmpeg = ffmpeg;
    this.derived = derived;
  }

  /** The file to play; null for what cannot be decoded, whatever it says it is. */
  async get(
    media: JobMedia,
    inset: Rectangle,
    format: ClipFormat,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { width, height } = inset;
    const parts = [
      INSET_VERSION,
      this.ffmpeg.version,
      media.sha256,
      width,
      height,
      format.fps,
      format.durationSeconds,
    ];
    const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    const known = this.tried.get(key) ?? this.make(key, media, inset, format, signal);
    this.tried.set(key, known);
    known.catch(() => this.tried.delete(key)); // an aborted try tells nothing of the file
    return await known;
  }

  private async make(
    key: string,
    media: JobMedia,
    inset: Rectangle,
    format: ClipFormat,
    signal: AbortSignal,
  ): Promise<string | null> {
    try {
      const { path } = await this.derived.get('insets', key, 'mp4', async file => {
        await runFfmpeg(this.ffmpeg, {
          inputs: [await mediaInput(media.path)],
          filters: `[0:v:0]${fill(inset, format.fps)},trim=end_frame=${frameCount(format)}[out]`,
          output: [
            ...['-map', '[out]', '-frames:v', String(frameCount(format)), '-an', '-sn', '-dn'],
            ...h264({ numerator: format.fps, denominator: 1 }, { preset: 'ultrafast', crf: 14 }),
            ...['-tune', 'fastdecode'],
            ...REPRODUCIBLE,
            ...['-f', 'mp4'],
          ],
          file,
          signal,
        });
        const { probe } = await import('../../media/probe.ts');
        return { frames: (await probe(file)).frameCount }; // throws if no frame came out
      });
      return path;
    } catch (error) {
      signal.throwIfAborted();
      if (isOurs(error)) throw error;
      return null;
    }
  }
}

/** What is wrong with the disk is not the reference's fault. */
function isOurs(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'disk-full' || (typeof code === 'string' && /^E[A-Z]+$/.test(code));
}

/** Stills are repeated, videos looped for as long as the shot lasts. The demuxer is chosen by us, not by the content. */
async function mediaInput(path: string): Promise<FfmpegInput> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(16);
    await handle.read(head, 0, head.length, 0);
    const demuxer = stillDemuxer(head);
    if (demuxer === null) return untrustedInput(path, '-stream_loop', '-1', '-threads', '1');
    const options = ['-protocol_whitelist', 'file', '-max_pixels', String(8192 * 8192), '-f', demuxer];
    return { source: `file:${path}`, options: [...options, '-stream_loop', '-1'] };
  } finally {
    await handle.close();
  }
}

/**
 * Fills the inset: first what will not be seen is cut off, then the rest is scaled. Of a tall picture rather
 * the lower part goes, since faces are above.
 */
function fill({ width, height }: Rectangle, fps: number): string {
  const even = (expression: string) => `trunc((${expression})/2)*2`;
  return [
    `fps=${fps}:start_time=0`,
    `crop=w='min(iw,${even(`ih*${width}/${height}/if(sar,sar,1)`)})':h='min(ih,${even(`iw*if(sar,sar,1)*${height}/${width}`)})':x='(iw-ow)/2':y='(ih-oh)*0.3'`,
    `scale=${width}:${height}:flags=${EXACT_SCALER}:out_color_matrix=bt709:out_range=tv`,
    'setsar=1',
    'format=yuv420p',
    'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709',
    'tpad=stop_mode=clone:stop=-1',
  ].join(',');
}
