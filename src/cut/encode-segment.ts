import type { Ffmpeg } from '../media/ffmpeg.ts';
import { EXACT_SCALER, h264 } from '../media/h264.ts';
import { REPRODUCIBLE, runFfmpeg, untrustedInput } from '../media/run-ffmpeg.ts';
import type { CutFormat, Segment } from './segments.ts';

/** Encodes one segment, picture alone, to exactly its frames. */
export async function encodeSegment(
  ffmpeg: Ffmpeg,
  segment: Segment,
  format: CutFormat,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const dissolve = segment.kind === 'dissolve';
  await runFfmpeg(ffmpeg, {
    inputs: (dissolve ? [segment.from, segment.to] : [segment.clip]).map(clip => untrustedInput(clip.path)),
    filters: dissolve ? dissolveFilters(segment, format) : bodyFilters(segment, format),
    output: ['-map', '[out]', '-an', '-sn', '-dn', ...h264(format.fps), ...REPRODUCIBLE, '-f', 'mp4'],
    file,
    signal,
  });
}

function bodyFilters(segment: Extract<Segment, { kind: 'body' }>, format: CutFormat): string {
  const { fromFrame, frames, fadeInFrames, fadeOutFrames } = segment;
  const fades = [
    fadeInFrames > 0 ? `,fade=t=in:s=0:n=${fadeInFrames}` : '',
    fadeOutFrames > 0 ? `,fade=t=out:s=${frames - fadeOutFrames}:n=${fadeOutFrames}` : '',
  ];
  return `[0:v:0]${conform(format, fromFrame, frames)}${fades.join('')}[out]`;
}

function dissolveFilters(segment: Extract<Segment, { kind: 'dissolve' }>, format: CutFormat): string {
  const { fromFrame, frames } = segment;
  const { numerator, denominator } = format.fps;
  const seconds = ((frames * denominator) / numerator).toFixed(6);
  return [
    // One frame more than is used: ffmpeg 5.1 gives the last frame that reaches its xfade a later time.
    `[0:v:0]${conform(format, fromFrame, frames + 1)}[from]`,
    `[1:v:0]${conform(format, 0, frames + 1)}[to]`,
    `[from][to]xfade=transition=fade:duration=${seconds}:offset=0,trim=end_frame=${frames}[out]`,
  ].join(';');
}

/**
 * Any picture to frames `from` … `from + frames` of the cut: constant rate from time 0, square pixels, fitted
 * into the frame, BT.709 limited range. A clip that ends early holds its last frame. The closing fps filter is
 * for xfade, which in ffmpeg 7 wants to know the rate of what comes in.
 */
function conform({ width, height, fps }: CutFormat, from: number, frames: number): string {
  const rate = `${fps.numerator}/${fps.denominator}`;
  return [
    `fps=${rate}:start_time=0`,
    `scale=w='trunc(iw*if(sar,sar,1)/2)*2':h=ih:flags=${EXACT_SCALER}`,
    'setsar=1',
    `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=${EXACT_SCALER}:out_color_matrix=bt709:out_range=tv`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black`,
    'setsar=1',
    'format=yuv420p',
    'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709',
    'tpad=stop_mode=clone:stop=-1',
    `trim=start_frame=${from}:end_frame=${from + frames}`,
    // Reading to the clip's end, ffmpeg 5.1's fps filter adds a frame of its own: hence the second trim.
    `setpts=PTS-STARTPTS,fps=${rate},trim=end_frame=${frames}`,
  ].join(',');
}
