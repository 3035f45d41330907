import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { testFfmpeg } from '../support/project.ts';

// ffmpeg 5.1 ends well all the same where it is the last bytes that do not fit.
test.skipIf(!existsSync('/dev/full')).each([0.1, 4])(
  'a full disk is told after %d s of film',
  async seconds => {
    const writing = runFfmpeg(await testFfmpeg(), {
      inputs: [{ source: `testsrc2=s=64x36:r=30:d=${seconds}`, options: ['-f', 'lavfi'] }],
      output: ['-f', 'rawvideo'],
      file: '/dev/full',
    });
    await expect(writing).rejects.toMatchObject({
      code: 'disk-full',
      hint: expect.stringContaining('Free some space'),
    });
  },
);
