import { bodyAt, box, needBody } from './boxes.ts';

/**
 * The samples of a track, a frame of picture or a packet of sound each, in the order in which they are decoded
 * (ISO/IEC 14496-12, 8.6 and 8.7). Times are ticks of the track.
 */
export interface Samples {
  /** Bytes. */
  readonly sizes: Uint32Array;
  /** Where each begins in its file. */
  readonly offsets: Float64Array;
  /** From its time to that of the next one. */
  readonly durations: Uint32Array;
  /** How long after it is decoded each is shown; null: at once. */
  readonly delays: Int32Array | null;
  /** 1 for those that a player can begin at; null: at any. */
  readonly sync: Uint8Array | null;
}

/** Ten hours at 60 frames a second, and more: a file may claim any number. */
const MAX_SAMPLES = 4_000_000;

/**
 * Reads a sample table box. Throws RangeError if it does not fit together, or has what files of clips do not have:
 * compact sizes, or samples of more than one description.
 */
export function readSamples(stbl: Buffer): Samples {
  const sizes = readSizes(needBody(stbl, 'stsz'));
  const count = sizes.length;
  const durations = new Uint32Array(count);
  fill(durations, needBody(stbl, 'stts'));
  const ctts = bodyAt(stbl, 'ctts');
  const delays = ctts === null ? null : new Int32Array(count);
  if (ctts !== null && delays !== null) fill(delays, ctts);
  const stss = bodyAt(stbl, 'stss');
  return { sizes, offsets: readOffsets(stbl, sizes), durations, delays, sync: readSync(stss, count) };
}

function readSizes(stsz: Buffer): Uint32Array {
  const [each, count] = [word(stsz, 1), word(stsz, 2)];
  if (count > MAX_SAMPLES) throw new RangeError(`${count} samples`);
  const sizes = new Uint32Array(count);
  for (let index = 0; index < count; index++) sizes[index] = each === 0 ? word(stsz, 3 + index) : each;
  return sizes;
}

/** Tables of times: so many samples, such a value. */
function fill(values: Uint32Array | Int32Array, table: Buffer): void {
  let sample = 0;
  for (let entry = 0; entry < word(table, 1); entry++) {
    const run = word(table, 2 + 2 * entry);
    if (sample + run > values.length) throw new RangeError('times of more samples than there are');
    values.fill(word(table, 3 + 2 * entry), sample, sample + run);
    sample += run;
  }
  if (sample < values.length) throw new RangeError('samples without a time');
}

function readSync(stss: Buffer | null, count: number): Uint8Array | null {
  if (stss === null) return null;
  const sync = new Uint8Array(count);
  for (let entry = 0; entry < word(stss, 1); entry++) sync[word(stss, 2 + entry) - 1] = 1;
  return sync;
}

/** Samples lie in chunks; within one, each behind the one before. */
function readOffsets(stbl: Buffer, sizes: Uint32Array): Float64Array {
  const starts = readChunks(stbl);
  const stsc = needBody(stbl, 'stsc');
  const offsets = new Float64Array(sizes.length);
  let sample = 0;
  for (let entry = 0; entry < word(stsc, 1); entry++) {
    const [first, perChunk, description] = [2, 3, 4].map(at => word(stsc, at + 3 * entry)) as [
      number,
      number,
      number,
    ];
    if (description !== 1) throw new RangeError('samples of another description');
    const next = entry + 1 < word(stsc, 1) ? word(stsc, 5 + 3 * entry) : starts.length + 1;
    if (first < 1 || next > starts.length + 1) throw new RangeError('no such chunk');
    for (let chunk = first; chunk < next; chunk++) {
      let at = starts[chunk - 1] as number;
      for (let index = 0; index < perChunk && sample < sizes.length; index++) {
        offsets[sample] = at;
        at += sizes[sample++] as number;
      }
    }
  }
  if (sample < sizes.length) throw new RangeError('samples in no chunk');
  return offsets;
}

function readChunks(stbl: Buffer): Float64Array {
  const short = bodyAt(stbl, 'stco');
  const table = short ?? needBody(stbl, 'co64');
  const count = word(table, 1);
  if (count > MAX_SAMPLES) throw new RangeError(`${count} chunks`);
  const starts = new Float64Array(count);
  for (let index = 0; index < count; index++)
    starts[index] = short === null ? Number(table.readBigUInt64BE(8 + 8 * index)) : word(table, 2 + index);
  return starts;
}

/** The boxes that tell a track's samples, but for where they lie. */
export function sampleBoxes({ sizes, durations, delays, sync }: Samples): Buffer[] {
  const keys = sync === null ? null : [...sync.keys()].filter(index => sync[index] === 1);
  return [
    box('stts', runs(durations)),
    ...(delays === null ? [] : [box('ctts', runs(delays, delays.some(delay => delay < 0) ? 1 : 0))]),
    ...(keys === null ? [] : [box('stss', words([0, keys.length]), words(keys.map(key => key + 1)))]),
    box('stsz', words([0, 0, sizes.length]), words(sizes)),
  ];
}

/** The boxes that tell where samples lie: how many each chunk has, and where it begins. */
export function chunkBoxes(counts: readonly number[], starts: readonly number[], isLong: boolean): Buffer[] {
  const entries: number[] = [];
  for (const [index, count] of counts.entries())
    if (count !== counts[index - 1]) entries.push(index + 1, count, 1);
  const place = isLong ? longs(starts) : words(starts);
  return [
    box('stsc', words([0, entries.length / 3]), words(entries)),
    box(isLong ? 'co64' : 'stco', words([0, starts.length]), place),
  ];
}

/** Values below 0 need a table of version 1. */
function runs(values: Uint32Array | Int32Array, version = 0): Buffer {
  const entries: number[] = [];
  for (let from = 0, to = 0; from < values.length; from = to) {
    while (to < values.length && values[to] === values[from]) to++;
    entries.push(to - from, (values[from] as number) >>> 0);
  }
  return Buffer.concat([words([version * 0x1000000, entries.length / 2]), words(entries)]);
}

/** The word of 32 bits at an index. Throws RangeError where there is none. */
export function word(bytes: Buffer, index: number): number {
  return bytes.readUInt32BE(4 * index);
}

function words(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length);
  for (let index = 0; index < values.length; index++) bytes.writeUInt32BE(values[index] as number, 4 * index);
  return bytes;
}

function longs(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), 8 * index);
  return bytes;
}
