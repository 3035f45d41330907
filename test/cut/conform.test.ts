import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawCard } from '../../src/cut/draw-card.ts';
import type { CutClip } from '../../src/cut/segments.ts';
import { box, drawPng } from '../../src/media/draw.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import type { Fps, Move } from '../../src/storyboard/storyboard.ts';
import { cutOf, FPS, frameOf, type Rgb, soundOf, videoClip } from '../support/cut.ts';
import { makeMedia, ourFfmpeg, testProject } from '../support/project.ts';

/** Red above blue, 32 × 18 … : what is upright, whole and of the right colours shows in the corners. */
const TWO_COLOURS = 'color=c=red:s=SIZE:r=RATE:d=2,drawbox=x=0:y=ih/2:w=iw:h=ih/2:color=blue:t=fill';
const TONE = 'sine=frequency=1000:sample_rate=48000:duration=2';

interface Odd {
  readonly name: string;
  readonly size?: string;
  readonly rate?: string;
  readonly filters?: string;
  readonly sound?: boolean;
  readonly output: readonly string[];
  readonly extension?: string;
  /** Its header says that it is to be turned by 90° clockwise. */
  readonly rotated?: boolean;
  /** A second pass that copies, for what only a muxer can do. */
  readonly copy?: readonly string[];
  /** Where the film shows bars: the picture has another shape. */
  readonly shape?: 'tall' | 'square';
}

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const ODD: Odd[] = [
  { name: 'plain', output: X264 },
  {
    name: 'variable frame rate',
    filters: "select='not(mod(n\\,3))+eq(mod(n\\,7)\\,1)'",
    output: [...X264, '-fps_mode', 'vfr'],
  },
  {
    name: 'rotated',
    size: '72x128',
    filters: 'transpose=2',
    rotated: true,
    shape: 'tall',
    output: X264,
  },
  { name: 'anamorphic', size: '120x90', filters: 'setsar=4/3', output: X264 },
  { name: '10-bit', output: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le'] },
  {
    name: 'HEVC',
    output: [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=error',
      '-pix_fmt',
      'yuv420p',
    ],
  },
  {
    name: 'VP9',
    extension: 'webm',
    output: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'],
  },
  {
    name: 'full range',
    filters: 'scale=out_range=pc:out_color_matrix=bt709,format=yuv420p', // named yuvj420p, ffmpeg 7 takes another matrix
    output: ['-c:v', 'libx264', '-preset', 'ultrafast', '-color_range', 'pc', '-colorspace', 'bt709'],
  },
  {
    name: 'interlaced',
    filters: 'interlace',
    output: [...X264, '-pix_fmt', 'yuv422p', '-flags', '+ildct+ilme', '-x264opts', 'tff=1'],
  },
  {
    name: 'odd size',
    size: '161x91',
    output: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv444p'],
  },
  { name: 'no sound', sound: false, output: X264 },
  { name: '5.1', output: [...X264, '-ac', '6'] },
  { name: '44.1 kHz mono', output: [...X264, '-ar', '44100', '-ac', '1'] },
  {
    name: 'negative start times',
    output: [...X264, '-bf', '2', '-avoid_negative_ts', 'disabled', '-output_ts_offset', '-0.05'],
  },
  { name: 'edit list', output: [...X264, '-bf', '3', '-g', '60'], copy: ['-ss', '0.31'] },
  { name: 'square', size: '90x90', shape: 'square', output: X264 },
  { name: '23.976', rate: '24000/1001', output: X264 },
  { name: '60', rate: '60', output: X264 },
];

let folder = '';
beforeAll(async () => {
  ({ folder } = await testProject());
});

async function oddClip(odd: Odd): Promise<CutClip> {
  const { size = '160x90', rate = '30', filters, sound = true, output, extension = 'mp4', copy } = odd;
  const made = join(folder, `${odd.name.replaceAll(/\W/g, '-')}.${extension}`);
  const picture = TWO_COLOURS.replace('SIZE', size).replace('RATE', rate);
  await makeMedia(made, {
    generators: sound ? [picture, TONE] : [picture],
    ...(filters === undefined ? {} : { filters: `[0:v]${filters}[v]` }),
    output: ['-map', filters === undefined ? '0:v' : '[v]', ...(sound ? ['-map', '1:a'] : []), ...output],
  });
  if (odd.rotated === true) await turn(made);
  if (copy === undefined) return await videoClip(made, sound);
  const copied = made.replace(`.${extension}`, `-copied.${extension}`);
  await runFfmpeg(await ourFfmpeg(), {
    inputs: [{ source: made, options: copy }],
    output: ['-map', '0', '-c', 'copy'],
    file: copied,
  });
  return await videoClip(copied, sound);
}

/** Writes the matrix of a quarter turn into the first track's header: ffmpeg's own option for it has changed. */
async function turn(file: string): Promise<void> {
  const bytes = await fs.readFile(file);
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  for (const [at, value] of [0, 0x10000, 0, -0x10000, 0, 0].entries()) {
    // The third of each row is a fraction of 30 bits, and stays 0 here.
    const offset = [0, 4, 8, 12, 16, 20][at] ?? 0;
    bytes.writeInt32BE(value, matrix + offset);
  }
  await fs.writeFile(file, bytes);
}

const near = (actual: Rgb | undefined, expected: Rgb, by = 12) =>
  actual?.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= by);
