import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stampFrom } from '../stamp.ts';
import { bodyAt, boxesIn, headAt, needBody } from './boxes.ts';
import { readSamples, type Samples, word } from './samples.ts';

/** What an MP4 file says of what is in it. */
export interface Movie {
  /** The body of its `ftyp`, the kind of file that it is. */
  readonly kind: Buffer;
  /** The body of its `moov`. */
  readonly moov: Buffer;
  /** Of the whole file. */
  readonly bytes: number;
  /** What `stampOf` says of the file for as long as it has the same bytes. */
  readonly stamp: string;
}

export interface Track {
  /** The body of its `trak`. */
  readonly body: Buffer;
  /** The body of its `stbl`. */
  readonly stbl: Buffer;
  /** 'vide', 'soun', 'text' … */
  readonly handler: string;
  /** Ticks a second. */
  readonly timescale: number;
  readonly samples: Samples;
}

/** Where a player begins and ends with a track. */
export interface Edit {
  /** Seconds. */
  readonly length: number;
  /** Ticks of the track; -1 for a wait before it. */
  readonly mediaTime: number;
  readonly rate: number;
}

/** What is read of a file at once: most headers are smaller than this. */
const FIRST_LOOK = 64 * 1024;
/** What ten hours need is a quarter of this. */
export const MAX_HEADER: number = 256 * 1024 * 1024;

/**
 * Reads the header of an MP4 or MOV file. Synchronously: to hand each read to another thread takes several times as
 * long as to read what is in memory, and a film has hundreds of clips. Throws RangeError where there is none that can
 * be read, and what the file system throws.
 */
export function readMovie(path: string): Movie {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file, { bigint: true });
    const size = Number(stat.size);
    let kind: Buffer | null = null;
    const first = readAt(file, 0, Math.min(FIRST_LOOK, size));
    for (let at = 0; at < size; ) {
      const isNear = at + 16 <= first.length;
      const head = isNear ? headAt(first, at) : headAt(readAt(file, at, Math.min(16, size - at)), 0);
      if (head === null) throw new RangeError(`no box at byte ${at}`);
      const [from, to] = [at + head.bytes, Math.min(at + head.length, size)];
      const isWanted = head.type === 'ftyp' || head.type === 'moov';
      if (isWanted && to - from > MAX_HEADER) throw new RangeError(`a header of ${to - from} bytes`);
      if (isWanted) {
        const body = to <= first.length ? first.subarray(from, to) : readAt(file, from, to - from);
        if (head.type === 'moov')
          return { kind: kind ?? Buffer.alloc(0), moov: body, bytes: size, stamp: stampFrom(stat) };
        kind = body;
      }
      at = to;
    }
    throw new RangeError('no moov');
  } finally {
    closeSync(file);
  }
}

/** The first bytes of a track's first sample, at most so many. Throws RangeError where the file ends before. */
export function headOf(path: string, { sizes, offsets }: Samples, bytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    return readAt(file, offsets[0] ?? 0, Math.min(bytes, sizes[0] ?? 0));
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, at: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  if (readSync(file, buffer, 0, bytes, at) < bytes)
    throw new RangeError(`the file ends before byte ${at + bytes}`);
  return buffer;
}

/**
 * The tracks of a file, or those of one handler. Throws RangeError where one does not fit together, or lies beyond the
 * end of its file.
 */
export function tracksOf({ moov, bytes }: Movie, handler: string | null = null): Track[] {
  return boxesIn(moov)
    .filter(({ type, body }) => type === 'trak' && (handler === null || handlerOf(body) === handler))
    .map(({ body }) => {
      const stbl = needBody(body, 'mdia', 'minf', 'stbl');
      const samples = readSamples(stbl);
      const { offsets, sizes } = samples;
      for (const [index, offset] of offsets.entries()) {
        if (offset + (sizes[index] as number) > bytes)
          throw new RangeError('samples behind the end of the file');
      }
      return {
        body,
        stbl,
        handler: handlerOf(body),
        timescale: timescaleOf(needBody(body, 'mdia', 'mdhd')),
        samples,
      };
    });
}

/**
 * The track of a file that is of this handler. Throws RangeError where it has none that can be read, or several: others
 * may take another one for its first.
 */
export function trackOf(
  path: string,
  handler: string,
): Track & { readonly edits: readonly Edit[] } & Pick<Movie, 'stamp'> {
  const movie = readMovie(path);
  const [track, another] = tracksOf(movie, handler);
  if (track === undefined) throw new RangeError(`no track of ${handler}`);
  if (another !== undefined) throw new RangeError(`several tracks of ${handler}`);
  return { ...track, edits: editsOf(track, movie.moov), stamp: movie.stamp };
}

/** A track's edit list; empty if it has none. `moov`: of the file, whose ticks its lengths are. */
export function editsOf({ body }: Track, moov: Buffer): Edit[] {
  const edts = bodyAt(body, 'edts');
  if (edts === null) return [];
  const elst = needBody(edts, 'elst');
  const perSecond = timescaleOf(needBody(moov, 'mvhd'));
  const isLong = elst[0] === 1;
  return Array.from({ length: word(elst, 1) }, (_, index) => {
    const at = 8 + index * (isLong ? 20 : 12);
    const [length, mediaTime] = isLong
      ? [Number(elst.readBigUInt64BE(at)), Number(elst.readBigInt64BE(at + 8))]
      : [elst.readUInt32BE(at), elst.readInt32BE(at + 4)];
    return {
      length: length / perSecond,
      mediaTime,
      rate: elst.readInt32BE(at + (isLong ? 16 : 8)) / 0x10000,
    };
  });
}

/** Of `mvhd` and of `mdhd`: version 1 has times of 64 bits before it. */
function timescaleOf(header: Buffer): number {
  return header.readUInt32BE(header[0] === 1 ? 20 : 12);
}

function handlerOf(trak: Buffer): string {
  return needBody(trak, 'mdia', 'hdlr').toString('latin1', 8, 12);
}
