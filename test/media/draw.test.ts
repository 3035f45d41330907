import { promises as fs } from 'node:fs';
import { expect, test } from 'vitest';
import { box, draw, drawable, drawPng, measureHeight, missingGlyphs } from '../../src/media/draw.ts';
import { FONT_FAMILY, fontsFor } from '../../src/media/fonts.ts';
import { RIGHT_TO_LEFT_FONTS } from '../support/drawn.ts';
import { testProject } from '../support/project.ts';

const line = (text: string) =>
  box(
    { width: 240, height: 40, background: '#000', color: '#fff', fontFamily: FONT_FAMILY, fontSize: 24 },
    text,
  );

test('a drawing has exactly the size that was asked for, and is opaque', async () => {
  const { width, height, rgba } = await draw(line('Harbour, dawn'), 240, 40);
  expect([width, height, rgba.length]).toEqual([240, 40, 240 * 40 * 4]);
  expect(new Set(rgba.filter((_, index) => index % 4 === 3))).toEqual(new Set([255]));
  expect(Math.max(...rgba.filter((_, index) => index % 4 === 0))).toBe(255);
});

test('the same drawing gives the same bytes', async () => {
  const [first, second] = [await drawPng(line('mira'), 240, 40), await drawPng(line('mira'), 240, 40)];
  expect(first.equals(second)).toBe(true);
  expect(first.equals(await drawPng(line('bo'), 240, 40))).toBe(false);
});

test.each([
  ['Chinese', '你好', '••'],
  ['an emoji', '🎬', '•'],
  ['Arabic', 'نعم', '•••'],
])('%s, which no font of ours has, becomes a neutral mark', async (_, text, marks) => {
  const drawing = await draw(line(`a ${text} b`), 240, 40);
  expect(drawing.rgba.equals((await draw(line(`a ${marks} b`), 240, 40)).rgba)).toBe(true);
});

test('Cyrillic, Greek and Vietnamese are drawn in the face itself', async () => {
  for (const text of ['Под краном', 'αλμυρή', 'Đường muối']) {
    const marks = text.replace(/\S/g, '•');
    const [drawn, replaced] = [await draw(line(text), 240, 40), await draw(line(marks), 240, 40)];
    expect(drawn.rgba.equals(replaced.rgba)).toBe(false);
  }
});

test('only the fonts that a text needs are read', async () => {
  const families = async (text: string) => [...new Set((await fontsFor(text)).map(({ name }) => name))];
  expect(await families('Harbour')).toEqual(['Inter']);
  expect(await families('Гавань')).toEqual(['Inter', 'Inter cyrillic']);
  expect(await families('Ἀ')).toEqual(['Inter', 'Inter greek-ext']);
  expect(await fontsFor('one')).toBe(await fontsFor('two'));
});

test('a font of the author that was replaced is read again', async () => {
  const [arabic = '', hebrew = ''] = RIGHT_TO_LEFT_FONTS;
  const { path } = await testProject();
  const own = path('own.woff');
  await fs.copyFile(arabic, own);
  expect(await missingGlyphs('\u05d0', [own])).toEqual(['\u05d0']);
  await fs.copyFile(hebrew, own);
  expect(await missingGlyphs('\u05d0', [own])).toEqual([]);
});

test('text that wraps measures taller', async () => {
  const paragraph = (text: string) =>
    box({ width: 200, display: 'block', fontFamily: FONT_FAMILY, fontSize: 20, lineHeight: 1.5 }, text);
  expect(await measureHeight(paragraph('short'), 200)).toBe(30);
  expect(await measureHeight(paragraph('long enough for three lines, or nearly so'), 200)).toBeGreaterThan(
    60,
  );
});

test('what cannot be seen or reorders text is taken out, white space becomes one space', () => {
  expect(drawable('  ok\u0007\u001b[31m\u202Eevil\u2066\u200b \n\t end\u0085 ')).toBe('ok[31mevil end');
  expect(drawable('e\u0301')).toBe('é');
  expect(drawable('half \ud83c pair')).toBe('half \ufffd pair');
});
