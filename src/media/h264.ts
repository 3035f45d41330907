/**
 * How we encode pictures: pieces of one film with the same settings, size and rate have the same decoder
 * configuration, and can be joined by copying.
 *
 * One thread, because x264's bytes depend on the number of threads and jobs run beside each other anyway. Fixed
 * profile, level and GOP for equal configurations; no B-frames, so that the first packet is the first frame and
 * joined pieces need no edit lists.
 */
export function h264(
  fps: { readonly numerator: number; readonly denominator: number },
  { preset, crf }: { readonly preset: 'veryfast' | 'ultrafast' | 'medium'; readonly crf: number } = {
    preset: 'veryfast',
    crf: 18,
  },
  size: { readonly width: number; readonly height: number } = { width: 0, height: 0 },
): string[] {
  const gop = Math.round((2 * fps.numerator) / fps.denominator);
  return [
    ...['-c:v', 'libx264', '-preset', preset, '-crf', String(crf), '-profile:v', 'high'],
    ...['-level:v', levelOf(size, fps.numerator / fps.denominator)],
    // The place of colours is told to x264 itself: ffmpeg 7.1 prefers what the frame says to what it is told.
    ...['-bf', '0', '-threads', '1', '-x264-params', 'open-gop=0:bframes=0:8x8dct=1:chromaloc=0'],
    ...['-pix_fmt', 'yuv420p'],
    ...BT709,
    ...['-g', String(gop), '-video_track_timescale', String(timescale(fps))],
  ];
}

/** Levels of H.264, Table A-1: macroblocks in a frame, and in a second. */
const LEVELS = [
  ['4.2', 8704, 522_240],
  ['5.1', 36_864, 983_040],
  ['5.2', 36_864, 2_073_600],
  ['6.2', 139_264, 16_711_680],
] as const;

/** 4.2 for all that it can hold, so that pieces of usual sizes stay as they are; what is larger says that it is. */
function levelOf(
  { width, height }: { readonly width: number; readonly height: number },
  rate: number,
): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  return LEVELS.find(([, frame, second]) => blocks <= frame && blocks * rate <= second)?.[0] ?? '6.2';
}

/**
 * What a player needs to show the colours that we encoded. Where their samples lie, too: an encoder that is not told
 * writes down what the frame says that happens to come first, and pieces of one film would differ.
 */
export const BT709: readonly string[] = [
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
  ...['-chroma_sample_location', 'left'],
];

/** Ticks a second that hold every frame time as a whole number. */
export function timescale(fps: { readonly numerator: number; readonly denominator: number }): number {
  return fps.denominator === 1 ? fps.numerator * 512 : fps.numerator;
}

/** Of that time scale. */
export function ticksPerFrame(fps: { readonly numerator: number; readonly denominator: number }): number {
  return (timescale(fps) * fps.denominator) / fps.numerator;
}

/** swscale gives other pixels with SIMD than without, unless it is told to be exact. */
export const EXACT_SCALER: string = 'bicubic+accurate_rnd+full_chroma_int+bitexact';
