// Drawings to files: PNG by resvg, MP4 by ffmpeg. The same ffmpeg gives the same bytes on any machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Resvg } from '@resvg/resvg-js';

/** The animatic's own rate: any other would stutter in it. */
const FPS = 30;
const SECONDS = 4;

/** No drawing holds text, and looking for fonts takes longer than most drawings. */
const OPTIONS = { font: { loadSystemFonts: false } };

const X264 = [
  ...['-c:v', 'libx264', '-preset', 'veryslow', '-tune', 'animation'],
  // More bits for the flat gradients of skies, where bands would show.
  ...['-aq-mode', '3', '-aq-strength', '1.0', '-pix_fmt', 'yuv420p'],
  // Threads would cut the frames differently on machines with more processors.
  ...['-threads', '1'],
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
];

const REPRODUCIBLE = [
  ...[
    '-map_metadata',
    '-1',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact',
    '-bsf:v',
    'filter_units=remove_types=6',
  ],
  ...['-movflags', '+faststart'],
];

const TO_VIDEO_RANGE =
  'scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact';

/** @param {string} svg @param {number} width */
export function toPng(svg, width) {
  return new Resvg(svg, { ...OPTIONS, fitTo: { mode: 'width', value: width } }).render().asPng();
}

/** @param {string} file @param {(t: number) => string} draw the picture at t = 0 … 1 of the loop @param {number} crf */
export async function writeLoop(file, draw, crf) {
  const { width, height } = new Resvg(draw(0), OPTIONS);
  const raw = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgba',
    '-s',
    `${width}x${height}`,
    '-r',
    `${FPS}`,
    '-i',
    'pipe:0',
  ];
  const ffmpeg = spawn(
    process.env.STORYREEL_FFMPEG ?? 'ffmpeg',
    ['-v', 'error', '-y', ...raw, '-vf', TO_VIDEO_RANGE, ...X264, '-crf', `${crf}`, ...REPRODUCIBLE, file],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const ended = once(ffmpeg, 'close'); // rejects when ffmpeg cannot be started
  ffmpeg.stdin.on('error', () => {}); // a pipe that broke is told by ffmpeg's exit
  for (let frame = 0; frame < FPS * SECONDS && ffmpeg.exitCode === null; frame++) {
    const { pixels } = new Resvg(draw(frame / (FPS * SECONDS)), OPTIONS).render();
    if (!ffmpeg.stdin.write(pixels)) await Promise.race([once(ffmpeg.stdin, 'drain'), ended]);
  }
  ffmpeg.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while it wrote ${file}`);
}
