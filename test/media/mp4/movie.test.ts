import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trackOf } from '../../../src/media/mp4/movie.ts';
import { makeClip, testProject } from '../../support/project.ts';
import { wrongHeaders } from '../../support/wrong-header.ts';

test.each([[], ['-movflags', '+faststart']])('a clip says where its frames lie %s', async (...output) => {
  const { folder } = await testProject();
  const clip = await makeClip(join(folder, 'clip.mp4'), { seconds: 0.5, output: ['-bf', '2', ...output] });
  const { timescale, samples, edits } = trackOf(clip, 'vide');
  expect([timescale, samples.sizes.length, samples.sync?.[0]]).toEqual([15360, 15, 1]);
  expect(edits).toEqual([{ length: 0.5, mediaTime: samples.delays?.[0], rate: 1 }]);
  const bytes = await fs.readFile(clip);
  // Each is units of H.264 with their lengths before them.
  for (const [index, offset] of samples.offsets.entries()) {
    let at = offset;
    const end = offset + (samples.sizes[index] ?? 0);
    while (at < end) at += 4 + bytes.readUInt32BE(at);
    expect([index, at]).toEqual([index, end]);
  }
});

test('of a header with wrong bytes nothing comes but frames, or a refusal', async () => {
  const { folder, write } = await testProject();
  const bytes = await fs.readFile(await makeClip(join(folder, 'clip.mp4'), { seconds: 0.2 }));
  await fc.assert(
    fc.asyncProperty(wrongHeaders(bytes), async wrong => {
      const file = await write('wrong.mp4', wrong);
      let read: ReturnType<typeof trackOf>;
      try {
        read = trackOf(file, 'vide');
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      const { samples } = read;
      for (const [index, offset] of samples.offsets.entries())
        expect(offset + (samples.sizes[index] ?? 0)).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 300 },
  );
});

test.each(['', 'no movie at all, but text', '\0\0\0\x08moov'])(
  'what is no movie is refused: %j',
  async text => {
    const { write } = await testProject();
    const file = await write('text.mp4', text);
    expect(() => trackOf(file, 'vide')).toThrow(RangeError);
  },
);