const RED: Rgb = [254, 0, 0];
const BLUE: Rgb = [0, 0, 254];
const BLACK: Rgb = [0, 0, 0];

describe('odd media come out with the exact frames, upright, in the right shape and colours', () => {
  test.each(ODD)('$name', async odd => {
    const clip = await oddClip(odd);
    const parts = [
      { clip, seconds: 1.5 },
      { clip, seconds: 1, startSeconds: 0.5, endSeconds: 1, planned: 1.5 },
    ];
    const { file, facts, timeline } = await cutOf(parts, { settings: { fps: FPS['25'] as Fps } });
    expect([facts.frameCount, facts.width, facts.height]).toEqual([timeline.frameCount, 160, 90]);
    const samples = await soundOf(file);
    expect(Math.abs(samples.length - (timeline.frameCount * 48000) / 25)).toBeLessThanOrEqual(1024);
    const heard = samples.subarray(24_000, 48_000).some(sample => Math.abs(sample) > 500);
    expect(heard).toBe(odd.sound !== false);
    for (const frame of [0, timeline.frameCount - 1]) {
      const grid = await frameOf(file, frame, 16, 9);
      const at = (column: number, row: number) => grid[row * 16 + column];
      const seen = [at(8, 1), at(8, 7), at(0, 1), at(15, 7)];
      const bars = odd.shape !== undefined;
      const wanted = [RED, BLUE, bars ? BLACK : RED, bars ? BLACK : BLUE];
      expect([frame, seen, seen.map((color, index) => near(color, wanted[index] ?? BLACK))]).toEqual([
        frame,
        seen,
        [true, true, true, true],
      ]);
    }
  });
});

test.each([
  ['bt709', 'pc', '320x180'],
  ['bt709', 'tv', '320x180'],
  ['bt709', 'pc', '160x90'],
  ['smpte170m', 'pc', '320x180'],
  ['smpte170m', 'tv', '160x90'],
])('the colours of %s, range %s, at %s are those of the film', async (matrix, range, size) => {
  const path = join(folder, `${matrix}-${range}-${size}.mp4`);
  await makeMedia(path, {
    generators: [`color=c=0xc83232:s=${size}:r=25:d=0.4`],
    filters: `[0:v]format=rgb24,scale=out_color_matrix=${matrix}:out_range=${range},format=yuv420p[v]`,
    output: [
      ...['-map', '[v]', '-c:v', 'libx264', '-crf', '4', '-colorspace', matrix, '-color_range', range],
      ...['-color_primaries', matrix, '-color_trc', matrix],
    ],
  });
  const clip = await videoClip(path, false);
  const { file } = await cutOf([{ clip, seconds: 0.4 }], { settings: { fps: FPS['24'] as Fps } });
  const [color] = await frameOf(file, 2);
  expect([color, near(color, [200, 50, 50], 4)]).toEqual([color, true]);
});

