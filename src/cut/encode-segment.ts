import type { Ffmpeg } from '../media/ffmpeg.ts';
import { h264 } from '../media/h264.ts';
import { REPRODUCIBLE, runFfmpeg } from '../media/run-ffmpeg.ts';
import { conform, inputOf, isGrey, TAGGED, TO_FILM } from './conform.ts';
import type { BodySegment, CutFormat, OverlapSegment, Segment } from './segments.ts';

/** Encodes one segment, picture alone, to exactly its frames. */
export async function encodeSegment(
  ffmpeg: Ffmpeg,
  segment: Segment,
  format: CutFormat,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const shown = segment.kind === 'overlap' ? [segment.from, segment.to] : [segment.shown];
  await runFfmpeg(ffmpeg, {
    inputs: await Promise.all(shown.map(one => inputOf(one, format))),
    filters: segment.kind === 'overlap' ? overlapFilters(segment, format) : bodyFilters(segment, format),
    output: ['-map', '[out]', '-an', '-sn', '-dn', ...h264(format.fps), ...REPRODUCIBLE, '-f', 'mp4'],
    file,
    signal,
  });
}

function bodyFilters({ shown, fromFrame, frames, fadeIn, fadeOut }: BodySegment, format: CutFormat): string {
  const color = (hex: string) => `color=0x${hex.slice(1)}`;
  const fades = [
    ...(fadeIn.frames > 0 ? [`fade=t=in:s=0:n=${fadeIn.frames}:${color(fadeIn.color)}`] : []),
    ...(fadeOut.frames > 0
      ? [`fade=t=out:s=${frames - fadeOut.frames}:n=${fadeOut.frames}:${color(fadeOut.color)}`]
      : []),
  ];
  const body = conform(shown, format, { input: 0, from: fromFrame, frames, out: 'body' });
  if (fades.length === 0) return `${body};[body]null[out]`;
  // fade would take another colour for one of BT.601.
  const inRgb = !isGrey(fadeIn.color) || !isGrey(fadeOut.color);
  const fading = inRgb ? ['format=gbrp', ...fades, `scale=${TO_FILM}`, 'format=yuv420p', TAGGED] : fades;
  return `${body};[body]${fading.join(',')}[out]`;
}

function overlapFilters({ from, to, fromFrame, frames, how }: OverlapSegment, format: CutFormat): string {
  const { numerator, denominator } = format.fps;
  const seconds = ((frames * denominator) / numerator).toFixed(6);
  // One frame more than is used: ffmpeg 5.1 gives the last frame that reaches its xfade a later time.
  return [
    conform(from, format, { input: 0, from: fromFrame, frames: frames + 1, out: 'from' }),
    conform(to, format, { input: 1, from: 0, frames: frames + 1, out: 'to' }),
    `[from][to]xfade=transition=${XFADE[how] ?? how}:duration=${seconds}:offset=0,trim=end_frame=${frames}[out]`,
  ].join(';');
}

/** Where our word is another than ffmpeg's. */
const XFADE: Readonly<Record<string, string>> = { dissolve: 'fade' };
