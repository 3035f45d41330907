import type { Ffmpeg } from '../media/ffmpeg.ts';
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
    output: ['-map', '[out]', ...ENCODER, ...timing(format), ...REPRODUCIBLE, '-f', 'mp4'],
    file,
    signal,
  });
}

/**
 * One thread: x264's bytes depend on the number of threads, and segments run beside each other anyway. Fixed
 * profile, level and GOP give every segment the same decoder configuration; without B-frames a segment's first
 * packet is its first frame, so that joined segments need no edit lists.
 */
const ENCODER: readonly string[] = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-profile:v', 'high', '-level:v', '4.2'],
  ...['-bf', '0', '-threads', '1', '-x264-params', 'open-gop=0:bframes=0', '-pix_fmt', 'yuv420p'],
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
  ...['-an', '-sn', '-dn'],
];

function timing({ fps }: CutFormat): string[] {
  const gop = Math.round((2 * fps.numerator) / fps.denominator);
  return ['-g', String(gop), '-video_track_timescale', String(timescale({ fps }))];
}

/** Ticks a second that hold every frame time as a whole number. */
export function timescale({ fps }: Pick<CutFormat, 'fps'>): number {
  return fps.denominator === 1 ? fps.numerator * 512 : fps.numerator;
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
    `[0:v:0]${conform(format, fromFrame, frames)}[from]`,
    `[1:v:0]${conform(format, 0, frames)}[to]`,
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
    `scale=w='trunc(iw*if(sar,sar,1)/2)*2':h=ih:flags=${SCALER}`,
    'setsar=1',
    `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=${SCALER}:out_color_matrix=bt709:out_range=tv`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:black`,
    'setsar=1',
    'format=yuv420p',
    'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709',
    'tpad=stop_mode=clone:stop=-1',
    `trim=start_frame=${from}:end_frame=${from + frames}`,
    `setpts=PTS-STARTPTS,fps=${rate}`,
  ].join(',');
}

/** swscale gives other pixels with SIMD than without, unless it is told to be exact. */
const SCALER = 'bicubic+accurate_rnd+full_chroma_int+bitexact';
