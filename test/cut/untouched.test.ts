import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BT709 } from '../../src/media/h264.ts';
import { trackOf } from '../../src/media/mp4/movie.ts';
import { probe } from '../../src/media/probe.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import type { Fps } from '../../src/storyboard/storyboard.ts';
import { withCover } from '../support/cover.ts';
import { cutOf, digest, type Film, FPS, frameOf, type Part, videoClip } from '../support/cut.ts';
import { makeClip, ourFfmpeg, testProject } from '../support/project.ts';

/** As models deliver, in the film's own size and rate. */
const PLAIN: Part = {
  seconds: 0.5,
  tone: null,
  size: '160x96',
  output: ['-video_track_timescale', '15360', ...BT709],
};
const SIZE = { format: { width: 160, height: 96 } };
const but = (...output: string[]): Part => ({ ...PLAIN, output: [...(PLAIN.output ?? []), ...output] });

/** Its fourth frame comes 200 ticks late. */
const LATE = [
  ...['-vf', "settb=1/15360,setpts='512*N+if(eq(N,3),200,0)'"],
  ...['-fps_mode', 'passthrough', '-enc_time_base', '1/15360'],
];

const isUntouched = ({ result }: Film) => result.encoded + result.reused === 0;

describe('hard cuts copy clips that are what conforming would make of them', () => {
  test('and that match each other', async () => {
    const film = await cutOf([PLAIN, { ...PLAIN, tone: 880 }], SIZE);
    expect([isUntouched(film), film.facts.frameCount]).toEqual([true, 30]);
    expect(isUntouched(await cutOf([PLAIN, { ...PLAIN, size: '162x96' }], SIZE))).toBe(false);
  });

  test.each<[string, Part]>([
    ['of 10 bits', but('-pix_fmt', 'yuv420p10le')],
    ['of 4:4:4', but('-pix_fmt', 'yuv444p')],
    ['grey', but('-pix_fmt', 'gray')],
    ['of full range', but('-vf', 'scale=out_range=pc', '-pix_fmt', 'yuvj420p', '-color_range', 'pc')],
    ['interlaced', but('-flags', '+ildct+ilme')],
    ['of another matrix', but('-colorspace', 'bt470bg')],
    ['of other primaries', but('-color_primaries', 'bt2020')],
    ['that leave their colours to a guess', { ...PLAIN, output: PLAIN.output?.slice(0, 2) ?? [] }],
    ['of oblong pixels', but('-vf', 'setsar=4/3')],
    ['whose picture begins late', but('-output_ts_offset', '10')],
    ['with a frame that is shown for longer', but(...LATE)],
    ['with two pictures', but('-map', '0:v', '-map', '0:v')],
    ['in fragments', but('-movflags', 'frag_keyframe+empty_moov')],
  ])('not those %s', async (_, part) => {
    const film = await cutOf([part, part], SIZE);
    expect([isUntouched(film), film.facts.frameCount]).toEqual([false, 30]);
    expect(film.facts).toMatchObject({ width: 160, height: 96, colors: BT709_COLORS });
  });

  test('not those whose frames are decoded earlier than those of the others', async () => {
    const [usual, early] = [but('-bf', '2'), but('-bf', '2', '-bsf:v', 'setts=pts=PTS:dts=DTS-1')];
    for (const [parts, copied] of [
      [[usual, usual], true],
      [[early, early], true],
      [[usual, early], false],
    ] as const) {
      const film = await cutOf(parts, SIZE);
      expect(isUntouched(film)).toBe(copied);
      expect(await ticksOf(film.file)).toEqual(Array.from({ length: 30 }, (_, n) => n * 512));
    }
  });

  test('not those that begin with a frame that needs what was before it', async () => {
    const { path } = await testProject();
    const refreshed = but('-x264-params', 'intra-refresh=1:bframes=0:keyint=15');
    const made = await makeClip(path('made.mp4'), { ...refreshed, seconds: 1 });
    const half = async (from: string): Promise<Part> => {
      const clip = path(`${from}.mp4`);
      await copied(made, clip, ['-ss', from, '-t', '0.5']);
      return { seconds: 0.5, clip: await videoClip(clip, false) };
    };
    const [first, second] = [await half('0'), await half('0.5')];
    for (const [parts, copies] of [
      [[first, first], true],
      [[first, second], false],
      [[second], false],
    ] as const) {
      const film = await cutOf(parts, SIZE);
      expect([isUntouched(film), film.facts.frameCount]).toEqual([copies, parts.length * 15]);
    }
  });

  test('not those that bring a configuration other than that of their header', async () => {
    const { path } = await testProject();
    const made = await makeClip(path('made.mp4'), but('-bf', '0'));
    await copied(made, path('made.h264'));
    await copied(path('made.h264'), path('bring.mp4'), ['-r', '30']);
    const part = { seconds: 0.5, clip: await videoClip(path('bring.mp4'), false) };
    expect(isUntouched(await cutOf([part, part], SIZE))).toBe(true);

    const bytes = await fs.readFile(path('bring.mp4'));
    let [at = 0] = trackOf(path('bring.mp4'), 'vide').samples.offsets;
    while (((bytes[at + 4] ?? 0) & 31) !== 7) at += 4 + bytes.readUInt32BE(at);
    bytes[at + 7] = 62; // its level
    await fs.writeFile(path('bring.mp4'), bytes);
    expect(isUntouched(await cutOf([part, part], SIZE))).toBe(false);
  });

  test.each([
    ['of which one comes late', 'PTS+200*eq(N\\,4)'],
    ['of which two come at once', 'PTS+512*eq(N\\,4)'],
  ])('not those with frames %s, though they are decoded evenly', async (_, pts) => {
    const { path } = await testProject();
    const made = await makeClip(
      path('made.mp4'),
      but('-bf', '2', '-x264-params', 'b-adapt=0:b-pyramid=none'),
    );
    const clip = path('clip.mp4');
    await copied(made, clip, [], ['-bsf:v', `setts=pts=${pts}:dts=DTS`]);
    const film = await cutOf([{ seconds: 0.5, clip: await videoClip(clip, false) }], SIZE);
    expect([isUntouched(film), film.facts.frameCount]).toEqual([false, 15]);
    expect(await ticksOf(film.file)).toEqual(Array.from({ length: 15 }, (_, n) => n * 512));
  });

  test('also those whose B-frames are shown before their time of decoding', async () => {
    const part = but('-bf', '2', '-movflags', 'negative_cts_offsets');
    const film = await cutOf([part, part], SIZE);
    expect(isUntouched(film)).toBe(true);
    expect(await ticksOf(film.file)).toEqual(Array.from({ length: 30 }, (_, n) => n * 512));
  });

  test('also those whose header tells of a cover before it tells of the picture', async () => {
    const { path } = await testProject();
    const plain = await makeClip(path('plain.mp4'), PLAIN);
    await withCover(plain, path('cover.mp4'));
    const film = await cutOf(
      [{ clip: await videoClip(path('cover.mp4'), false), seconds: 0.5 }, PLAIN],
      SIZE,
    );
    expect([isUntouched(film), film.facts.frameCount]).toEqual([true, 30]);
    expect(await ticksOf(film.file)).toEqual(Array.from({ length: 30 }, (_, n) => n * 512));
  });

  test('not those whose pixels are oblong by their stream alone', async () => {
    const { folder } = await testProject();
    const [square, oblong] = [join(folder, 'square.mp4'), join(folder, 'oblong.mp4')];
    await makeClip(square, PLAIN);
    await copied(square, oblong, [], ['-bsf:v', 'h264_metadata=sample_aspect_ratio=4/3']);
    const bytes = await fs.readFile(oblong);
    const shape = bytes.indexOf('pasp');
    if (shape > 0) bytes.write('free', shape);
    await fs.writeFile(oblong, bytes);
    expect(isUntouched(await cutOf([{ seconds: 0.5, clip: await videoClip(oblong, false) }], SIZE))).toBe(
      false,
    );
  });

  test('not those whose pixels are oblong by the size of their track alone', async () => {
    const { path } = await testProject();
    const clip = await makeClip(path('oblong.mp4'), PLAIN);
    const bytes = await fs.readFile(clip);
    const [header, shape] = [bytes.indexOf('tkhd') + 4, bytes.indexOf('pasp')];
    bytes.writeUInt32BE(120 * 0x10000, header + 76);
    if (shape > 0) bytes.write('free', shape);
    await fs.writeFile(clip, bytes);
    expect(await probe(clip)).toMatchObject({ width: 160, height: 128, usualPicture: false });
    const film = await cutOf([{ seconds: 0.5, clip: await videoClip(clip, false) }], SIZE);
    expect(isUntouched(film)).toBe(false);
    expect((await frameOf(film.file, 0, 16))[0]).toEqual([0, 0, 0]); // a bar beside it
  });

  test.each([
    ['turned upside down', [-0x10000, 0, 0, -0x10000]],
    ['mirrored', [-0x10000, 0, 0, 0x10000]],
  ])('not those %s by their header', async (_, [a, b, c, d]) => {
    const { folder } = await testProject();
    const path = join(folder, 'turned.mp4');
    await makeClip(path, PLAIN);
    const bytes = await fs.readFile(path);
    const matrix = bytes.indexOf('tkhd') + 4 + 40;
    for (const [at, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value ?? 0, matrix + 4 * at);
    await fs.writeFile(path, bytes);
    const film = await cutOf([{ seconds: 0.5, clip: await videoClip(path, false) }, PLAIN], SIZE);
    expect(isUntouched(film)).toBe(false);
  });

  test('HD that says nothing of its colours is copied, and the film says what players take it for', async () => {
    const part = { ...PLAIN, size: '1280x720', output: PLAIN.output?.slice(0, 2) ?? [] };
    const film = await cutOf([part, part], { format: { width: 1280, height: 720 } });
    expect(isUntouched(film)).toBe(true);
    expect(film.facts).toMatchObject({ colors: BT709_COLORS, usualPicture: true });
  });
});

const BT709_COLORS = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' };

test.each([0, 2])(
  'copied clips with %i B-frames begin at 0 and follow each other by the frame, with sound and without',
  async count => {
    const same = { ...but('-bf', String(count)), seconds: 1, tone: 440 };
    const film = await cutOf([same, { ...same, tone: null }, { ...same, tone: 880 }], SIZE);
    expect(isUntouched(film)).toBe(true);
    expect(await ticksOf(film.file)).toEqual(Array.from({ length: 90 }, (_, n) => n * 512));
    const clips = [0, 1, 2].map(n => packetsOf(join(film.folder, `clip-${n}.mp4`)));
    expect(await packetsOf(film.file)).toEqual((await Promise.all(clips)).flat());
    expect(film.result.sha256).toBe(await digest(film.file));
  },
);

test('120 clips of 7 frames at 29.97 are joined to the tick', async () => {
  const { folder } = await testProject();
  const path = join(folder, 'clip.mp4');
  const seconds = (7 * 1001) / 30_000;
  const output = ['-frames:v', '7', '-bf', '0', '-video_track_timescale', '30000', ...BT709];
  await makeClip(path, { seconds: 1, tone: null, size: '160x96', rate: '30000/1001', output });
  const clip = await videoClip(path, false);
  const parts = Array.from({ length: 120 }, () => ({ seconds, clip }));
  const film = await cutOf(parts, { ...SIZE, settings: { fps: FPS['29.97'] as Fps } });
  expect(isUntouched(film)).toBe(true);
  expect(await ticksOf(film.file)).toEqual(Array.from({ length: 840 }, (_, n) => n * 1001));
});

/** The same frames in another file. */
async function copied(
  from: string,
  to: string,
  input: readonly string[] = [],
  output: readonly string[] = [],
): Promise<void> {
  await runFfmpeg(await ourFfmpeg(), {
    inputs: [{ source: from, options: input }],
    output: ['-c', 'copy', ...output, '-video_track_timescale', '15360'],
    file: to,
  });
}

/** The times of a film's pictures, in ticks of its track; sorted, since B-frames are stored before their turn. */
async function ticksOf(file: string): Promise<number[]> {
  return (await pictureLines(file)).map(line => Number(line.split(',')[2])).sort((a, b) => a - b);
}

/** Length and checksum of each picture as it is stored. */
async function packetsOf(file: string): Promise<string[]> {
  return (await pictureLines(file)).map(line => line.split(',').slice(4, 6).join());
}

async function pictureLines(file: string): Promise<string[]> {
  const list = `${file}.crc`;
  const output = ['-map', '0:v:0', '-c', 'copy', '-f', 'framecrc'];
  await runFfmpeg(await ourFfmpeg(), { inputs: [{ source: file }], output, file: list });
  return (await fs.readFile(list, 'utf8')).split('\n').filter(line => /^0,/.test(line));
}
