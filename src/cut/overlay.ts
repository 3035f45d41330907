import { drawnInput } from '../media/run-ffmpeg.ts';
import { stillInput } from '../media/still.ts';
import type { Corner } from '../storyboard/storyboard.ts';
import { rateOf, repeated, TO_FILM } from './conform.ts';
import type { Graph } from './encode-segment.ts';
import type { CutFormat, Overlay, Segment, Shown, Timecode } from './segments.ts';
import { logoSide } from './text-frame.ts';

/** Lays what is written over an item on frames `from` … of it; returns the pad that has it all. */
export function overlayItem(
  pad: string,
  { overlays }: Shown,
  format: CutFormat,
  graph: Graph,
  { from, frames, out }: { from: number; frames: number; out: string },
): string {
  let under = pad;
  for (const [index, overlay] of overlays.entries()) {
    if (overlay.fromFrame >= from + frames || overlay.toFrame <= from) continue;
    under = lay(under, overlay, format, graph, { from, frames, out: `${out}_${index}` });
  }
  return under;
}

/** Lays what is over the whole film on a segment of it. */
export async function overlayFilm(
  pad: string,
  segment: Segment,
  format: CutFormat,
  graph: Graph,
): Promise<string> {
  const { frames, filmFrame } = segment;
  let under = pad;
  if (format.mark !== null)
    under = lay(under, format.mark, format, graph, { from: 0, frames, out: 'marked' });
  if (format.logo !== null) {
    const { path, position, opacity, dropPixels } = format.logo;
    const input = await stillInput(path);
    if (input === null) throw new TypeError(`${path} was a picture when it was checked`);
    const index = graph.inputs.push(input) - 1;
    const side = logoSide(format);
    graph.chains.push(
      `[${index}:v:0]scale=${side * 2}:${side}:force_original_aspect_ratio=decrease:${TO_FILM},format=yuva420p,colorchannelmixer=aa=${opacity},${repeated(rateOf(format))},trim=end_frame=${frames}[logo]`,
      `[${under}][logo]overlay=${placeOf(position, dropPixels)}:format=yuv420:shortest=1[with_logo]`,
    );
    under = 'with_logo';
  }
  return format.timecode === null
    ? under
    : timecode(under, format.timecode, format, graph, filmFrame, frames);
}

function lay(
  under: string,
  { path, fromFrame, toFrame, fadeFrames }: Overlay,
  format: CutFormat,
  graph: Graph,
  { from, frames, out }: { from: number; frames: number; out: string },
): string {
  const index = graph.inputs.push(drawnInput(path, format, format.fps)) - 1;
  const fades =
    fadeFrames === 0
      ? ''
      : `fade=t=in:s=${fromFrame}:n=${fadeFrames}:alpha=1,fade=t=out:s=${toFrame - fadeFrames}:n=${fadeFrames}:alpha=1,`;
  const drawn = `[${index}:v:0]scale=${TO_FILM},format=yuva420p,${repeated(rateOf(format))},${fades}trim=start_frame=${from}:end_frame=${from + frames},setpts=PTS-STARTPTS[${out}_drawn]`;
  const when = fadeFrames === 0 ? `:enable='between(n,${fromFrame - from},${toFrame - from - 1})'` : '';
  graph.chains.push(
    drawn,
    `[${under}][${out}_drawn]overlay=0:0:format=yuv420:shortest=1${when}[${out}_laid]`,
  );
  return `${out}_laid`;
}

/** HH:MM:SS:FF of the film at its nominal rate, without drop frames, in the corner at the top right. */
function timecode(
  under: string,
  { path, cellWidth, cellHeight }: Timecode,
  format: CutFormat,
  graph: Graph,
  filmFrame: number,
  frames: number,
): string {
  const strip = { width: cellWidth, height: cellHeight * 11 };
  const index = graph.inputs.push(drawnInput(path, strip, format.fps)) - 1;
  const rate = Math.round(format.fps.numerator / format.fps.denominator);
  const frame = `(n+${filmFrame})`;
  const seconds = `floor(${frame}/${rate})`;
  const [minutes, hours] = [`floor(${seconds}/60)`, `floor(${seconds}/3600)`];
  const pairs = [hours, `mod(${minutes},60)`, `mod(${seconds},60)`, `mod(${frame},${rate})`];
  const rows = pairs.flatMap((value, at) => [
    ...(at === 0 ? [] : ['10']),
    `mod(floor(${value}/10),10)`,
    `mod(${value},10)`,
  ]);
  const window = (row: string) => `crop=w=${cellWidth}:h=${cellHeight}:x=0:y='${cellHeight}*${row}'`;
  const names = rows.map((_, at) => `tc${at}`);
  graph.chains.push(
    `[${index}:v:0]scale=${TO_FILM},format=yuv420p,${repeated(rateOf(format))},trim=end_frame=${frames},split=${rows.length}${names.map(name => `[${name}]`).join('')}`,
    ...rows.map((row, at) => `[tc${at}]${window(row)}[tcw${at}]`),
    `${names.map((_, at) => `[tcw${at}]`).join('')}hstack=inputs=${rows.length}[timecode]`,
    `[${under}][timecode]overlay=${placeOf('top-right')}:format=yuv420:shortest=1[timed]`,
  );
  return 'timed';
}

/** A twentieth from the edges, as text is; so much lower at the top. */
function placeOf(position: Corner, dropPixels = 0): string {
  if (position === 'centre') return '(W-w)/2:(H-h)/2';
  const [vertical, horizontal] = position.split('-');
  return `${horizontal === 'left' ? 'W*0.05' : 'W*0.95-w'}:${vertical === 'top' ? `H*0.05+${dropPixels}` : 'H*0.95-h'}`;
}
