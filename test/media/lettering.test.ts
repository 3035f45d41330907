import { describe, expect, test } from 'vitest';
import { box, type Drawing, draw, missingGlyphs } from '../../src/media/draw.ts';
import { FONT_FAMILY } from '../../src/media/fonts.ts';
import { directionOf, lettering, words } from '../../src/media/lettering.ts';
import { inkOf, RIGHT_TO_LEFT_FONTS } from '../support/drawn.ts';

const [WIDTH, HEIGHT] = [420, 40];

async function drawn(text: string, fonts = RIGHT_TO_LEFT_FONTS): Promise<Drawing> {
  const style = { color: '#fff', fontFamily: FONT_FAMILY, fontSize: 24 };
  const page = box({ width: WIDTH, height: HEIGHT, background: '#000', flexDirection: 'column' }, [
    words(style, text),
  ]);
  return await draw(page, WIDTH, HEIGHT, fonts);
}

/** How many pixels on the right of this column show another letter. One may stand a pixel further left or right. */
function differing(left: number, one: Drawing, other: Drawing): number {
  const at = ({ rgba }: Drawing, column: number, row: number) => rgba[4 * (row * WIDTH + column)] ?? 0;
  const counts = [-1, 0, 1].map(shift => {
    let count = 0;
    for (let row = 0; row < HEIGHT; row++)
      for (let column = left + 1; column < WIDTH - 1; column++)
        if (Math.abs(at(one, column, row) - at(other, column + shift, row)) > 180) count++;
    return count;
  });
  return Math.min(...counts);
}

describe('from right to left', () => {
  test.each([
    ['Arabic, with marks at its end', ['أين', 'أين الملح', 'أين الملح؟!']],
    ['Arabic, a number and a Latin word in brackets', ['مرحبا', 'مرحبا 123', 'مرحبا 123 (hello)']],
    [
      'Hebrew with a time, a share and a year',
      ['בשעה', 'בשעה 3:45', 'בשעה 3:45, 50% 60.', 'בשעה 3:45, 50% 60. (עולם)'],
    ],
    ['a Latin word at the end of a Hebrew sentence', ['הסרט', 'הסרט "hello"', 'הסרט "hello".']],
  ])('each word of %s stands to the left of the one before', async (_, steps) => {
    let before = await drawn(steps[0] ?? '');
    expect(inkOf(before, 'plain').right).toBeGreaterThan(WIDTH - 6);
    for (const step of steps.slice(1)) {
      const after = await drawn(step);
      const { left } = inkOf(before, 'plain');
      expect(inkOf(after, 'plain').left).toBeLessThan(left - 3);
      expect(differing(left, after, before), step).toBeLessThan(10);
      before = after;
    }
  });

  test('an English sentence with Hebrew in it goes on to the right', async () => {
    const [before, after] = [await drawn('She said "שלום!"'), await drawn('She said "שלום!" twice')];
    const { right } = inkOf(before, 'plain');
    expect(inkOf(after, 'plain').right).toBeGreaterThan(right + 20);
    const left = WIDTH - right - 1;
    expect(differing(left, mirrored(after), mirrored(before))).toBe(0);
  });

  test.each(['؟', '؛', '۔'])(
    'the sign %s after Arabic in an English line runs with the Arabic',
    async sign => {
      const line = `Ali: كيف حالك${sign}`;
      // An author could say so.
      expect((await drawn(line)).rgba.equals((await drawn(`${line}\u200f`)).rgba)).toBe(true);
    },
  );

  test('the first letter says where a text begins, and a mark of direction says it otherwise', () => {
    expect(
      ['hello עולם', '12 שלום hello', '(123)', '', '\u200fhello', '\u200eשלום'].map(directionOf),
    ).toEqual(['ltr', 'rtl', 'ltr', 'ltr', 'rtl', 'ltr']);
  });
});

describe('what cannot be seen', () => {
  test('what shapes letters is kept, what embeds and overrides is taken out, line breaks stay', async () => {
    expect(lettering(' می\u200cخواهم \u202eevil\u2066\u200b \r\n\n end\u2028x\u0007\n')).toBe(
      'می\u200cخواهم evil\n\nend\nx',
    );
    const marks = 'a\u200c\u200d\u200e\u200fb';
    expect(await missingGlyphs(`${marks}\nc`, [])).toEqual([]);
    expect((await drawn(marks, [])).rgba.equals((await drawn('ab', [])).rgba)).toBe(true);
  });

  test('a non-joiner keeps Persian letters apart', async () => {
    expect((await drawn('می\u200cخواهم')).rgba.equals((await drawn('میخواهم')).rgba)).toBe(false);
  });

  test('text without right-to-left letters is left as it is', () => {
    expect(words({}, 'It was (as he said) 3:45, “salt”!').props.children).toBe(
      'It was (as he said) 3:45, “salt”!',
    );
  });
});

function mirrored(drawing: Drawing): Drawing {
  const { rgba } = drawing;
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, WIDTH * HEIGHT);
  const result = new Uint32Array(pixels.length);
  for (const [at, pixel] of pixels.entries()) {
    const row = Math.floor(at / WIDTH);
    result[row * WIDTH + WIDTH - 1 - (at % WIDTH)] = pixel;
  }
  return { ...drawing, rgba: Buffer.from(result.buffer) };
}
