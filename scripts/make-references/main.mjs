// Draws the reference media of the examples in storyboards/: `npm run references`. The same ffmpeg gives the
// same bytes. Takes the ffmpeg on PATH, or STORYREEL_FFMPEG.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { bo, mira, nell } from './people.mjs';
import { chest, harbour, tram } from './places.mjs';

const FPS = 24;
const SECONDS = 3;
const STORYBOARDS = new URL('../../storyboards/', import.meta.url);

const VIDEOS = [
  ['hello/refs/mira.mp4', mira],
  ['salt-road/refs/mira.mp4', mira],
  ['salt-road/refs/bo.mp4', bo],
  ['salt-road/refs/chest.mp4', chest],
  ['salt-road/refs/harbour.mp4', harbour],
  ['night-tram/refs/nell.mp4', nell],
  ['night-tram/refs/tram.mp4', tram],
];
const STILLS = [['salt-road/refs/bo.png', bo, 0.1]];

for (const [name, draw] of VIDEOS) await writeVideo(fileURLToPath(new URL(name, STORYBOARDS)), draw);
for (const [name, draw, at] of STILLS) {
  writeFileSync(
    new URL(name, STORYBOARDS),
    new Resvg(draw(at), { fitTo: { mode: 'width', value: 480 } }).render().asPng(),
  );
}

/** @param {string} file @param {(t: number) => string} draw the picture at t = 0 … 1 of the loop */
async function writeVideo(file, draw) {
  mkdirSync(dirname(file), { recursive: true });
  const first = new Resvg(draw(0)).render();
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgba',
    '-s',
    `${first.width}x${first.height}`,
    '-r',
    String(FPS),
    '-i',
    'pipe:0',
  ];
  const color = [
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
    '-colorspace',
    'bt709',
    '-color_range',
    'tv',
  ];
  const encoder = [
    '-c:v',
    'libx264',
    '-preset',
    'veryslow',
    '-crf',
    '24',
    '-threads',
    '1',
    '-pix_fmt',
    'yuv420p',
    ...color,
  ];
  const bare = [
    '-map_metadata',
    '-1',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact',
    '-movflags',
    '+faststart',
  ];
  const scale = [
    '-vf',
    'scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int+bitexact',
  ];
  const ffmpeg = spawn(
    process.env.STORYREEL_FFMPEG ?? 'ffmpeg',
    ['-v', 'error', '-y', ...input, ...scale, ...encoder, ...bare, file],
    {
      stdio: ['pipe', 'inherit', 'inherit'],
    },
  );
  const ended = new Promise((resolve, reject) => {
    ffmpeg.on('error', reject);
    ffmpeg.on('exit', code => (code === 0 ? resolve() : reject(new Error(`ffmpeg ended with ${code}`))));
  });
  for (let frame = 0; frame < FPS * SECONDS; frame++) {
    const { pixels } = new Resvg(draw(frame / (FPS * SECONDS))).render();
    if (!ffmpeg.stdin.write(pixels)) await new Promise(resolve => ffmpeg.stdin.once('drain', resolve));
  }
  ffmpeg.stdin.end();
  await ended;
}
