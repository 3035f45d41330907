import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawCard } from '../../src/cut/draw-card.ts';
import { drawSlate } from '../../src/cut/draw-leader.ts';
import { drawWatermark, NOTHING, type Over } from '../../src/cut/draw-mark.ts';
import { drawCaption, drawFigures, drawLowerThird, drawSlug } from '../../src/cut/draw-text.ts';
import { burnInHeight, figureCell, logoSide } from '../../src/cut/text-frame.ts';
import type { Drawing } from '../../src/media/draw.ts';
import type { CardText, Corner, LowerThird } from '../../src/storyboard/storyboard.ts';
import { type Bounds, inkOf, lettersAndPlate, RIGHT_TO_LEFT_FONTS, seenOnWhite } from '../support/drawn.ts';

const SIZES: [string, number, number][] = [
  ['16:9', 640, 360],
  ['9:16', 360, 640],
  ['1:1', 480, 480],
];
const LONG_WORD = 'Rechtsschutzversicherungsgesellschaften';
const SENTENCE = 'Three days later, on the wall above the harbour where nobody had been since the flood.';

function lowerThird(title: string, subtitle: string | null = null): LowerThird {
  return { title, subtitle, startSeconds: 0, durationSeconds: 1, path: [] };
}

function card(title: string, fields: Partial<CardText> = {}): CardText {
  return { title, subtitle: null, style: 'centre', color: null, background: null, ...fields };
}

/** A text, or a logo, over the whole film. */
function mark(position: Corner, text: string | null = 'Confidential', burnIn = false): Over {
  return { mark: { text, position }, burnIn };
}

/** Is inside what every screen shows. */
function expectSafe({ left, right, top, bottom }: Bounds, [width, height]: [number, number]): void {
  expect(left).toBeGreaterThanOrEqual(0.04 * width);
  expect(right).toBeLessThanOrEqual(0.96 * width);
  expect(top).toBeGreaterThanOrEqual(0.04 * height);
  expect(bottom).toBeLessThanOrEqual(0.96 * height);
}

