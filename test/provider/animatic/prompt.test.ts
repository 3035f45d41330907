import { expect, test } from 'vitest';
import { splitWords } from '../../../src/provider/animatic/prompt.ts';

const marked = (text: string, names: string[]) =>
  splitWords(text, names)
    .map(parts => parts.map(({ text, isName }) => (isName ? `<${text}>` : text)).join(''))
    .join(' ');

test('names of references are marked, with nothing of the punctuation around them', () => {
  expect(marked("mira hands bo's hat to (mira), twice", ['mira', 'bo'])).toBe(
    "<mira> hands <bo>'s hat to (<mira>), twice",
  );
});

test('a name inside another word is no name', () => {
  expect(marked('bob and admira, bo-peep', ['bo', 'mira'])).toBe('bob and admira, bo-peep');
});

test('the longer of two names that begin alike wins', () => {
  expect(marked('salt-road and salt', ['salt', 'salt-road'])).toBe('<salt-road> and <salt>');
});

test('a name is text, not a pattern, and may be in any script', () => {
  expect(marked('a.c abc мира', ['a.c', 'мира', ''])).toBe('<a.c> abc <мира>');
});
