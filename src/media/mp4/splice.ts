import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Sha256 } from '../../plan/key.ts';
import { DamagedFiles } from '../damaged-files.ts';
import { requireUnchanged } from '../stamp.ts';
import { box, boxesIn, boxHead, needBody, rewriteBody } from './boxes.ts';
import { MAX_HEADER, readMovie, type Track, trackOf, tracksOf } from './movie.ts';
import { chunkBoxes, type Samples, sampleBoxes } from './samples.ts';

/** Frames of H.264 that are copied from a file. */
export interface Pictures {
  readonly path: string;
  readonly samples: Samples;
  /** Of its file, when it was found where the samples lie; null where none but we write to it. */
  readonly stamp: string | null;
  /** What `samplesCrc` said when it was made; null where nobody asked. */
  readonly crc: number | null;
}

/** The track of sound of an MP4. */
export interface Sound extends Pick<Pictures, 'path' | 'crc'> {
  readonly track: Track;
}

/** Picture and sound of as much time lie together, so that a player that reads on has both. */
const CHUNK_SECONDS = 0.5;
const BATCH_BYTES = 4 * 1024 * 1024;
const SYNC_BYTES = 32 * 1024 * 1024;
/** Rather than in two reads, what is between is read too. */
const GAP_BYTES = 64 * 1024;

/** What a film is made of, all of it in files that are there. */
export interface Reels {
  /**
   * A film of the same length that has everything but these: of its picture and of its sound one sample, which stands
   * for all.
   */
  readonly frame: string;
  readonly pictures: readonly Pictures[];
  readonly ticksPerFrame: number;
  /** The whole sound. */
  readonly sound: Sound;
}

/**
 * Writes the film with these pictures, one behind the other, and this sound. Its header comes first, since all that is
 * to be in it is known before, and its bytes are hashed while they are written: returns their digest. Throws RangeError
 * where a file ends before its samples do, DamagedFiles where they are not what they were, a Failure where it was
 * changed since they were found, and the signal's reason.
 */
export async function splice(reels: Reels, file: string, signal: AbortSignal): Promise<Sha256> {
  const movie = readMovie(reels.frame);
  const files = [{ path: reels.frame, crc: null }, reels.sound, ...reels.pictures].map(
    ({ path, crc }): Opened => ({ path, expected: crc, crc: crc === null ? null : 0 }),
  );
  const tracks = tracksOf(movie).map(track => spreadOf(track, reels));
  const chunks = layOutChunks(tracks);
  const header = headerOf(movie.kind, movie.moov, tracks, chunks);
  const output = await open(file, 'w');
  try {
    const hash = createHash('sha256');
    let [writing, syncing]: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
    let unsynced = 0;
    for await (const batch of batchesOf(header, tracks, chunks, files)) {
      signal.throwIfAborted();
      hash.update(batch);
      await writing;
      writing = output.appendFile(batch);
      writing.catch(() => {}); // told where it is waited for
      unsynced += batch.length;
      if (unsynced < SYNC_BYTES) continue;
      // The disk is at work from the start, rather than at the end, when all wait for it.
      await syncing;
      syncing = output.datasync();
      syncing.catch(() => {});
      unsynced = 0;
    }
    await writing;
    await syncing;
    const damaged = files.filter(({ expected, crc }) => expected !== crc);
    if (damaged.length > 0) throw new DamagedFiles(damaged.map(({ path }) => path));
    requireUnchanged(reels.pictures);
    return hash.digest('hex') as Sha256;
  } finally {
    await output.close();
  }
}

/** CRC-32 of the samples of the track of a handler, in their order. Throws as `trackOf` does. */
export async function samplesCrc(path: string, handler: string): Promise<number> {
  const { samples } = trackOf(path, handler);
  const file = { path, expected: null, crc: 0 };
  const batch = new Batch([file]);
  for (const [sample, size] of samples.sizes.entries()) {
    if (!batch.hasRoom(0, size)) await batch.read();
    batch.add(0, samples.offsets[sample] as number, size);
  }
  await batch.read();
  return file.crc;
}