describe('wide colours become those of the film', () => {
  const BT709 = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

  /** Red 200, 50, 50 as it is made for another screen, with white of 203 cd/m². */
  async function wide(name: string, to: string, primaries: string, transfer: string): Promise<CutClip> {
    const path = join(folder, `wide-${name}.mp4`);
    const matrix = { bt2020: 'bt2020nc', smpte432: 'bt709' }[primaries] ?? 'unknown';
    const tags = `setparams=color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
    await makeMedia(path, {
      generators: ['color=c=0xc83232:s=160x90:r=25:d=0.2'],
      filters: `[0:v]format=gbrp,scale=out_color_matrix=bt709:out_range=tv,format=yuv444p10le,${BT709},${to},format=yuv420p10le,${tags}[v]`,
      output: ['-map', '[v]', '-c:v', 'libx265', '-x265-params', 'log-level=error:crf=4'],
    });
    return await videoClip(path, false);
  }

  test.each([
    ['BT.2020', 'zscale=p=bt2020:t=2020_10:m=2020_ncl:r=tv', 'bt2020', 'bt2020-10'],
    ['Display P3', 'zscale=p=smpte432:t=709:m=709:r=tv', 'smpte432', 'bt709'],
    ['PQ', 'zscale=p=bt2020:t=smpte2084:m=2020_ncl:r=tv:npl=203', 'bt2020', 'smpte2084'],
    ['HLG', 'zscale=p=bt2020:t=arib-std-b67:m=2020_ncl:r=tv:npl=203', 'bt2020', 'arib-std-b67'],
    ['HLG, untold', 'zscale=p=bt2020:t=arib-std-b67:m=2020_ncl:r=tv:npl=203', 'unknown', 'arib-std-b67'],
  ])('%s', async (name, to, primaries, transfer) => {
    const clip = await wide(name, to, primaries, transfer);
    const { file } = await cutOf([{ clip, seconds: 0.2 }], { settings: { fps: FPS['25'] as Fps } });
    const [color] = await frameOf(file, 2);
    expect([color, near(color, [200, 50, 50], 4)]).toEqual([color, true]);
  });

  test('an ffmpeg that cannot do that is told so', async () => {
    const clip = await wide('BT.2020', 'zscale=p=bt2020:t=2020_10:m=2020_ncl:r=tv', 'bt2020', 'bt2020-10');
    const real = await ourFfmpeg();
    const path = join(folder, 'incomplete');
    const lacks = `case "$*" in *zscale*) echo "No such filter: 'zscale'" >&2; exit 1;; esac`;
    await fs.writeFile(path, `#!/bin/sh\n${lacks}\nexec '${real.path}' "$@"\n`, { mode: 0o755 });
    const cutting = cutOf([{ clip, seconds: 0.2 }], { ffmpeg: { ...real, path, version: 'incomplete' } });
    await expect(cutting).rejects.toMatchObject({ code: 'ffmpeg-incomplete' });
  });
});

