import { EXACT_SCALER } from '../../media/h264.ts';
import type { ClipFormat } from '../provider.ts';
import type { Layout, Rectangle } from './layout.ts';

const TO_BT709 = `scale=flags=${EXACT_SCALER}:out_color_matrix=bt709:out_range=tv,format=yuv420p`;

/** The moving media, by the number of their ffmpeg input and the inset that they fill. */
export interface MovingMedium {
  readonly input: number;
  readonly inset: Rectangle;
}

/**
 * Lays what moves over the board: input 0 is the board, 1 the strip of the clock, 2 the progress line, then the
 * media. The three drawings are decoded once and repeated from memory.
 */
export function boardGraph(format: ClipFormat, layout: Layout, media: readonly MovingMedium[]): string {
  const { fps, durationSeconds } = format;
  const frames = frameCount(format);
  const still = `${TO_BT709},loop=loop=-1:size=1:start=0,setpts=N/(${fps}*TB)`;
  const { clock, progress } = layout;
  const lastCell = Math.ceil(durationSeconds * 10) - 1;
  const window = `crop=w=${clock.width}:h=${clock.height}:x=0:y='${clock.height}*min(${lastCell},floor(n*10/${fps}+0.001))'`;
  const chains = [
    `[0:v]${still},fps=${fps}[board]`,
    `[1:v]${still},fps=${fps},${window}[clock]`,
    `[2:v]${still},fps=${fps}[line]`,
  ];
  let under = 'board';
  for (const { input, inset } of media) {
    chains.push(
      `[${under}][${input}:v:0]overlay=x=${inset.x}:y=${inset.y}:eval=init:format=yuv420[o${input}]`,
    );
    under = `o${input}`;
  }
  chains.push(
    `[${under}][clock]overlay=x=${clock.x}:y=${clock.y}:eval=init:format=yuv420[timed]`,
    // After frame n, n + 1 of all frames have been shown: the last one fills the line.
    `[timed][line]overlay=x='trunc(${progress.width}*(n+1)/${frames})-${progress.width}':y=${progress.y}:eval=frame:format=yuv420,` +
      `trim=end_frame=${frames},setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709[out]`,
  );
  return chains.join(';');
}

export function frameCount({ fps, durationSeconds }: ClipFormat): number {
  return Math.round(fps * durationSeconds);
}
