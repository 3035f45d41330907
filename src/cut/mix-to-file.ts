import { type FileHandle, open } from 'node:fs/promises';
import { ClippingWatch, type SampleSpan } from './clipping.ts';
import { F32, FULL_SCALE, mixStretch, S16, SAMPLE_RATE, type SampleFormat, type SoundPart } from './sound.ts';

/** A second at a time: memory stays the same for a film of any length. */
const STRETCH = SAMPLE_RATE;

/**
 * Mixes the samples `start` … `end` of the film into a file. Tells where that cuts it off at full scale: never in
 * floats, which have room above it.
 */
export async function mixToFile(
  parts: readonly SoundPart[],
  { start: first, end }: SampleSpan,
  file: string,
  format: SampleFormat,
  signal: AbortSignal,
): Promise<readonly SampleSpan[]> {
  const inOrder = parts.filter(({ pcm }) => pcm !== null).sort((a, b) => a.startSample - b.startSample);
  const sources = new Map<string, FileHandle>();
  const read = async ({ pcm, format: { name, bytes } }: SoundPart, fromSample: number, count: number) => {
    const path = pcm as string;
    let source = sources.get(path);
    if (source === undefined) {
      source = await open(path, 'r');
      sources.set(path, source);
    }
    const buffer = Buffer.alloc(count * bytes);
    await source.read(buffer, 0, buffer.length, fromSample * bytes);
    const Samples = name === F32.name ? Float32Array : Int16Array;
    return new Samples(buffer.buffer, buffer.byteOffset, count * 2);
  };
  const clipping = new ClippingWatch(FULL_SCALE);
  const target = await open(file, 'w');
  let next = 0;
  let under: SoundPart[] = [];
  try {
    for (let start = first; start < end; start += STRETCH) {
      signal.throwIfAborted();
      const length = Math.min(STRETCH, end - start);
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
      const alone = format === S16 ? heardAsItIs(under, start, start + length) : null;
      if (alone !== null) {
        await target.write(bytesOf(await read(alone, start - alone.startSample, length)));
        continue;
      }
      const mixed = await mixStretch(under, start, length, read);
      await target.write(
        bytesOf(format === S16 ? toInt16(mixed, () => clipping.listen(mixed, start)) : toFloat32(mixed)),
      );
    }
  } finally {
    await target.close();
    for (const source of sources.values()) await source.close();
  }
  return clipping.spans;
}

/** The one part that is to be heard in a stretch, if nothing is done to it there: so is most of a film of hard cuts. */
function heardAsItIs(parts: readonly SoundPart[], start: number, end: number): SoundPart | null {
  const [part] = parts;
  if (part === undefined || parts.length > 1 || part.format !== S16 || part.gain !== 1) return null;
  const { startSample, playedSample, endSample, fadeInSamples, fadeOutSamples } = part;
  const [from, to] = [startSample + fadeInSamples, Math.min(playedSample, endSample - fadeOutSamples)];
  return start >= from && end <= to ? part : null;
}

function bytesOf({ buffer, byteOffset, byteLength }: Int16Array | Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Looks closer only where something is cut off: most films are not. */
function toInt16(mixed: Float64Array, onCutOff: () => void): Int16Array {
  const rounded = new Int16Array(mixed.length);
  let isCutOff = false;
  for (let at = 0; at < mixed.length; at++) {
    const value = Math.round(mixed[at] as number);
    isCutOff ||= value >= FULL_SCALE || value < -FULL_SCALE;
    rounded[at] = Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, value));
  }
  if (isCutOff) onCutOff();
  return rounded;
}

function toFloat32(mixed: Float64Array): Float32Array {
  const scaled = new Float32Array(mixed.length);
  for (let at = 0; at < mixed.length; at++) scaled[at] = (mixed[at] as number) / FULL_SCALE;
  return scaled;
}