describe('whatever footage says of itself, its piece says what the others do', () => {
  const HDR10 =
    'log-level=error:hdr10=1:chromaloc=2:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc';
  const LIGHT =
    'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400';
  test.each([
    ['PAL DV', 'mov', ['-c:v', 'dvvideo', '-s', '720x576', '-pix_fmt', 'yuv420p', '-aspect', '16:9']],
    ['MPEG-2, 4:2:2', 'mov', ['-c:v', 'mpeg2video', '-pix_fmt', 'yuv422p', '-b:v', '5M']],
    ['MPEG-2, interlaced', 'mov', ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-b:v', '5M']],
    ['MJPEG', 'mov', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']],
    ['Theora', 'mkv', ['-c:v', 'libtheora', '-q:v', '6']],
    ['ProRes', 'mov', ['-c:v', 'prores_ks', '-timecode', '10:00:00:00', '-field_order', 'tt']],
    ['H.264 with colours in the corner', 'mp4', [...X264, '-chroma_sample_location', 'topleft']],
    [
      'H.264 with timecodes and another shape',
      'mp4',
      [...X264, '-aspect', '2:1', '-x264-params', 'pic-struct=1'],
    ],
    ['HDR10', 'mp4', ['-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-x265-params', `${HDR10}:${LIGHT}`]],
  ])('%s', async (name, extension, output) => {
    const path = join(folder, `says-${name.replaceAll(/\W/g, '-')}.${extension}`);
    await makeMedia(path, { generators: ['testsrc2=s=160x90:r=25:d=0.2'], output });
    const shot = { clip: await videoClip(path, false), seconds: 0.2 };
    const plain = await cutOf([{ seconds: 0.2, tone: null, speed: 0.5 }]);
    for (const parts of [[shot], [{ seconds: 0.2, tone: null }, shot]]) {
      const { file, facts } = await cutOf(parts);
      expect(facts.decoderConfig).toBe(plain.facts.decoderConfig);
      expect(await unitsOf(file)).toEqual(await unitsOf(plain.file));
    }
  });
});

/** The kinds of unit in a film's H.264: its pictures, and what is said of them. */
async function unitsOf(film: string): Promise<number[]> {
  const stream = `${film}.h264`;
  const output = ['-map', '0:v:0', '-c', 'copy', '-f', 'h264'];
  await runFfmpeg(await ourFfmpeg(), { inputs: [{ source: film }], output, file: stream });
  const bytes = await fs.readFile(stream);
  const kinds = new Set<number>();
  for (let at = bytes.indexOf('000001', 0, 'hex'); at !== -1; at = bytes.indexOf('000001', at + 3, 'hex'))
    kinds.add((bytes[at + 3] ?? 0) & 31);
  return [...kinds].sort((a, b) => a - b);
}

describe('clips of another shape', () => {
  const background = '#00ff00' as const;
  test.each([
    ['contain', (edge: Rgb | undefined) => near(edge, [0, 255, 0], 14)],
    ['cover', (edge: Rgb | undefined) => near(edge, RED)],
    // A blurred and darker copy of the clip, and neither the background nor the clip itself.
    ['blur', (edge: Rgb | undefined) => edge !== undefined && edge[0] > 90 && edge[0] < 220 && edge[1] < 60],
  ] as const)('%s', async (fit, edgeIsRight) => {
    const clip = await oddClip(ODD.find(({ name }) => name === 'square') as Odd);
    const { file } = await cutOf([{ clip, seconds: 1 }], { format: { fit, background } });
    const grid = await frameOf(file, 5, 16, 9);
    expect([grid[16], edgeIsRight(grid[16])]).toEqual([grid[16], true]);
    expect(near(grid[16 + 8], RED)).toBe(true);
  });
});

test.each([
  ['wide NTSC', '180x120', 'setsar=32/27', 212, 120],
  ['an odd width', '213x120', 'null', 212, 120],
  ['an odd width upright', '101x180', 'null', 100, 180],
])(
  'a film whose sides were made even has no line at its edges: %s',
  async (_, size, filters, width, height) => {
    const path = join(folder, `even-${width}-${size}.mov`);
    await makeMedia(path, {
      generators: [`color=white:s=${size}:r=30:d=0.2,format=yuv444p`], // else it makes odd sides even
      filters: `[0:v]${filters}[v]`,
      output: ['-map', '[v]', '-c:v', 'libx264', '-pix_fmt', 'yuv444p'],
    });
    for (const fit of ['contain', 'blur'] as const) {
      const part = { clip: await videoClip(path, false), seconds: 0.2 };
      const { file } = await cutOf([part], { format: { width, height, fit } });
      const dark = (await frameOf(file, 3, width, height)).filter(([red]) => red < 250);
      expect([fit, dark.length]).toEqual([fit, 0]);
    }
  },
);

describe('footage that can be seen through shows the background', () => {
  const CLEAR = ['-map', '[v]', '-pix_fmt'];
  const PRORES = [...CLEAR, 'yuva444p10le', '-c:v', 'prores_ks', '-profile:v', '4444'];
  test.each([
    ['Animation', [...CLEAR, 'argb', '-c:v', 'qtrle']],
    ['PNG', [...CLEAR, 'rgba', '-c:v', 'png']],
    ['ProRes 4444', PRORES],
    ['ProRes 4444 of Display P3', [...PRORES, '-color_primaries', 'smpte432', '-color_trc', 'bt709']],
  ])('%s', async (name, output) => {
    const path = join(folder, `clear-${name}.mov`);
    // Red on the left, and nothing on the right, where a green is hidden.
    await makeMedia(path, {
      generators: ['color=c=red:s=96x90:r=30:d=0.2'],
      filters: "[0:v]format=rgba,geq=r='255*lt(X,48)':g='255*gte(X,48)':b=0:a='255*lt(X,48)'[v]",
      output,
    });
    const clip = await videoClip(path, false);
    for (const fit of ['contain', 'cover', 'blur'] as const) {
      const { file } = await cutOf([{ clip, seconds: 0.2 }], { format: { fit, background: '#2040c0' } });
      const grid = await frameOf(file, 3, 16, 9);
      const seen = [grid[4 * 16 + 6], grid[4 * 16 + 10]];
      const right = [near(seen[0], RED), near(seen[1], [32, 64, 192])];
      expect([fit, seen, right]).toEqual([fit, seen, [true, true]]);
    }
  });
});

/** A clip whose brightness tells its time: frame n of 60 has the grey 4 n, of 255. */
async function clock(): Promise<CutClip> {
  const path = join(folder, 'clock.mp4');
  await makeMedia(path, {
    generators: ['color=c=black:s=160x90:r=30:d=2', TONE],
    filters: "[0:v]format=gray,geq=lum='4*N',format=yuv420p[v]",
    output: ['-map', '[v]', '-map', '1:a', ...X264, '-qp', '4', '-color_range', 'tv'],
  });
  return await videoClip(path, true);
}

describe('trim, speed and hold', () => {
  test('play the right part, at the right speed, and keep the last frame in silence', async () => {
    const clip = await clock();
    const { file, timeline } = await cutOf([
      { clip, planned: 2, startSeconds: 0.5, endSeconds: 1.5 },
      { clip, planned: 2, speed: 2 },
      { clip, planned: 2, startSeconds: 1, endSeconds: 1.5, speed: 0.5, hold: 1 },
    ]);
    expect(timeline.items.map(({ frames }) => frames)).toEqual([30, 30, 60]);
    const source = async (frame: number) => {
      const [[grey] = [0]] = await frameOf(file, frame);
      return Math.round(grey / 4);
    };
    const about = async (frame: number, expected: number) =>
      expect([frame, Math.abs((await source(frame)) - expected) <= 1, await source(frame)]).toEqual([
        frame,
        true,
        await source(frame),
      ]);
    for (const [frame, expected] of [
      [0, 15],
      [29, 44],
      [30, 0],
      [45, 30],
      [59, 58],
      [60, 30],
      [80, 40],
      [89, 44],
      [110, 44],
    ])
      await about(frame as number, expected as number);
    const samples = await soundOf(file);
    const loud = (seconds: number) =>
      samples.subarray(seconds * 48_000, seconds * 48_000 + 4800).some(sample => Math.abs(sample) > 500);
    expect([loud(0.5), loud(1.5), loud(2.5), loud(3.5)]).toEqual([true, true, true, false]);
    expect(pitch(samples.subarray(48_000 * 1.3, 48_000 * 1.6))).toBeCloseTo(1000, -2);
  });

  test('a long run-up is not decoded, and the frame is the same', async () => {
    const path = join(folder, 'long.mp4');
    await makeMedia(path, {
      generators: ['color=c=black:s=64x36:r=30:d=20'],
      filters: "[0:v]format=gray,geq=lum='16+mod(N\\,200)',format=yuv420p[v]",
      output: ['-map', '[v]', ...X264, '-qp', '2', '-bf', '2'],
    });
    const clip = await videoClip(path, false);
    const { file } = await cutOf([{ clip, planned: 20, startSeconds: 12.5, endSeconds: 13 }]);
    const [[grey] = [0]] = await frameOf(file, 0);
    expect(Math.abs(grey - 16 - (375 % 200))).toBeLessThanOrEqual(2);
  });
});

describe('what is on the screen where a part begins is seen, though it began long before', () => {
  /** One picture every eight seconds, of the greys 60, 120, 180. */
  async function slides(extension: string): Promise<CutClip> {
    const path = join(folder, `slides.${extension}`);
    await makeMedia(path, {
      generators: ['color=c=black:s=64x36:r=1/8:d=24'],
      filters: "[0:v]format=gray,geq=lum='60*(N+1)',format=yuv420p[v]",
      output: ['-map', '[v]', ...X264, '-qp', '2', '-color_range', 'tv', '-fps_mode', 'vfr'],
    });
    return await videoClip(path, false);
  }

  test.each(['mp4', 'mkv'])('in %s', async extension => {
    const clip = await slides(extension);
    const greyOf = async (startSeconds: number, endSeconds: number, speed: number, frame: number) => {
      const part = { clip, planned: 24, startSeconds, endSeconds, speed };
      const { file } = await cutOf([part], { settings: { fps: FPS['25'] as Fps } });
      return (await frameOf(file, frame))[0]?.[0] ?? -1;
    };
    const greys = [
      await greyOf(14.5, 15, 1, 0),
      await greyOf(14.5, 16.5, 1, 49),
      await greyOf(23, 23.5, 1, 12),
      await greyOf(22, 24, 4, 0),
      await greyOf(4, 5, 1, 0),
    ];
    const wanted = [120, 180, 180, 180, 60];
    expect([greys, greys.every((grey, at) => Math.abs(grey - (wanted[at] ?? 0)) <= 3)]).toEqual([
      greys,
      true,
    ]);
  });
});

test.each([
  ['the end of the last frame', '25', '25', { seconds: 2, startSeconds: 1.99 }],
  ['less than half a frame of the film, held', '24', '25', { seconds: 2, startSeconds: 1.985, hold: 0.1 }],
  ['a single frame of 60 in a second', '24', '60', { seconds: 1 / 60 }],
  ['three of them at ten times the speed', '24', '60', { seconds: 3 / 60, speed: 10 }],
])('a part that is too short for a frame of the film is one: %s', async (_, fps, rate, part) => {
  const { file, facts, timeline } = await cutOf([{ ...part, rate, tone: null, color: 'red' }], {
    settings: { fps: FPS[fps] as Fps },
  });
  expect(facts.frameCount).toBe(timeline.frameCount);
  expect(near((await frameOf(file, 0))[0], RED)).toBe(true);
});

test.each(['1x1', '2x2', '6x4'])('a clip of %s fills the film', async size => {
  const output = ['-pix_fmt', 'yuv444p', '-vf', `format=yuv444p,crop=${size.replace('x', ':')}`];
  const { file } = await cutOf([{ size: '16x16', seconds: 0.2, tone: null, color: 'red', output }], {
    format: { fit: 'cover' },
  });
  expect(near((await frameOf(file, 3))[0], RED)).toBe(true);
});

function pitch(samples: Int16Array): number {
  let crossings = 0;
  for (let at = 1; at < samples.length; at++)
    if ((samples[at - 1] ?? 0) < 0 && (samples[at] ?? 0) >= 0) crossings++;
  return (crossings * 48_000) / samples.length;
}

/** The middle of what is bright in a frame, and the width of a square as bright as it. */
function centreOf(pixels: readonly Rgb[], columns: number): { x: number; y: number; width: number } {
  let [sumX, sumY, mass] = [0, 0, 0];
  for (const [at, [red]] of pixels.entries()) {
    sumX += red * (at % columns);
    sumY += red * Math.floor(at / columns);
    mass += red;
  }
  return { x: sumX / mass, y: sumY / mass, width: Math.sqrt(mass / 255) };
}

describe('stills and cards', () => {
  async function still(move: 'none' | 'zoom-in' | 'pan-left' | 'pan-down', alpha = false): Promise<CutClip> {
    const path = join(folder, `still-${alpha}.png`);
    const dot = box({ width: 40, height: 40, backgroundColor: '#ff0000', marginTop: 25, marginLeft: 60 });
    const page = box({ width: '100%', height: '100%', ...(alpha ? {} : { backgroundColor: '#000000' }) }, [
      dot,
    ]);
    await fs.writeFile(path, await drawPng(page, 160, 90));
    return { path, identity: path, audio: false, picture: { kind: 'still', move } };
  }

  test('a still has exactly its frames, moves slowly, and shows the background where it is transparent', async () => {
    const { file, facts } = await cutOf([{ clip: await still('zoom-in'), seconds: 2 }]);
    expect(facts.frameCount).toBe(60);
    const [first, last] = [await frameOf(file, 0), await frameOf(file, 59)];
    expect((last[0]?.[0] ?? 0) / (first[0]?.[0] ?? 1)).toBeCloseTo(1.12 ** 2, 1); // the dot grows with the zoom
    const steady = await cutOf([{ clip: await still('none', true), seconds: 1 }], {
      format: { background: '#00ff00' },
    });
    expect(near((await frameOf(steady.file, 10, 16, 9))[0], [0, 255, 0], 14)).toBe(true);
    expect(await frameOf(steady.file, 0)).toEqual(await frameOf(steady.file, 29));
  });

  test('a pan goes where it says', async () => {
    const centre = async (file: string, frame: number) => centreOf(await frameOf(file, frame, 160, 90), 160);
    const left = (await cutOf([{ clip: await still('pan-left'), seconds: 1 }])).file;
    // The view goes left, so what is in it goes right.
    expect((await centre(left, 29)).x - (await centre(left, 0)).x).toBeGreaterThan(10);
    const down = (await cutOf([{ clip: await still('pan-down'), seconds: 1 }])).file;
    expect((await centre(down, 29)).y - (await centre(down, 0)).y).toBeLessThan(-5);
  });

  /** A disc on black: where it is, and how wide, shows how a slow move goes. */
  async function disc(move: Move): Promise<CutClip> {
    const path = join(folder, 'disc.png');
    const drawn = box({ width: 120, height: 120, borderRadius: 60, backgroundColor: '#ffffff', margin: 150 });
    const page = box({ width: '100%', height: '100%', backgroundColor: '#000000' }, [drawn]);
    await fs.writeFile(path, await drawPng(page, 1280, 720));
    return { path, identity: path, audio: false, picture: { kind: 'still', move } };
  }

  const SHARP = { format: { width: 320, height: 180, codec: 'prores' } } as const;

  /** In each frame of it alone; in pixels. */
  async function discIn(move: Move, seconds: number) {
    const { file, facts } = await cutOf([{ clip: await disc(move), seconds }], SHARP);
    expect(facts.frameCount).toBe(seconds * 30);
    const seen: { x: number; y: number; width: number }[] = [];
    for (let frame = 0; frame < facts.frameCount; frame++)
      seen.push(centreOf(await frameOf(file, frame, 320, 180), 320));
    return seen;
  }

  test('a slow pan goes at one pace, by parts of a pixel', async () => {
    const seen = await discIn('pan-right', 6);
    const last = seen.length - 1;
    const pace = ((seen[last]?.x ?? 0) - (seen[0]?.x ?? 0)) / last;
    expect(pace).toBeCloseTo((-0.12 * 320) / last, 2);
    for (const [frame, { x, y }] of seen.entries()) {
      expect([frame, Math.abs(x - (seen[0]?.x ?? 0) - pace * frame) < 0.05]).toEqual([frame, true]);
      expect(y).toBeCloseTo(seen[0]?.y ?? 0, 1);
    }
  });

  test('a slow zoom comes closer with every frame, and never back', async () => {
    const seen = await discIn('zoom-in', 6);
    const [first, last] = [seen[0], seen.at(-1)];
    expect((last?.width ?? 0) / (first?.width ?? 1)).toBeCloseTo(1.12, 2);
    for (const [frame, { x, y, width }] of seen.entries()) {
      const zoom = 1 + (0.12 * frame) / (seen.length - 1);
      const wanted = {
        x: 159.5 + zoom * ((first?.x ?? 0) - 159.5),
        y: 89.5 + zoom * ((first?.y ?? 0) - 89.5),
      };
      const off = Math.hypot(x - wanted.x, y - wanted.y);
      expect([frame, off, off < 0.05]).toEqual([frame, off, true]);
      if (frame > 0) expect([frame, width > (seen[frame - 1]?.width ?? 0)]).toEqual([frame, true]);
    }
  });

  test('a move goes on through the transition at its end', async () => {
    const alone = await discIn('pan-right', 2);
    const { file } = await cutOf(
      [
        { clip: await disc('pan-right'), seconds: 2 },
        { color: 'black', tone: null, seconds: 1, transition: { type: 'dissolve', durationSeconds: 0.5 } },
      ],
      SHARP,
    );
    for (const frame of [44, 45, 46, 52]) {
      const { x } = centreOf(await frameOf(file, frame, 320, 180), 320);
      expect([frame, x - (alone[frame]?.x ?? 0)]).toEqual([frame, expect.closeTo(0, 1)]);
    }
  });

  test('a card dissolves like a clip, and has the frames of its length', async () => {
    const text = {
      title: 'The Salt Road',
      subtitle: 'A film',
      style: 'centre',
      color: null,
      background: '#ffffff',
    } as const;
    const path = join(folder, 'card.rgba');
    await fs.writeFile(path, (await drawCard(text, 160, 90, '#000000')).rgba);
    const card: CutClip = { path, identity: 'card', audio: false, picture: { kind: 'drawn' } };
    const { file, facts } = await cutOf([
      { clip: card, seconds: 1 },
      { color: 'black', tone: null, seconds: 1, transition: { type: 'dissolve', durationSeconds: 0.5 } },
    ]);
    expect(facts.frameCount).toBe(45);
    const bright = async (frame: number) => (await frameOf(file, frame, 16, 9))[0]?.[0] ?? -1;
    expect(await bright(0)).toBeGreaterThan(250);
    expect(await bright(22)).toBeGreaterThan(90);
    expect(await bright(22)).toBeLessThan(170);
    expect(await bright(44)).toBeLessThan(5);
  });
});

test('HD that says nothing of its colours is taken for BT.709, as players take it', async () => {
  const red = { seconds: 0.2, tone: null, size: '1280x720', color: 'red' };
  const bt709 = ['-vf', 'scale=out_color_matrix=bt709', '-colorspace', 'bt709'];
  const colorOf = async (output: string[]) => {
    const { file } = await cutOf([{ ...red, output, speed: 0.5 }]);
    return (await frameOf(file, 3))[0] as Rgb;
  };
  const told = await colorOf(bt709);
  const untold = await colorOf([...bt709.slice(0, 2), '-bsf:v', 'h264_metadata=matrix_coefficients=2']);
  for (const [channel, value] of told.entries())
    expect(Math.abs(value - (untold[channel] ?? 0))).toBeLessThan(3);
});
