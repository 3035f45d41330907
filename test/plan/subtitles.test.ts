import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cuesOf, toSrt, toVtt } from '../../src/plan/subtitles.ts';
import { layOut } from '../../src/plan/timeline.ts';
import type { Line } from '../../src/storyboard/storyboard.ts';

const FPS = { numerator: 25, denominator: 1 };

function line(text: string, fields: Partial<Line> = {}): Line {
  return { text, speaker: null, startSeconds: null, endSeconds: null, path: [], ...fields };
}

function timeline(lengths: readonly number[], dissolveSeconds = 0) {
  const shots = lengths.map((durationSeconds, index) => ({
    ...{ durationSeconds, startSeconds: 0, endSeconds: null, speed: 1, holdSeconds: 0 },
    transition: {
      type: dissolveSeconds > 0 && index > 0 ? 'dissolve' : 'cut',
      durationSeconds: index > 0 ? dissolveSeconds : 0,
      color: '#000000' as const,
      path: [],
    },
  }));
  return layOut(shots, { fps: FPS, fadeInSeconds: 0, fadeOutSeconds: 0 }).timeline;
}

describe('subtitles', () => {
  test('one line stays for its shot; several have the time that reading takes, or that they name', () => {
    const cues = cuesOf(timeline([4, 6]), [
      [line('Where is\n the salt?', { speaker: 'Mira' })],
      [line('Gone.'), line('All of it?', { startSeconds: 2, endSeconds: 3.5 }), line('All.')],
    ]);
    expect(cues).toEqual([
      { startSeconds: 0, endSeconds: 4, text: 'Mira: Where is\nthe salt?' },
      { startSeconds: 4, endSeconds: 5, text: 'Gone.' },
      { startSeconds: 6, endSeconds: 7.5, text: 'All of it?' },
      { startSeconds: 7.5, endSeconds: 10, text: 'All.' },
    ]);
    expect(toSrt(cues.slice(1, 2))).toBe('1\n00:00:04,000 --> 00:00:05,000\nGone.\n');
    expect(toVtt([{ startSeconds: 3661.5, endSeconds: 3662, text: 'a < b & c' }])).toBe(
      'WEBVTT\n\n01:01:01.500 --> 01:01:02.000\na &lt; b &amp; c\n',
    );
  });

  test('the author’s line breaks are kept, blank lines are not: they would end a subtitle', () => {
    const cues = cuesOf(timeline([4, 4]), [
      [line('Where is the salt?\n\n— Gone.\n', { speaker: 'Mira' })],
      [line('One\nTwo\r\nThree\u2028Four')],
    ]);
    expect(cues).toEqual([
      { startSeconds: 0, endSeconds: 4, text: 'Mira: Where is the salt?\n— Gone.' },
      { startSeconds: 4, endSeconds: 6, text: 'One\nTwo' },
      { startSeconds: 6, endSeconds: 8, text: 'Three\nFour' },
    ]);
  });

  test('a last word of a long line does not flash by', () => {
    const words = `${'forty letters and two are in such a line. '.repeat(2)}Gone.`;
    const cues = cuesOf(timeline([6]), [[line(words)]]);
    expect(cues).toHaveLength(2);
    expect((cues[1]?.endSeconds ?? 0) - (cues[1]?.startSeconds ?? 0)).toBeGreaterThan(0.9);
  });

  test('a text without blanks is broken between its words, and no line begins with what ends a sentence', () => {
    const text =
      'これはとても長い日本語の台詞であり、空白がないため行を分けることができません。「それでも」字幕は二行に収まるべきです！';
    const cues = cuesOf(timeline([8]), [[line(text, { speaker: 'ミラ' })]]);
    expect(cues.map(cue => cue.text.split('\n'))).toEqual([
      ['ミラ: これはとても長い日本語の台詞であり、', '空白がないため行を分けることができません。'],
      ['「それでも」字幕は二行に収まるべきです！'],
    ]);
    expect(cues[0]?.endSeconds).toBeCloseTo((8 * 83) / (83 + 40), 0);
  });

  test('letters are counted as they are seen: an accent is none, a Chinese one two, a long word is broken', () => {
    const texts = [
      'e\u0301'.repeat(42),
      '語'.repeat(21),
      'a'.repeat(50),
      '👩‍👩‍👧'.repeat(22),
      `${'ไทย'.repeat(13)}ไทยไทย`,
    ];
    const cues = texts.map(text => cuesOf(timeline([4]), [[line(text)]]));
    expect(
      cues.map(([cue]) => cue?.text.split('\n').map(one => [...new Intl.Segmenter().segment(one)].length)),
    ).toEqual([[42], [21], [42, 8], [21, 1], [42, 3]]);
  });

  test('for any text without blanks: at most two lines of 42, every letter there', () => {
    const letters = fc.constantFrom(
      ...('空白がない台詞はとても長くてカメラ字幕二行に収まるべきです。、」！ー你好世界海盐之路กขฟ안녕abc012'.match(
        /./gu,
      ) ?? []),
    );
    const words = fc.array(letters, { minLength: 1, maxLength: 200 }).map(all => all.join(''));
    fc.assert(
      fc.property(words, text => {
        const cues = cuesOf(timeline([9]), [[line(text)]]);
        const lines = cues.flatMap(cue => cue.text.split('\n'));
        expect(lines.join('')).toBe(text);
        for (const cue of cues) expect(cue.text.split('\n').length).toBeLessThanOrEqual(2);
        for (const one of lines) expect(stringWidth(one)).toBeLessThanOrEqual(42);
      }),
    );
  });

  test('a subtitle that stays for more than half an hour is several of the same text: a track has no room for it', () => {
    const cues = cuesOf(timeline([3600]), [[line('The sea.')]]);
    expect(cues).toEqual([
      { startSeconds: 0, endSeconds: 1800, text: 'The sea.' },
      { startSeconds: 1800, endSeconds: 3600, text: 'The sea.' },
    ]);
  });

  test('what players take for commands stays words, in SRT by a blank, in WebVTT by escapes', () => {
    const text = '{\\an8}{y:i}{salt} <i>gone</i> <Mira> 1 < 2';
    const cues = [{ startSeconds: 0, endSeconds: 1, text }];
    expect(toSrt(cues).split('\n')[2]).toBe('{ \\an8}{ y:i}{salt} <i>gone</i> < Mira> 1 < 2');
    expect(toVtt(cues).split('\n')[3]).toBe(
      '{\\an8}{y:i}{salt} &lt;i&gt;gone&lt;/i&gt; &lt;Mira&gt; 1 &lt; 2',
    );
  });

  test('for any dialogue and any cut: in order, none over another, none longer than two lines, every word there', () => {
    const words = fc.stringMatching(/^[a-zA-Z]{1,12}( [a-zA-Z,.]{1,12}){0,40}$/);
    const items = fc.array(fc.tuple(fc.integer({ min: 2, max: 9 }), fc.array(words, { maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(items, fc.constantFrom(0, 0.5), (shots, dissolve) => {
        const laid = timeline(
          shots.map(([seconds]) => seconds),
          dissolve,
        );
        const cues = cuesOf(
          laid,
          shots.map(([, texts]) => texts.map(text => line(text))),
        );
        const end = laid.frameCount / 25;
        for (const [index, cue] of cues.entries()) {
          expect(cue.startSeconds).toBeGreaterThanOrEqual(cues[index - 1]?.endSeconds ?? 0);
          expect(cue.endSeconds).toBeGreaterThan(cue.startSeconds);
          expect(cue.endSeconds).toBeLessThanOrEqual(end + 1e-9);
          const lines = cue.text.split('\n');
          expect(lines.length).toBeLessThanOrEqual(2);
          for (const one of lines) expect(one.length).toBeLessThanOrEqual(42);
        }
        // A shot with one line has the time for all of it.
        if (dissolve === 0 && shots.every(([, texts]) => texts.length === 1))
          expect(
            cues
              .map(({ text }) => text)
              .join(' ')
              .split(/\s+/),
          ).toEqual(shots.flatMap(([, texts]) => texts[0]?.split(/\s+/) ?? []));
      }),
    );
  });
});