/** CRC-32 of all of a file. */
export async function fileCrc(path: string): Promise<number> {
  let crc = 0;
  for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) crc = crc32(bytes, crc);
  return crc;
}

/** A file that samples are read from. */
interface Opened {
  readonly path: string;
  readonly expected: number | null;
  /** Of what was read, in the order in which it was asked for; null where nobody asks. */
  crc: number | null;
}

/** A track whose samples may lie in many files. */
interface Spread extends Track {
  /** The file of each sample. */
  readonly files: Uint32Array;
}

const [FRAME, SOUND, PICTURES] = [0, 1, 2];

function spreadOf(track: Track, { pictures, ticksPerFrame, sound }: Reels): Spread {
  if (track.handler === 'vide') {
    const delay = firstDelay(track.samples);
    return { ...track, ...oneBehindTheOther(pictures, ticksPerFrame, delay) };
  }
  const [from, file] = track.handler === 'soun' ? [sound.track, SOUND] : [track, FRAME];
  const files = new Uint32Array(from.samples.sizes.length).fill(file);
  return { ...from, files };
}

/** `delay`: of the first frame, which the film makes up for; in all files, the first frame has the same one. */
function oneBehindTheOther(
  pictures: readonly Pictures[],
  ticksPerFrame: number,
  delay: number,
): Pick<Spread, 'samples' | 'files'> {
  const count = pictures.reduce((sum, { samples }) => sum + samples.sizes.length, 0);
  const sizes = new Uint32Array(count);
  const offsets = new Float64Array(count);
  const delays = pictures.some(({ samples }) => samples.delays !== null) ? new Int32Array(count) : null;
  const later = delay - (pictures[0] === undefined ? 0 : firstDelay(pictures[0].samples));
  const sync = new Uint8Array(count).fill(1);
  const files = new Uint32Array(count);
  let at = 0;
  for (const [index, { samples }] of pictures.entries()) {
    sizes.set(samples.sizes, at);
    offsets.set(samples.offsets, at);
    if (samples.delays !== null)
      delays?.set(
        samples.delays.map(own => own + later),
        at,
      );
    if (samples.sync !== null) sync.set(samples.sync, at);
    files.fill(PICTURES + index, at, at + samples.sizes.length);
    at += samples.sizes.length;
  }
  const durations = new Uint32Array(count).fill(ticksPerFrame);
  return { samples: { sizes, offsets, durations, delays, sync: sync.includes(0) ? sync : null }, files };
}

function firstDelay({ delays }: Samples): number {
  return delays?.[0] ?? 0;
}

/** Samples of a track that lie behind one another in the film. */
interface Chunk {
  readonly track: number;
  readonly from: number;
  readonly to: number;
  /** Behind the film's header. */
  readonly start: number;
}

function layOutChunks(tracks: readonly Spread[]): Chunk[] {
  const chunks: Chunk[] = [];
  const next = tracks.map(() => ({ sample: 0, ticks: 0 }));
  let start = 0;
  const isLeft = (track: Spread, index: number) => (next[index]?.sample ?? 0) < track.samples.sizes.length;
  for (let until = CHUNK_SECONDS; tracks.some(isLeft); until += CHUNK_SECONDS) {
    for (const [index, { samples, timescale }] of tracks.entries()) {
      const reached = next[index] as { sample: number; ticks: number };
      const { sample: from } = reached;
      const before = start;
      while (reached.sample < samples.sizes.length && reached.ticks < until * timescale) {
        start += samples.sizes[reached.sample] as number;
        reached.ticks += samples.durations[reached.sample++] as number;
      }
      if (reached.sample > from) chunks.push({ track: index, from, to: reached.sample, start: before });
    }
  }
  return chunks;
}