describe.each(SIZES)('at %s', (_, width, height) => {
  const frame = { width, height, fonts: [] };
  const size: [number, number] = [width, height];

  test('a lower third stands above the caption, and both above a mark at the foot', async () => {
    for (const position of ['bottom-left', 'bottom-right'] as const) {
      const over = mark(position);
      const lowest = inkOf(await drawWatermark('Confidential', position, 0.6, frame));
      const caption = inkOf(await drawCaption(SENTENCE, frame, over));
      const third = inkOf(
        await drawLowerThird(lowerThird('The harbour', '1977, before the flood'), frame, SENTENCE, over),
      );
      for (const bounds of [lowest, caption, third]) expectSafe(bounds, size);
      expect(caption.bottom).toBeLessThan(lowest.top);
      expect(third.bottom).toBeLessThan(caption.top);
    }
  });

  test('a logo at the foot is left free too; what is elsewhere moves nothing', async () => {
    const logo = height * 0.95 - logoSide(frame);
    expect(inkOf(await drawCaption(SENTENCE, frame, mark('bottom-right', null))).bottom).toBeLessThan(logo);
    const plain = await drawCaption(SENTENCE, frame);
    for (const position of ['top-left', 'top-right', 'centre'] as const)
      expect((await drawCaption(SENTENCE, frame, mark(position))).rgba.equals(plain.rgba)).toBe(true);
  });

  test('the burn-in keeps one line at the top, and a mark there stands below it', async () => {
    const name = 'harbour-at-dawn/arrival-of-the-salt-fleet · take 2';
    const slug = inkOf(await drawSlug(name, frame));
    const short = inkOf(await drawSlug('a · take 1', frame));
    expectSafe(slug, size);
    expect(slug.bottom).toBeLessThan(height * 0.05 + burnInHeight(frame));
    expect(slug.bottom - slug.top).toBeLessThanOrEqual(short.bottom - short.top);
    for (const position of ['top-left', 'top-right'] as const) {
      const top = inkOf(await drawWatermark('Confidential', position, 0.6, frame, true));
      expect(top.top).toBeGreaterThan(Math.max(slug.bottom, short.bottom));
      expectSafe(top, size);
    }
  });

  test('a slate is all there, however much it says, clear of the burn-in and of a mark', async () => {
    const title = 'A rather long working title of a film that goes on for two whole lines of the slate';
    const lines = ['Director', 'Producer', 'Editor', 'Agency', 'Client', 'File', 'Length', 'Sound'].map(
      label => ({ label, text: SENTENCE }),
    );
    for (const position of ['top-right', 'bottom-left'] as const) {
      const over = mark(position, 'Confidential\nDo not share', true);
      const drawn = inkOf(await drawSlate({ title, lines, over }, frame), 'plain');
      expectSafe(drawn, size);
      expect(drawn.top).toBeGreaterThan(height * 0.05 + burnInHeight(frame));
      const beside = inkOf(await drawWatermark('Confidential\nDo not share', position, 0.6, frame, true));
      if (position === 'top-right') expect(drawn.top).toBeGreaterThan(beside.bottom);
      else expect(drawn.bottom).toBeLessThan(beside.top);
    }
  });

  test('a word that is longer than its line is set smaller, and nothing of it is lost', async () => {
    for (const style of ['centre', 'left', 'small'] as const) {
      const text = card(LONG_WORD, { style, subtitle: `${LONG_WORD}-und-${LONG_WORD}` });
      expectSafe(inkOf(await drawCard(text, width, height, '#14202b'), 'plain'), size);
    }
    const third = inkOf(await drawLowerThird(lowerThird(LONG_WORD, 'und mehr'), frame));
    expectSafe(third, size);
    expect(third.right - third.left).toBeLessThan(0.72 * width);
    const lines = inkOf(await drawCaption(LONG_WORD, frame));
    expectSafe(lines, size);
    const slate = { title: LONG_WORD, lines: [], over: NOTHING };
    expect(inkOf(await drawSlate(slate, frame), 'plain').right).toBeLessThan(0.95 * width);
  });

  test('what is too long even when it is small is broken', async () => {
    const endless = 'x'.repeat(400);
    expectSafe(inkOf(await drawCard(card(endless), width, height, '#14202b'), 'plain'), size);
    expectSafe(inkOf(await drawCaption(endless.slice(0, 200), frame)), size);
    expectSafe(inkOf(await drawLowerThird(lowerThird(endless.slice(0, 120)), frame)), size);
  });

  test('a line break of the author is one, in cards, captions and lower thirds', async () => {
    const tall = ({ top, bottom }: Bounds) => bottom - top;
    const [one, three] = ['Mira Bo Ana', 'Mira\nBo\n\nAna\n'];
    const drawings = async (text: string) => [
      inkOf(await drawCard(card(text), width, height, '#14202b'), 'plain'),
      inkOf(await drawCard(card('x', { subtitle: text, style: 'small' }), width, height, '#14202b'), 'plain'),
      inkOf(await drawCaption(text, frame)),
      inkOf(await drawLowerThird(lowerThird('x', text), frame)),
    ];
    const [short, long] = [await drawings(one), await drawings(three)];
    for (const [index, bounds] of long.entries()) {
      expect(tall(bounds)).toBeGreaterThan(tall(short[index] as Bounds) + 3);
      expectSafe(bounds, size);
    }
  });
});

/** Has all of its letters on its plate. */
function expectOnPlate(drawing: Drawing): void {
  const { letters, plate } = lettersAndPlate(drawing);
  expect(letters.top).toBeGreaterThan(plate.top);
  expect(letters.bottom).toBeLessThan(plate.bottom);
  expect(letters.right).toBeLessThan(plate.right);
}

