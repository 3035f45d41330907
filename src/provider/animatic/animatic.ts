import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Drawing, draw } from '../../media/draw.ts';
import type { Ffmpeg } from '../../media/ffmpeg.ts';
import { h264 } from '../../media/h264.ts';
import { drawnInput, type FfmpegInput, REPRODUCIBLE, runFfmpeg } from '../../media/run-ffmpeg.ts';
import type { Derived } from '../../store/derived.ts';
import type { DrawContext, FreeProvider, Job } from '../provider.ts';
import { drawBoard, drawProgress } from './board.ts';
import { clockSize, drawDigits } from './clock.ts';
import { boardGraph, FIRST_MEDIUM } from './graph.ts';
import { type Inset, Insets } from './insets.ts';
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
export function createAnimatic({ ffmpeg, derived }: AnimaticOptions): FreeProvider {
  const animatic = new Animatic(ffmpeg, derived);
  return {
    name: 'animatic',
    version: ANIMATIC_VERSION,
    priced: false,
    drawsLabels: true,
    draw: async (job, context) => await animatic.render(job, context),
  };
}

class Animatic {
  private readonly ffmpeg: Ffmpeg;
  private readonly insets: Insets;

  constructor(ffmpeg: Ffmpeg, derived: Derived) {
    this.ffmpeg = ffmpeg;
    this.insets = new Insets(ffmpeg, derived);
  }

  async render(job: Job, { file, signal, onProgress }: DrawContext): Promise<void> {
    const folder = await fs.mkdtemp(
      join(dirname(file), `.tmp-${process.pid}-000000000000-${basename(file)}-`),
    );
    try {
      await this.renderIn(folder, job, { file, signal, onProgress });
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  }

  private async renderIn(folder: string, job: Job, { file, signal, onProgress }: DrawContext) {
    const { width, height, fps, durationSeconds } = job.output;
    const aspects = await Promise.all(job.media.map(media => this.insets.aspect(media, signal)));
    const layout = layOutBoard(width, height, aspects);
    const placed: (Inset | null)[] = [];
    // One after the other: whoever renders runs several jobs at once.
    for (const [index, media] of job.media.entries()) {
      const inset = layout.insets[index];
      placed.push(inset === undefined ? null : await this.insets.get(media, inset, job.output, signal));
    }
    const drawings = await drawAll(job, layout, placed, folder);
    const playing = placed.flatMap((source, index) => {
      const inset = layout.insets[index];
      return source === null || inset === undefined ? [] : [{ ...source, inset }];
    });
    const samples = Math.round(durationSeconds * SAMPLE_RATE);
    await runFfmpeg(this.ffmpeg, {
      inputs: [
        ...drawings,
        ...playing.map(({ path, still }) => ({
          source: `file:${path}`,
          options: ['-threads', '1', ...(still ? [] : ['-stream_loop', '-1'])],
        })),
        {
          source: `anullsrc=r=${SAMPLE_RATE}:cl=stereo,atrim=end_sample=${samples}`,
          options: ['-f', 'lavfi'],
        },
      ],
      filters: boardGraph(job.output, layout, playing),
      // No -frames:v: it would end the sound as well, a little early. The graph counts the frames.
      output: [
        ...['-map', '[out]', '-map', `${FIRST_MEDIUM + playing.length}:a`],
        ...h264({ numerator: fps, denominator: 1 }, { preset: 'ultrafast', crf: 24 }),
        ...['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart'],
        ...REPRODUCIBLE,
        ...['-f', 'mp4'],
      ],
      file,
      lengthSeconds: durationSeconds,
      onProgress,
      signal,
    });
  }
}

/** The board, the clock's digits and the progress line, in the order in which the graph expects them. */
async function drawAll(
  job: Job,
  layout: Layout,
  placed: readonly (Inset | null)[],
  folder: string,
): Promise<FfmpegInput[]> {
  const { width, height } = job.output;
  const { clock, progress } = layout;
  const digits = clockSize(clock);
  const board = await drawBoard(
    job,
    layout,
    placed.map(inset => inset !== null),
  );
  return [
    await writeDrawing(await draw(board, width, height, job.fonts), join(folder, 'board.rgba')),
    await writeDrawing(
      await draw(drawDigits(layout), digits.width, digits.height),
      join(folder, 'digits.rgba'),
    ),
    await writeDrawing(
      await draw(drawProgress(layout), progress.width * 2, progress.height),
      join(folder, 'progress.rgba'),
    ),
  ];
}

async function writeDrawing(drawing: Drawing, path: string): Promise<FfmpegInput> {
  await fs.writeFile(path, drawing.rgba);
  return drawnInput(path, drawing);
}
