import { promises as fs } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { box, boxesIn, needBody, rewriteBody } from '../../../src/media/mp4/boxes.ts';
import { trackOf } from '../../../src/media/mp4/movie.ts';
import { chunkBoxes, sampleBoxes } from '../../../src/media/mp4/samples.ts';
import { shownOf } from '../../../src/media/mp4/shown.ts';
import { probe } from '../../../src/media/probe.ts';
import { makeClip, testProject } from '../../support/project.ts';
import { wrongHeaders } from '../../support/wrong-header.ts';

const STBL = ['trak', 'mdia', 'minf', 'stbl'];

test('frames of more than an hour at 60 a second are counted', async () => {
  const { path, write } = await testProject();
  const output = ['-frames:v', '1', '-use_editlist', '0'];
  const made = await makeClip(path('made.mp4'), { tone: null, seconds: 0.1, rate: '60', output });
  const { samples } = trackOf(made, 'vide');
  const count = 60 * 3600 + 1;
  // All are the same frame: each is a chunk of its own, at the same place.
  const repeated = {
    sizes: new Uint32Array(count).fill(samples.sizes[0] as number),
    durations: new Uint32Array(count).fill(256),
    delays: null,
    sync: null,
  };
  const places = chunkBoxes(Array(count).fill(1), Array(count).fill(samples.offsets[0]), false);
  const long = boxesIn(await fs.readFile(made)).map(({ type, body }) => {
    if (type !== 'moov') return box(type, body);
    const described = (stbl: Buffer) => box('stsd', needBody(stbl, 'stsd'));
    const table = [...sampleBoxes({ ...repeated, offsets: new Float64Array(count) }), ...places];
    return box(
      type,
      rewriteBody(body, STBL, stbl => Buffer.concat([described(stbl), ...table])),
    );
  });
  const file = await write('long.mp4', Buffer.concat(long));
  expect(await probe(file)).toMatchObject({ frameCount: count, durationSeconds: count / 60 });
});

test('of a header with wrong bytes nothing comes but numbers, or a refusal', async () => {
  const { path, write } = await testProject();
  const bytes = await fs.readFile(await makeClip(path('clip.mp4'), { seconds: 0.2, tone: null }));
  await fc.assert(
    fc.asyncProperty(wrongHeaders(bytes), async wrong => {
      const file = await write('wrong.mp4', wrong);
      try {
        const { frames } = shownOf(file);
        expect(frames).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 300 },
  );
});
