import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ClippingWatch } from './clipping.ts';

/** A clip that came cut off reaches full scale, and no further. */
const NEARLY_FULL = 32_765;

/** -70 dBFS: what is softer counts as nothing when loudness is measured (ITU-R BS.1770), and nobody hears it. */
const SILENT = 32_768 * 10 ** (-70 / 20);

/** What is read at once. */
const BLOCK_SAMPLES = 256 * 1024;

interface Listened {
  readonly sha256: string;
  readonly silent: boolean;
  /** Nothing but zeros. */
  readonly empty: boolean;
  readonly clippedSample: number | null;
  readonly samples: number;
}

/** Reads it once: its digest, its length, whether there is nothing to hear, and where it is cut off at full scale. */
export async function listen(
  file: string,
  channels: number,
): Promise<Listened & { [field: string]: string | number | boolean | null }> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(BLOCK_SAMPLES * channels * 2);
    let [silent, empty] = [true, true];
    const clipping = new ClippingWatch(NEARLY_FULL, channels);
    for (let done = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) {
        const clippedSample = clipping.spans[0]?.start ?? null;
        return { sha256: hash.digest('hex'), silent, empty, clippedSample, samples: done };
      }
      hash.update(buffer.subarray(0, bytesRead));
      const values = new Int16Array(buffer.buffer, buffer.byteOffset, bytesRead >> 1);
      empty &&= values.every(value => value === 0);
      silent &&= values.every(value => Math.abs(value) <= SILENT);
      clipping.listen(values, done);
      done += values.length / channels;
    }
  } finally {
    await handle.close();
  }
}
