import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import type { Key, Sha256 } from '../../src/plan/key.ts';
import { formatLock, type LockedTake, parseLock } from '../../src/store/lock-file.ts';
import { readLockLines } from '../../src/store/lock-lines.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const locked: fc.Arbitrary<LockedTake> = fc.record({
  key: hex as fc.Arbitrary<Key>,
  clip: hex as fc.Arbitrary<Sha256>,
  seed: fc.nat(),
  // A line of YAML does not end at U+2028, though one of a regular expression does.
  model: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('a\u2028b')),
  prediction: fc.option(fc.string()),
  cost: fc.constantFrom('0.7', '1'),
});
const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '1', 'null', 'shots'));
const takes = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 200 }), locked), {
  minLength: 1,
  maxLength: 3,
  selector: ([take]) => take,
});
const lock = fc.record({
  shots: fc
    .uniqueArray(fc.tuple(name, takes), { maxLength: 6, selector: ([id]) => id })
    .map(shots => new Map(shots.map(([id, own]) => [id, new Map(own)]))),
  films: fc
    .uniqueArray(fc.tuple(name, fc.record({ sha256: hex as fc.Arbitrary<Sha256>, ffmpeg: fc.string() })), {
      maxLength: 2,
      selector: ([id]) => id,
    })
    .map(films => new Map(films)),
  references: fc
    .uniqueArray(fc.tuple(name, hex as fc.Arbitrary<Sha256>), { maxLength: 2, selector: ([url]) => url })
    .map(references => new Map(references)),
});

test('what we write is read line by line, and says what was written', () => {
  fc.assert(
    fc.property(lock, written => {
      const text = formatLock(written);
      expect(readLockLines(text)).not.toBeNull();
      expect(parseLock('reel.lock.yaml', text)).toEqual(written);
    }),
  );
});

test('whatever is read line by line, a YAML parser reads the same; the rest is left to it', () => {
  const junk = fc.constantFrom(
    '',
    '  ',
    '# note',
    '<<<<<<< ours',
    '    1:',
    '  "a":',
    'version: 2',
    '- x',
    '...',
  );
  const edit = fc.record({
    at: fc.nat(),
    what: fc.constantFrom('drop', 'double', 'indent', 'outdent', 'word', 'insert', 'comment'),
    junk,
  });
  let alike = 0;
  fc.assert(
    fc.property(lock, fc.array(edit, { minLength: 1, maxLength: 3 }), (written, edits) => {
      const lines = formatLock(written).split('\n');
      for (const { at, what, junk } of edits) {
        const index = at % lines.length;
        const line = lines[index] ?? '';
        const edited = {
          drop: [],
          double: [line, line],
          indent: [`  ${line}`],
          outdent: [line.replace(/^ {2}/, '')],
          word: [line.replaceAll('"', '')],
          insert: [junk, line],
          comment: [`${line} # why`],
        }[what];
        lines.splice(index, 1, ...edited);
      }
      const text = lines.join('\n');
      const read = readLockLines(text);
      if (read === null) return;
      alike++;
      const document = parseDocument(text, { version: '1.2', prettyErrors: false, logLevel: 'silent' });
      expect(document.errors).toEqual([]);
      // Nothing after a colon is null to YAML, and nothing inside to us: whoever reads it sees the same.
      const plain = (value: unknown) => JSON.stringify(value).replaceAll('{}', 'null');
      expect(plain(read)).toBe(plain(document.toJS()));
    }),
    { numRuns: 300 },
  );
  expect(alike).toBeGreaterThan(10);
});
