import { type FileHandle, open } from 'node:fs/promises';
import { BYTES_PER_SAMPLE, mixStretch, SAMPLE_RATE, type SoundPart } from './sound.ts';

/** A second at a time: memory stays the same for a film of any length. */
const STRETCH = SAMPLE_RATE;

/** Mixes parts into `samples` of raw 16-bit stereo. */
export async function mixToFile(
  parts: readonly SoundPart[],
  samples: number,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const inOrder = parts.filter(({ pcm }) => pcm !== null).sort((a, b) => a.startSample - b.startSample);
  const sources = new Map<string, FileHandle>();
  const read = async (pcm: string, fromSample: number, count: number): Promise<Int16Array> => {
    let source = sources.get(pcm);
    if (source === undefined) {
      source = await open(pcm, 'r');
      sources.set(pcm, source);
    }
    const buffer = Buffer.alloc(count * BYTES_PER_SAMPLE);
    await source.read(buffer, 0, buffer.length, fromSample * BYTES_PER_SAMPLE);
    return new Int16Array(buffer.buffer, buffer.byteOffset, count * 2);
  };
  const target = await open(file, 'w');
  let next = 0;
  let under: SoundPart[] = [];
  try {
    for (let start = 0; start < samples; start += STRETCH) {
      signal.throwIfAborted();
      const length = Math.min(STRETCH, samples - start);
      const ended = under.filter(({ endSample }) => endSample <= start);
      under = under.filter(({ endSample }) => endSample > start);
      for (; next < inOrder.length; next++) {
        const part = inOrder[next] as SoundPart;
        if (part.startSample >= start + length) break;
        under.push(part);
      }
      for (const { pcm } of ended) {
        if (pcm === null || under.some(part => part.pcm === pcm)) continue;
        await sources.get(pcm)?.close();
        sources.delete(pcm);
      }
      const mixed = await mixStretch(under, start, length, read);
      await target.write(Buffer.from(mixed.buffer, mixed.byteOffset, mixed.byteLength));
    }
  } finally {
    await target.close();
    for (const source of sources.values()) await source.close();
  }
}
