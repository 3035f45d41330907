import { expect, test } from 'vitest';
import { beginsAnew } from '../../src/media/h264-beginning.ts';

const [PLAIN, IDR, SEI, SPS, PPS, DELIMITER] = [0x41, 0x65, 0x06, 0x67, 0x68, 0x09];
const [SPS_BYTES, PPS_BYTES] = [
  [SPS, 100, 0, 31],
  [PPS, 0xeb],
];

/** With lengths of so many bytes before the units of a sample. */
const configuration = (lengthBytes: number) =>
  Buffer.from([1, 100, 0, 31, 0xfc + lengthBytes - 1, 0xe1, 0, 4, ...SPS_BYTES, 1, 0, 2, ...PPS_BYTES]);

test.each<[string, number[][], boolean]>([
  ['a frame that needs no other', [[IDR, 1]], true],
  [
    'one behind what tells of it',
    [
      [DELIMITER, 16],
      [SEI, 1, 2],
      [IDR, 1],
    ],
    true,
  ],
  [
    'one that may need others',
    [
      [DELIMITER, 16],
      [SEI, 1, 2],
      [PLAIN, 1],
    ],
    false,
  ],
  ['the same configuration', [SPS_BYTES, PPS_BYTES, [IDR, 1]], true],
  ['another one', [[SPS, 100, 0, 40], PPS_BYTES, [IDR, 1]], false],
  ['the start of the same', [SPS_BYTES.slice(0, 3), [IDR, 1]], false],
  ['no frame at all', [[SEI, 1, 2]], false],
  ['nothing', [], false],
])('a sample that begins with %s', (_, units, begins) => {
  for (const lengthBytes of [2, 4]) {
    const sample = Buffer.concat(
      units.map(unit => {
        const length = Buffer.alloc(lengthBytes);
        length.writeUIntBE(unit.length, 0, lengthBytes);
        return Buffer.concat([length, Buffer.from(unit)]);
      }),
    );
    expect(beginsAnew(sample, configuration(lengthBytes))).toBe(begins);
  }
});

test('what tells of a frame for longer than is read is not waited for', () => {
  const head = Buffer.alloc(16, SEI);
  head.writeUInt32BE(100_000);
  expect(beginsAnew(head, configuration(4))).toBe(false);
});