describe('a plate is around all of its words', () => {
  test.each([1280, 1920])('of a name and what goes with it, %d pixels wide', async width => {
    const subtitle = 'Director of photography, second unit, Tel Aviv and Jaffa harbour';
    const frame = { width, height: (width / 16) * 9, fonts: [] };
    expectOnPlate(await drawLowerThird(lowerThird('Mira Solen', subtitle), frame));
  });

  const word = fc.constantFrom(...SENTENCE.split(' '), 'Mira', 'Bo', 'harbours');
  // Most have a line or two: where one hardly fits is where it may be broken in another place than was measured.
  const text = (most: number) =>
    fc.array(word, { minLength: 1, maxLength: most, size: 'max' }).map(words => words.join(' '));
  const side = fc.integer({ min: 100, max: 330 }).map(half => 2 * half);

  test('of any words at any size', async () => {
    await fc.assert(
      fc.asyncProperty(text(7), text(14), side, side, async (title, subtitle, width, height) => {
        const frame = { width, height, fonts: [] };
        expectOnPlate(await drawLowerThird(lowerThird(title, subtitle), frame));
        expectOnPlate(await drawCaption(subtitle, frame));
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

test('a lower third of a script that runs from right to left stands on the right', async () => {
  const frame = { width: 640, height: 360, fonts: RIGHT_TO_LEFT_FONTS };
  expect(inkOf(await drawLowerThird(lowerThird('מלח', 'הים'), frame)).left).toBeGreaterThan(320);
  expect(inkOf(await drawLowerThird(lowerThird('Salt', 'הים'), frame)).right).toBeLessThan(320);
});

test('a line of a slate that runs from right to left stands beside its label', async () => {
  const frame = { width: 640, height: 360, fonts: RIGHT_TO_LEFT_FONTS };
  const slate = { title: 'x', lines: [{ label: 'במאי', text: 'מירה' }], over: NOTHING };
  expect(inkOf(await drawSlate(slate, frame), 'plain').right).toBeLessThan(320);
});

test('the lines of a mark at the right end there', async () => {
  const frame = { width: 640, height: 360, fonts: [] };
  const drawn = await drawWatermark('Confidential\nDo', 'bottom-right', 0.6, frame);
  const last = 330;
  const below = { ...drawn, height: 360 - last, rgba: drawn.rgba.subarray(4 * 640 * last) };
  expect(inkOf(below).right).toBeGreaterThan(0.945 * 640);
});

test('whatever is written over a picture, none of it lies over another', async () => {
  const word = fc.constantFrom(...SENTENCE.split(' '));
  const text = (most: number) =>
    fc.array(word, { minLength: 1, maxLength: most, size: 'max' }).map(words => words.join(' '));
  const position = fc.constantFrom('top-left', 'top-right', 'bottom-left', 'bottom-right');
  const shape = fc.constantFrom<[number, number]>([640, 360], [480, 480], [360, 640], [640, 268]);
  const fields = {
    ...{ shape, position, caption: text(60), title: text(35), subtitle: text(35) },
    ...{ written: text(35), burnIn: fc.boolean() },
  };
  await fc.assert(
    fc.asyncProperty(fc.record(fields), async ({ shape, caption, title, subtitle, ...film }) => {
      const [width, height] = shape;
      const frame = { width, height, fonts: [] };
      const over = mark(film.position, film.written, film.burnIn);
      const place = inkOf(await drawWatermark(film.written, film.position, 1, frame, film.burnIn));
      const lines = inkOf(await drawCaption(caption, frame, over));
      const third = inkOf(await drawLowerThird(lowerThird(title, subtitle), frame, caption, over));
      for (const bounds of [place, lines, third]) expectSafe(bounds, [width, height]);
      expect(third.bottom).toBeLessThan(lines.top);
      if (film.position.startsWith('top')) expect(third.top).toBeGreaterThan(place.bottom);
      else expect(lines.bottom).toBeLessThan(place.top);
      if (film.burnIn) expect(third.top).toBeGreaterThan(height * 0.05 + burnInHeight(frame) - 2);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('the bar of a lower third and the letters of a mark are seen on a white picture', async () => {
  const frame = { width: 640, height: 360, fonts: [] };
  const third = await drawLowerThird(lowerThird('Mira'), frame);
  expect(seenOnWhite(third).left).toBeLessThan(lettersAndPlate(third).plate.left - 2);
  const drawn = seenOnWhite(await drawWatermark('Confidential', 'top-right', 0.5, frame));
  expect(drawn.right - drawn.left).toBeGreaterThan(60);
});

test('a card at the left whose script runs from right to left stands at the right, with all of its lines', async () => {
  const of = async (title: string, subtitle: string) =>
    inkOf(
      await drawCard(card(title, { style: 'left', subtitle }), 640, 360, '#14202b', RIGHT_TO_LEFT_FONTS),
      'plain',
    );
  for (const { left, right } of [await of('מלח', 'הים'), await of('מלח', 'Salt\nהים')]) {
    expect(left).toBeGreaterThan(320);
    expect(Math.abs(right - 0.9 * 640)).toBeLessThan(4);
  }
  expect((await of('Salt', 'הים')).right).toBeLessThan(320);
});

test('a block of credits can be read at small sizes', async () => {
  const credits = card('x', { style: 'small', subtitle: 'Mira — J. Vale' });
  const { left, right } = inkOf(await drawCard(credits, 320, 180, '#14202b'), 'plain');
  expect(right - left).toBeGreaterThan(60);
});

test('the smallest of films has a timecode too', async () => {
  const cell = figureCell({ width: 10, height: 10 });
  expect(cell).toEqual({ width: 2, height: 2 });
  expect(await drawFigures(cell)).toMatchObject({ width: 2, height: 2 * 11 });
});
