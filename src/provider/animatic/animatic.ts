import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { drawPng } from '../../media/draw.ts';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { h264 } from '../../media/h264.ts';
import { type FfmpegInput, REPRODUCIBLE, runFfmpeg, untrustedInput } from '../../media/run-ffmpeg.ts';
import type { Sha256 } from '../../plan/key.ts';
import type { CollectContext, Job, JobMedia, Provider } from '../provider.ts';
import { clockCells, drawBoard, drawClockStrip, drawProgress } from './board.ts';
import { boardGraph, frameCount, type MovingMedium } from './graph.ts';
import { type Layout, layOutBoard } from './layout.ts';
import { stillDemuxer } from './still-format.ts';
import { ANIMATIC_VERSION } from './version.ts';

const SAMPLE_RATE = 48_000;

/**
 * The free provider: draws each shot as a board on which its real references play, with exactly the length,
 * size and rate that the model would deliver. Needs no network and no key; the same request gives the same bytes.
 */
export function createAnimatic({ ffmpeg }: { readonly ffmpeg: Ffmpeg }): Provider {
  const animatic = new Animatic(ffmpeg);
  return {
    name: 'animatic',
    version: ANIMATIC_VERSION,
    priced: false,
    drawsLabels: true,
    submit: async () => ({ predictionId: null }),
    collect: async (job, _, context) => await animatic.render(job, context),
  };
}

class Animatic {
  private readonly ffmpeg: Ffmpeg;
  /** The input that reads a file; null for what cannot be decoded. By digest: shots share references. */
  private readonly inputs = new Map<Sha256, Promise<FfmpegInput | null>>();
  /** Shots of one length and size share the clock. */
  private readonly clocks = new Map<string, Promise<Buffer>>();

  constructor(ffmpeg: Ffmpeg) {
    this.ffmpeg = ffmpeg;
  }

  async render(job: Job, { file, signal, onProgress }: CollectContext): Promise<void> {
    const folder = await fs.mkdtemp(
      join(dirname(file), `.tmp-${process.pid}-000000000000-${basename(file)}-`),
    );
    try {
      const { width, height, fps, durationSeconds } = job.output;
      const layout = layOutBoard(width, height, job.media.length);
      const inputs: (FfmpegInput | null)[] = [];
      for (const media of job.media) inputs.push(await this.inputFor(media, folder, signal));
      const drawings = await this.writeDrawings(job, layout, inputs, folder);
      const moving: MovingMedium[] = [];
      const playing: FfmpegInput[] = [];
      for (const [index, input] of inputs.entries()) {
        const inset = layout.insets[index];
        if (input === null || inset === undefined) continue;
        moving.push({ input: drawings.length + playing.length, inset });
        playing.push(input);
      }
      const silence = `anullsrc=r=${SAMPLE_RATE}:cl=stereo,atrim=end_sample=${Math.round(durationSeconds * SAMPLE_RATE)}`;
      await runFfmpeg(this.ffmpeg, {
        inputs: [...drawings, ...playing, { source: silence, options: ['-f', 'lavfi'] }],
        filters: boardGraph(job.output, layout, moving),
        output: [
          ...['-map', '[out]', '-map', `${drawings.length + playing.length}:a`],
          ...['-frames:v', String(frameCount(job.output)), ...h264({ numerator: fps, denominator: 1 })],
          ...['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart'],
          ...REPRODUCIBLE,
          ...['-f', 'mp4'],
        ],
        file,
        lengthSeconds: durationSeconds,
        onProgress,
        signal,
      });
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  }

  /** The board, the clock and the progress line, in the order in which the filter graph expects them. */
  private async writeDrawings(
    job: Job,
    layout: Layout,
    inputs: readonly (FfmpegInput | null)[],
    folder: string,
  ): Promise<FfmpegInput[]> {
    const { width, height, durationSeconds } = job.output;
    const { clock, progress } = layout;
    const board = drawBoard(
      job,
      layout,
      inputs.map(input => input !== null),
    );
    const drawings = [
      await drawPng(board, width, height),
      await this.clock(`${clock.width}x${clock.height} ${durationSeconds}`, () =>
        drawPng(
          drawClockStrip(layout, durationSeconds),
          clock.width,
          clock.height * clockCells(durationSeconds),
        ),
      ),
      await drawPng(drawProgress(layout), progress.width, progress.height),
    ];
    return await Promise.all(
      drawings.map(async (png, index): Promise<FfmpegInput> => {
        const path = join(folder, `${index}.png`);
        await fs.writeFile(path, png);
        return { source: `file:${path}`, options: ['-f', 'png_pipe'] };
      }),
    );
  }

  private clock(name: string, draw: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.clocks.get(name) ?? draw();
    this.clocks.set(name, known);
    return known;
  }

  private inputFor(media: JobMedia, folder: string, signal: AbortSignal): Promise<FfmpegInput | null> {
    const known = this.inputs.get(media.sha256) ?? this.tryInput(media, folder, signal);
    this.inputs.set(media.sha256, known);
    known.catch(() => this.inputs.delete(media.sha256)); // an aborted try tells nothing of the file
    return known;
  }

  /** Decodes the first picture: whatever a file says it is, this is what shows whether it can be played. */
  private async tryInput(media: JobMedia, folder: string, signal: AbortSignal): Promise<FfmpegInput | null> {
    const input = await mediaInput(media.path);
    const picture = join(folder, `try-${media.sha256.slice(0, 16)}.raw`);
    try {
      await runFfmpeg(this.ffmpeg, {
        inputs: [input],
        output: ['-map', '0:v:0', '-frames:v', '1', '-vf', 'scale=2:2', '-pix_fmt', 'gray', '-f', 'rawvideo'],
        file: picture,
        signal,
      });
      return (await fs.stat(picture)).size === 4 ? input : null;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

/** Stills are repeated, videos are looped for as long as the shot lasts. */
async function mediaInput(path: string): Promise<FfmpegInput> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(16);
    await handle.read(head, 0, head.length, 0);
    const demuxer = stillDemuxer(head);
    if (demuxer === null) return untrustedInput(path, '-stream_loop', '-1');
    const options = [
      '-protocol_whitelist',
      'file',
      '-max_pixels',
      String(8192 * 8192),
      '-f',
      demuxer,
      '-loop',
      '1',
    ];
    return { source: `file:${path}`, options };
  } finally {
    await handle.close();
  }
}
