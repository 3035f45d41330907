import { Failure } from '../failure.ts';
import { type Ffmpeg, parseFfmpegVersion } from '../media/ffmpeg.ts';
import { h264 } from '../media/h264.ts';
import { mezzanine } from '../media/mezzanine.ts';
import { type FfmpegInput, REPRODUCIBLE, runFfmpeg } from '../media/run-ffmpeg.ts';
import { conform, inputOf, isGrey, type OpenedInput, rateOf, TAGGED, TO_FILM } from './conform.ts';
import { overlayFilm, overlayItem } from './overlay.ts';
import type { BodySegment, CutFormat, OverlapSegment, Segment, Shown } from './segments.ts';

/** A filter graph as it is put together. */
export interface Graph {
  /** How its ffmpeg is to open what is shown. */
  readonly open: (shown: Shown) => Promise<OpenedInput>;
  readonly inputs: FfmpegInput[];
  readonly chains: string[];
}

/** Encodes one segment, picture alone, to exactly its frames. */
export async function encodeSegment(
  ffmpeg: Ffmpeg,
  segment: Segment,
  format: CutFormat,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const open = (shown: Shown) => inputOf(ffmpeg, shown, format, signal);
  const graph: Graph = { open, inputs: [], chains: [] };
  const joined =
    segment.kind === 'overlap'
      ? await overlap(segment, format, graph, ffmpeg)
      : await body(segment, format, graph);
  const covered = await overlayFilm(joined, segment, format, graph);
  // What filters make of times is not left to the encoder, which would fill the smallest gap with a frame.
  const rate = rateOf(format);
  graph.chains.push(`[${covered}]setpts=N/(${rate}*TB)[exact]`);
  await runFfmpeg(ffmpeg, {
    inputs: graph.inputs,
    filters: graph.chains.join(';'),
    output: [
      '-map',
      '[exact]',
      // ffmpeg 7 forgets the rate at setpts, and would take 25.
      ...['-r', rate],
      '-an',
      '-sn',
      '-dn',
      ...encoderOf(format),
      ...REPRODUCIBLE,
      '-f',
      containerOf(format),
    ],
    file,
    signal,
  });
}

/** The kind of file that a codec goes into. */
export function containerOf({ codec }: Pick<CutFormat, 'codec'>): 'mp4' | 'mov' {
  return codec === 'h264' ? 'mp4' : 'mov';
}

function encoderOf({ codec, quality, fps, width, height }: CutFormat): string[] {
  return codec === 'h264' ? h264(fps, QUALITIES[quality], { width, height }) : mezzanine(codec, quality, fps);
}

const QUALITIES = {
  high: { preset: 'medium', crf: 14 },
  normal: { preset: 'veryfast', crf: 18 },
  small: { preset: 'medium', crf: 27 },
} as const;

async function body(segment: BodySegment, format: CutFormat, graph: Graph): Promise<string> {
  const { shown, fromFrame, frames, fadeIn, fadeOut } = segment;
  const picture = await show(shown, format, graph, { from: fromFrame, frames, out: 'body' });
  const color = (hex: string) => `color=0x${hex.slice(1)}`;
  const fades = [
    ...(fadeIn.frames > 0 ? [`fade=t=in:s=0:n=${fadeIn.frames}:${color(fadeIn.color)}`] : []),
    ...(fadeOut.frames > 0
      ? [`fade=t=out:s=${frames - fadeOut.frames}:n=${fadeOut.frames}:${color(fadeOut.color)}`]
      : []),
  ];
  if (fades.length === 0) return picture;
  // fade would take another colour for one of BT.601.
  const inRgb = !isGrey(fadeIn.color) || !isGrey(fadeOut.color);
  const fading = inRgb ? ['format=gbrp', ...fades, `scale=${TO_FILM}`, 'format=yuv420p', TAGGED] : fades;
  graph.chains.push(`[${picture}]${fading.join(',')}[faded]`);
  return 'faded';
}

async function overlap(
  segment: OverlapSegment,
  format: CutFormat,
  graph: Graph,
  ffmpeg: Ffmpeg,
): Promise<string> {
  const { from, to, fromFrame, frames, how } = segment;
  if (SINCE_7.test(how)) refuseOlder(ffmpeg, how);
  const { numerator, denominator } = format.fps;
  const seconds = ((frames * denominator) / numerator).toFixed(6);
  // One frame more than is used: ffmpeg 5.1 gives the last frame that reaches its xfade a later time.
  const one = await show(from, format, graph, { from: fromFrame, frames: frames + 1, out: 'from' });
  const two = await show(to, format, graph, { from: 0, frames: frames + 1, out: 'to' });
  const transition = `xfade=transition=${XFADE[how] ?? how}:duration=${seconds}:offset=0,trim=end_frame=${frames}`;
  if (READS_BEYOND.has(how)) {
    graph.chains.push(
      `[${one}]split[${one}_first][${one}_all]`,
      `[${one}_all][${two}]${transition}[slid]`,
      `[slid][${one}_first]overlay=0:0:format=yuv420:shortest=1:enable='eq(n,0)'[over]`,
    );
  } else graph.chains.push(`[${one}][${two}]${transition}[over]`);
  return 'over';
}

/**
 * In their first frame, which is nothing but the shot before, ffmpeg's xfade takes a row or a column from behind the
 * picture: whatever is in memory there, and other bytes each time. That frame is taken from the shot itself.
 */
const READS_BEYOND: ReadonlySet<string> = new Set(['slideup', 'slideleft', 'revealup', 'revealleft']);

/** What ffmpeg 5.1 does not know. */
const SINCE_7 = /^(cover|reveal)(left|right|up|down)$|^(hl|hr|vu|vd)wind$/;

function refuseOlder({ version }: Ffmpeg, how: string): void {
  const [major] = parseFfmpegVersion(version) ?? [SEVEN];
  if (major >= SEVEN) return;
  throw new Failure(
    'ffmpeg-too-old',
    `the transition ${how} needs ffmpeg ${SEVEN}.0, and this is ${version}`,
    {
      hint: 'Choose another transition, or a newer ffmpeg with STORYREEL_FFMPEG.',
    },
  );
}

const SEVEN = 7;

/** Where our word is another than ffmpeg's. */
const XFADE: Readonly<Record<string, string>> = { dissolve: 'fade' };

/** Frames of an item with what is written over them; returns the pad. */
async function show(
  shown: Shown,
  format: CutFormat,
  graph: Graph,
  range: { from: number; frames: number; out: string },
): Promise<string> {
  const { input: opened, footage } = await graph.open(shown);
  const input = graph.inputs.push(opened) - 1;
  graph.chains.push(conform(shown, format, { input, footage, ...range }));
  return overlayItem(range.out, shown, format, graph, range);
}