/** All that is before the samples. Where they begin depends on its length, and that on nothing but how many there are. */
function headerOf(kind: Buffer, moov: Buffer, tracks: readonly Spread[], chunks: readonly Chunk[]): Buffer {
  const bytes = tracks.reduce(
    (sum, { samples }) => sum + samples.sizes.reduce((all, size) => all + size, 0),
    0,
  );
  const kept = tracks.map(keptOf);
  const own = tracks.map((_, index) => chunks.filter(({ track }) => track === index));
  const headerAt = (base: number, isLong: boolean) => {
    let index = 0;
    const rewritten = boxesIn(moov).map(({ type, body }) => {
      if (type !== 'trak') return box(type, body);
      const { handler } = tracks[index] as Spread;
      const [samples, places] = [kept[index] as Buffer, placesOf(own[index++] as Chunk[], base, isLong)];
      const track = rewriteBody(body, ['mdia', 'minf', 'stbl'], () => Buffer.concat([samples, ...places]));
      return box(type, handler === 'vide' || handler === 'soun' ? track : switchedOff(track));
    });
    return Buffer.concat([box('ftyp', kind), box('moov', ...rewritten), boxHead('mdat', bytes)]);
  };
  const isLong = bytes > MAX_SHORT_BYTES;
  return headerAt(headerAt(0, isLong).length, isLong);
}

/** ffmpeg enables the first track of each kind, and some players show subtitles that are: viewers switch them on. */
function switchedOff(track: Buffer): Buffer {
  return rewriteBody(track, ['tkhd'], head => {
    const off = Buffer.from(head);
    off.writeUInt8(off.readUInt8(FLAGS) & ~ENABLED, FLAGS);
    return off;
  });
}

/** The last byte of the flags of a track's header, and what says in it that the track is enabled (ISO/IEC 14496-12, 8.3.2). */
const [FLAGS, ENABLED] = [3, 1];

/** What lies behind these is not told in 32 bits: they leave room for the largest header that is read. */
const MAX_SHORT_BYTES = 0xffffffff - MAX_HEADER;

function placesOf(chunks: readonly Chunk[], base: number, isLong: boolean): Buffer[] {
  const counts = chunks.map(({ from, to }) => to - from);
  const starts = chunks.map(({ start }) => base + start);
  return chunkBoxes(counts, starts, isLong);
}

/** What a track's table of samples says beside where they lie. */
function keptOf({ stbl, handler, samples }: Spread): Buffer {
  if (handler === 'vide')
    return Buffer.concat([box('stsd', withoutBitRate(needBody(stbl, 'stsd'))), ...sampleBoxes(samples)]);
  const boxes = boxesIn(stbl).filter(({ type }) => !PLACES.includes(type));
  return Buffer.concat(boxes.map(({ type, body: inner }) => box(type, inner)));
}

const PLACES = ['stsc', 'stco', 'co64'];

/** What is told of the pictures that were replaced is not true of these. */
function withoutBitRate(stsd: Buffer): Buffer {
  const entries = boxesIn(stsd.subarray(8)).map(({ type, body }) =>
    box(
      type,
      body.subarray(0, VISUAL_FIELDS),
      ...boxesIn(body.subarray(VISUAL_FIELDS))
        .filter(inner => inner.type !== 'btrt')
        .map(inner => box(inner.type, inner.body)),
    ),
  );
  return Buffer.concat([stsd.subarray(0, 8), ...entries]);
}

/** Before the boxes of a description of pictures (ISO/IEC 14496-12, 12.1.3). */
const VISUAL_FIELDS = 78;

/** Bytes of a file, and where they go in a batch. */
interface Extent {
  readonly from: number;
  to: number;
  readonly target: number;
}

/**
 * The film, in order, in pieces of a few megabytes. While one is used, the next is read; each holds until the second
 * after it is asked for.
 */
async function* batchesOf(
  header: Buffer,
  tracks: readonly Spread[],
  chunks: readonly Chunk[],
  files: readonly Opened[],
): AsyncGenerator<Buffer> {
  let reading = Promise.resolve(header);
  const buffers = [new Batch(files), new Batch(files), new Batch(files)];
  for (const batch of filled(buffers, tracks, chunks)) {
    const before = await reading;
    reading = batch.read();
    reading.catch(() => {}); // told where it is waited for
    yield before;
  }
  yield await reading;
}

