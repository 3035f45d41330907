import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { drawPng } from '../../media/draw.ts';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { h264 } from '../../media/h264.ts';
import { type FfmpegInput, REPRODUCIBLE, runFfmpeg } from '../../media/run-ffmpeg.ts';
import type { Derived } from '../../store/derived.ts';
import type { CollectContext, Job, Provider } from '../provider.ts';
import { clockCells, drawBoard, drawClockStrip, drawProgress } from './board.ts';
import { boardGraph, frameCount } from './graph.ts';
import { Insets } from './insets.ts';
import { type Layout, layOutBoard } from './layout.ts';
import { ANIMATIC_VERSION } from './version.ts';

const SAMPLE_RATE = 48_000;

export interface AnimaticOptions {
  readonly ffmpeg: Ffmpeg;
  /** Where scaled references are kept. */
  readonly derived: Derived;
}

/**
 * The free provider: draws each shot as a board on which its real references play, with exactly the length,
 * size and rate that the model would deliver. Needs no network and no key; the same request gives the same bytes.
 */
export function createAnimatic({ ffmpeg, derived }: AnimaticOptions): Provider {
  const animatic = new Animatic(ffmpeg, derived);
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
  private readonly insets: Insets;
  /** Shots of one length and size share the clock. */
  private readonly clocks = new Map<string, Promise<Buffer>>();

  constructor(ffmpeg: Ffmpeg, derived: Derived) {
    this.ffmpeg = ffmpeg;
    this.insets = new Insets(ffmpeg, derived);
  }

  async render(job: Job, { file, signal, onProgress }: CollectContext): Promise<void> {
    const folder = await fs.mkdtemp(
      join(dirname(file), `.tmp-${process.pid}-000000000000-${basename(file)}-`),
    );
    try {
      const { width, height, fps, durationSeconds } = job.output;
      const layout = layOutBoard(width, height, job.media.length);
      const files: (string | null)[] = [];
      for (const [index, media] of job.media.entries()) {
        const inset = layout.insets[index];
        files.push(inset === undefined ? null : await this.insets.get(media, inset, job.output, signal));
      }
      const drawings = await this.writeDrawings(job, layout, files, folder);
      const playing = files.flatMap((source, index) => {
        const inset = layout.insets[index];
        return source === null || inset === undefined ? [] : [{ source, inset }];
      });
      const moving = playing.map(({ inset }, index) => ({ input: drawings.length + index, inset }));
      const silence = `anullsrc=r=${SAMPLE_RATE}:cl=stereo,atrim=end_sample=${Math.round(durationSeconds * SAMPLE_RATE)}`;
      await runFfmpeg(this.ffmpeg, {
        inputs: [
          ...drawings,
          ...playing.map(({ source }) => ({ source })),
          { source: silence, options: ['-f', 'lavfi'] },
        ],
        filters: boardGraph(job.output, layout, moving),
        output: [
          ...['-map', '[out]', '-map', `${drawings.length + playing.length}:a`],
          ...[
            '-frames:v',
            String(frameCount(job.output)),
            ...h264({ numerator: fps, denominator: 1 }, { preset: 'ultrafast', crf: 20 }),
          ],
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
    files: readonly (string | null)[],
    folder: string,
  ): Promise<FfmpegInput[]> {
    const { width, height, durationSeconds } = job.output;
    const { clock, progress } = layout;
    const board = drawBoard(
      job,
      layout,
      files.map(file => file !== null),
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
}
