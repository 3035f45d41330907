import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawWatermark } from '../../src/cut/draw-mark.ts';
import { drawCaption, drawFigures, drawLowerThird } from '../../src/cut/draw-text.ts';
import type { Overlay } from '../../src/cut/segments.ts';
import { box, type Drawing, drawPng, missingGlyphs } from '../../src/media/draw.ts';
import { cutOf, digest, frameOf, type Part } from '../support/cut.ts';
import { inkOf } from '../support/drawn.ts';
import { testProject } from '../support/project.ts';

const FRAME = { width: 320, height: 180, fonts: [] };
const SIZE = { width: 320, height: 180 };
const GREY: Part = { color: 'gray', tone: null, size: '320x180' };

let folder = '';
beforeAll(async () => {
  ({ folder } = await testProject());
});

async function overlay(name: string, drawing: Drawing, at: Partial<Overlay> = {}): Promise<Overlay> {
  const path = join(folder, `${name}.rgba`);
  await fs.writeFile(path, drawing.rgba);
  return { path, identity: name, fromFrame: 0, toFrame: 30, fadeFrames: 0, ...at };
}

/** Where a drawing shows anything, as shares of the frame. */
function bounds(drawing: Drawing) {
  const { left, right, top, bottom } = inkOf(drawing);
  const { width, height } = drawing;
  return { left: left / width, right: right / width, top: top / height, bottom: bottom / height };
}

describe('drawn text stays inside what every screen shows', () => {
  const long =
    'Three days later, on the wall above the harbour, where nobody had been since the flood of that year. '.repeat(
      2,
    );
  test.each([16 / 9, 9 / 16, 1, 2.39])('at the shape %d', async shape => {
    const width = 2 * Math.round(Math.sqrt(57_600 * shape) / 2);
    const frame = { width, height: 2 * Math.round(width / shape / 2), fonts: [] };
    const lower = {
      title: long.slice(0, 120),
      subtitle: 'Größe, Ærø, Łódź, Ελλάδα, Тишина',
      startSeconds: 0,
      durationSeconds: 1,
      path: [],
    };
    for (const drawing of [
      await drawCaption(long, frame),
      await drawLowerThird(lower, frame),
      await drawWatermark('Confidential', 'top-right', 0.5, frame),
    ]) {
      const { left, right, top, bottom } = bounds(drawing);
      expect(Math.min(left, top)).toBeGreaterThan(0.03);
      expect(Math.max(right, bottom)).toBeLessThan(0.97);
    }
  });

  test('what no font can write is told', async () => {
    expect(await missingGlyphs('Größe, Тишина, Ελλάδα, tiếng Việt — “1977” …', [])).toEqual([]);
    expect(await missingGlyphs('a 三日後', [])).toEqual(['三', '日', '後']);
  });
});

describe('text over a shot', () => {
  test('comes and goes at its frames, in every piece of the shot, and leaves the others alone', async () => {
    const white: Drawing = { ...SIZE, rgba: Buffer.alloc(320 * 180 * 4, 255) };
    const from = await overlay('white', white, { fromFrame: 10, toFrame: 24, fadeFrames: 2 });
    const { file, facts } = await cutOf(
      [GREY, { ...GREY, overlays: [from], transition: { type: 'dissolve', durationSeconds: 0.4 } }, GREY],
      { format: SIZE },
    );
    expect(facts.frameCount).toBe(78);
    const bright = async (frame: number) => (await frameOf(file, frame))[0]?.[0] ?? 0;
    const start = 18; // the second shot begins here, and dissolves until frame 30
    for (const [at, lit] of [
      [0, false],
      [start + 9, false],
      [start + 13, true],
      [start + 21, true],
      [start + 24, false],
      [70, false],
    ] as const)
      expect([at, (await bright(at)) > 200]).toEqual([at, lit]);
    // The dissolve itself shows it too, as far as it has come.
    expect(await bright(start + 11)).toBeGreaterThan(140);
  });

  test('the running timecode is that of the film, frame by frame, across pieces', async () => {
    const cell = { width: 12, height: 20 };
    const path = join(folder, 'figures.rgba');
    await fs.writeFile(path, (await drawFigures(cell)).rgba);
    const timecode = { path, identity: 'figures', cellWidth: cell.width, cellHeight: cell.height };
    const cut = async (parts: readonly Part[]) => await cutOf(parts, { format: { ...SIZE, timecode } });
    const whole = await cut([{ ...GREY, seconds: 2 }]);
    const pieces = await cut([
      GREY,
      { ...GREY, transition: { type: 'dissolve', durationSeconds: 0.2 } },
      { ...GREY, seconds: 0.2 },
    ]);
    // The same frame of the film shows the same figures, however it is cut.
    for (const frame of [0, 9, 25, 30, 53, 59]) {
      const [one, other] = [
        await frameOf(whole.file, frame, 320, 180),
        await frameOf(pieces.file, frame, 320, 180),
      ];
      const differs = one.filter(([red], at) => Math.abs(red - (other[at]?.[0] ?? 0)) > 60).length;
      expect([frame, differs]).toEqual([frame, 0]);
    }
    const corner = async (frame: number) =>
      (await frameOf(whole.file, frame, 320, 180))
        .filter((_, at) => at % 320 > 160 && at < 320 * 32)
        .map(([red]) => red > 128);
    expect(await corner(9)).not.toEqual(await corner(10));
    expect(await corner(10)).not.toEqual(await corner(40));
  });

  test('a logo at the top stands below the burn-in', async () => {
    const logo = join(folder, 'logo.png');
    await fs.writeFile(logo, await drawPng(box({ width: 40, height: 40, background: '#fff' }), 40, 40));
    const first = async (dropPixels: number) => {
      const over = { path: logo, identity: 'logo', position: 'top-left', opacity: 1, dropPixels } as const;
      const { file } = await cutOf([{ ...GREY, seconds: 0.2 }], { format: { ...SIZE, logo: over } });
      const column = (await frameOf(file, 2, 320, 180)).filter((_, at) => at % 320 === 24);
      return column.findIndex(([red]) => red > 200);
    };
    expect((await first(14)) - (await first(0))).toBe(14);
  });

  test('a changed caption redoes its own shot, and gives the same bytes again', async () => {
    const one = await overlay('one', await drawCaption('One', FRAME));
    const two = await overlay('two', await drawCaption('Two', FRAME));
    const parts = [GREY, { ...GREY, overlays: [one] }, GREY];
    const { folder: own } = await testProject();
    const first = await cutOf(parts, { format: SIZE, folder: own });
    const bytes = await digest(first.file);
    const changed = await cutOf([GREY, { ...GREY, overlays: [two] }, GREY], {
      format: SIZE,
      folder: first.folder,
    });
    expect(changed.result).toMatchObject({ encoded: 1, soundEncoded: false });
    const again = await cutOf(parts, { format: SIZE, folder: first.folder });
    expect([again.result.encoded, await digest(again.file)]).toEqual([0, bytes]);
  });
});