function* filled(buffers: Batch[], tracks: readonly Spread[], chunks: readonly Chunk[]): Generator<Batch> {
  let batch = buffers[0] as Batch;
  for (const { track, from, to } of chunks) {
    const { samples, files } = tracks[track] as Spread;
    for (let sample = from; sample < to; sample++) {
      const [file, size] = [files[sample] as number, samples.sizes[sample] as number];
      if (!batch.hasRoom(file, size)) {
        yield batch;
        batch = buffers[(buffers.indexOf(batch) + 1) % buffers.length] as Batch;
      }
      batch.add(file, samples.offsets[sample] as number, size);
    }
  }
  yield batch;
}

/** What is written at once. */
class Batch {
  private readonly wanted = new Map<number, Extent[]>();
  private bytes = 0;
  private target: Buffer = Buffer.alloc(0);
  private scratch: Buffer = Buffer.alloc(0);
  private readonly files: readonly Opened[];

  constructor(files: readonly Opened[]) {
    this.files = files;
  }

  hasRoom(file: number, bytes: number): boolean {
    const isNew = !this.wanted.has(file);
    return (
      this.bytes === 0 || (this.bytes + bytes <= BATCH_BYTES && (!isNew || this.wanted.size < MAX_FILES))
    );
  }

  add(file: number, from: number, bytes: number): void {
    const extents = this.wanted.get(file) ?? [];
    if (extents.length === 0) this.wanted.set(file, extents);
    const last = extents.at(-1);
    if (last?.to === from && last.target + from - last.from === this.bytes) last.to += bytes;
    else extents.push({ from, to: from + bytes, target: this.bytes });
    this.bytes += bytes;
  }

  /** Reads what was added, and is empty again. */
  async read(): Promise<Buffer> {
    this.target = atLeast(this.target, this.bytes);
    for (const [index, extents] of this.wanted) {
      const file = this.files[index] as Opened;
      const handle = await open(file.path, 'r');
      try {
        for (const span of spansOf(extents)) await this.readSpan(handle, span);
      } finally {
        await handle.close();
      }
      if (file.crc === null) continue;
      for (const { from, to, target } of extents)
        file.crc = crc32(this.target.subarray(target, target + to - from), file.crc);
    }
    const read = this.target.subarray(0, this.bytes);
    this.wanted.clear();
    this.bytes = 0;
    return read;
  }

  private async readSpan(handle: FileHandle, extents: readonly Extent[]): Promise<void> {
    const start = extents[0]?.from ?? 0;
    const length = (extents.at(-1)?.to ?? start) - start;
    this.scratch = atLeast(this.scratch, length);
    await readInto(this.scratch.subarray(0, length), handle, start);
    for (const { from, to, target } of extents)
      this.scratch.copy(this.target, target, from - start, to - start);
  }
}

async function readInto(buffer: Buffer, handle: FileHandle, at: number): Promise<void> {
  for (let done = 0; done < buffer.length; ) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, at + done);
    if (bytesRead === 0) throw new RangeError(`a file ends before byte ${at + buffer.length}`);
    done += bytesRead;
  }
}

/** A buffer is used again for as long as it is large enough: new memory costs more than what is read into it. */
function atLeast(buffer: Buffer, bytes: number): Buffer {
  return buffer.length >= bytes ? buffer : Buffer.allocUnsafeSlow(Math.max(bytes, BATCH_BYTES));
}

/** In a batch: they are open for no longer than it takes to read them. */
const MAX_FILES = 16;

/** Extents that lie so close together that one read takes them all. */
function spansOf(extents: readonly Extent[]): Extent[][] {
  const spans: Extent[][] = [];
  for (const extent of extents) {
    const span = spans.at(-1);
    const gap = extent.from - (span?.at(-1)?.to ?? Infinity);
    const length = extent.to - (span?.[0]?.from ?? 0);
    if (gap >= 0 && gap <= GAP_BYTES && length <= 2 * BATCH_BYTES) span?.push(extent);
    else spans.push([extent]);
  }
  return spans;
}
