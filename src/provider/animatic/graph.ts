import { EXACT_SCALER } from '../../media/h264.ts';
import type { ClipFormat } from '../provider.ts';
import { clockChains } from './clock.ts';
import type { Layout } from './layout.ts';
import type { Rectangle } from './rectangle.ts';

const TO_BT709 = `scale=flags=${EXACT_SCALER}:out_color_matrix=bt709:out_range=tv,format=yuv420p`;

/** The drawings, in the order of their inputs; the media follow them. */
export const DRAWINGS = { board: 0, digits: 1, progress: 2 } as const;
export const FIRST_MEDIUM = 3;

/** A medium by the inset that it fills. A still is decoded once and repeated from memory. */
export interface PlacedMedium {
  readonly inset: Rectangle;
  readonly still: boolean;
}

/** Lays what moves over the board. The drawings are read once and repeated from memory. */
export function boardGraph(format: ClipFormat, layout: Layout, media: readonly PlacedMedium[]): string {
  const { fps } = format;
  const frames = frameCount(format);
  const repeated = `loop=loop=-1:size=1:start=0,setpts=N/(${fps}*TB),fps=${fps}`;
  const { clock, progress } = layout;
  const chains = [
    `[${DRAWINGS.board}:v]${TO_BT709},${repeated}[board]`,
    `[${DRAWINGS.digits}:v]${TO_BT709},${repeated}[strip]`,
    ...clockChains('strip', 'clock', clock, format),
    // After frame n, n + 1 of all frames have been shown: the last one fills the line.
    `[${DRAWINGS.progress}:v]${TO_BT709},${repeated},` +
      `crop=w=${progress.width}:h=${progress.height}:x='${progress.width}-trunc(${progress.width}*(n+1)/${frames})':y=0[line]`,
  ];
  const layers = [
    ...media.map(({ inset, still }, index) => {
      const source = `m${index}`;
      chains.push(`[${FIRST_MEDIUM + index}:v:0]${still ? repeated : `fps=${fps}:start_time=0`}[${source}]`);
      return { source, ...inset };
    }),
    { source: 'clock', ...clock.running },
    { source: 'line', ...progress },
  ];
  let under = 'board';
  for (const { source, x, y } of layers) {
    chains.push(`[${under}][${source}]overlay=x=${x}:y=${y}:eval=init:format=yuv420[on_${source}]`);
    under = `on_${source}`;
  }
  chains.push(
    `[${under}]trim=end_frame=${frames},` +
      'setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709[out]',
  );
  return chains.join(';');
}

export function frameCount({ fps, durationSeconds }: ClipFormat): number {
  return Math.round(fps * durationSeconds);
}
