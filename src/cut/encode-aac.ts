import { promises as fs } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type AdtsFrame, adtsFrames } from '../media/adts.ts';
import { DamagedFiles } from '../media/damaged-files.ts';
import { BITEXACT, REPRODUCIBLE, runFfmpeg } from '../media/run-ffmpeg.ts';
import { derivedKey } from '../store/derived.ts';
import { mergeSpans, type SampleSpan } from './clipping.ts';
import type { SoundContext } from './conform-sound.ts';
import type { RawSound } from './raw-sound.ts';
import { raw, S16, SAMPLE_RATE } from './sound.ts';
import { AAC_VERSION } from './versions.ts';

/** Samples of a packet; the first one is the encoder's own, and is not heard. */
export const PACKET = 1024;
/** Packets of a piece: 19.2 s, little enough to do again and enough to be worth a process. */
const PIECE = 900;
/** Packets that a piece is given before and after its own: its encoder then decides about the first as if it had heard all. */
const MARGIN = 12;
/** Two pieces agree at once, nearly always. */
const JOINTS = 8;

/** The other coder, the default, takes three times as long and at this rate sounds worse: it is for low ones. */
const CODEC = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '192k'];

export interface AacContext extends SoundContext {
  /** Holds back what would use more than the cores. */
  readonly limited: <T>(work: () => Promise<T>) => Promise<T>;
}

interface Piece {
  /** The first packet of the film that it has. */
  readonly first: number;
  /** The packet of the film where the next one is to begin. */
  readonly end: number;
  readonly path: string;
  readonly frames: readonly AdtsFrame[];
  /** Where its samples are cut off at full scale, in the film. */
  readonly clipped: readonly SampleSpan[];
}

/**
 * Encodes sound as AAC in an MP4 of exactly its samples; tells where these are cut off at full scale. Long sound is
 * encoded in pieces, side by side and each kept under the identity of what is in it, so that a change encodes again only
 * what it touches. They are joined packet by packet, where both encoders chose the same windows: what is decoded has
 * neither a gap nor a click. `joints`: how many places are looked at to find one where two pieces can be joined.
 */
export async function encodeAac(
  sound: RawSound,
  file: string,
  context: AacContext,
  joints: number = JOINTS,
): Promise<readonly SampleSpan[]> {
  // The encoder begins with a packet of its own, and may be asked for half of the last one.
  const packets = Math.ceil(sound.samples / PACKET) + 1;
  const count = Math.max(1, Math.ceil((packets - MARGIN) / PIECE));
  let ends = Array.from({ length: count }, (_, index) => (index + 1) * PIECE);
  for (;;) {
    const pieces = await DamagedFiles.ofAll(
      ends.map((end, index) => context.limited(() => encodePiece(sound, ends[index - 1] ?? 0, end, context))),
    );
    const begins = pieces.slice(1).map((next, index) => jointOf(pieces[index] as Piece, next, joints));
    const torn = begins.indexOf(null);
    if (torn === -1) {
      await packInto(file, cutsOf(pieces, begins as number[]), sound.samples, context);
      return mergeSpans(pieces.flatMap(({ clipped }) => clipped));
    }
    ends = ends.filter((_, index) => index !== torn); // two that cannot be joined are made one
  }
}

async function encodePiece(sound: RawSound, start: number, end: number, context: AacContext): Promise<Piece> {
  const first = Math.max(0, start - MARGIN);
  const from = first * PACKET;
  const to = Math.min(sound.samples, (end + MARGIN) * PACKET);
  const { path, facts } = await encodeRange(sound, { start: from, end: to }, context);
  const bytes = await fs.readFile(path);
  if (crc32(bytes) !== facts.crc) throw new DamagedFiles([path]);
  const clipped = facts.clipped.map(span => ({ start: from + span.start, end: from + span.end }));
  return { first, end, path, frames: adtsFrames(bytes), clipped };
}

/** The packets of some samples, found or made, with the CRC-32 that they had. */
async function encodeRange(sound: RawSound, span: SampleSpan, { ffmpeg, derived, signal }: AacContext) {
  const { identity, write } = await sound.excerpt(span);
  const key = derivedKey(['aac', AAC_VERSION, ffmpeg.version, identity]);
  return await derived.get('aac', key, 'aac', async file => {
    const range = `${file}.pcm`;
    try {
      const clipped = await write(range);
      await runFfmpeg(ffmpeg, {
        inputs: [{ source: range, options: raw(S16) }],
        output: [...CODEC, '-threads', '1', ...REPRODUCIBLE, '-f', 'adts'],
        file,
        signal,
      });
      return { crc: crc32(await fs.readFile(file)), clipped };
    } finally {
      await fs.rm(range, { force: true });
    }
  });
}

/** Bytes of a piece that go into the film. */
interface Cut {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** What of each piece is taken; `begins`: the packets of the film that all but the first one begin with. */
function cutsOf(pieces: readonly Piece[], begins: readonly number[]): Cut[] {
  return pieces.map(({ path, first, frames }, index) => {
    const from = index === 0 ? 0 : (begins[index - 1] ?? 0);
    const to = begins[index] ?? first + frames.length;
    return { path, start: frames[from - first]?.start ?? 0, end: frames[to - first - 1]?.end ?? 0 };
  });
}

/** The first packet of the film that the next piece gives: the two before and behind it have windows that fit. */
function jointOf(piece: Piece, next: Piece, joints: number): number | null {
  const agree = (packet: number) => {
    const window = piece.frames[packet - piece.first]?.window ?? null;
    return window !== null && window === next.frames[packet - next.first]?.window;
  };
  for (let joint = piece.end; joint < piece.end + joints; joint++) {
    if (agree(joint - 1) && agree(joint)) return joint;
  }
  return null;
}

async function packInto(
  file: string,
  cuts: readonly Cut[],
  samples: number,
  context: AacContext,
): Promise<void> {
  const adts = `${file}.aac`;
  try {
    await join(cuts, adts);
    await pack(adts, samples, file, context);
  } finally {
    await fs.rm(adts, { force: true });
  }
}

async function join(cuts: readonly Cut[], file: string): Promise<void> {
  const target = await fs.open(file, 'w');
  try {
    for (const { path, start, end } of cuts)
      await target.write((await fs.readFile(path)).subarray(start, end));
  } finally {
    await target.close();
  }
}

/** Packs the stream into an MP4 that begins with its first sample and ends with its last. */
async function pack(
  adts: string,
  samples: number,
  file: string,
  { ffmpeg, signal }: AacContext,
): Promise<void> {
  const last = Math.ceil(samples / PACKET);
  const rest = samples - (last - 1) * PACKET;
  const length = `if(eq(N\\,${last})\\,DURATION*${rest}/${PACKET}\\,DURATION)`;
  await runFfmpeg(ffmpeg, {
    inputs: [{ source: adts, options: ['-f', 'aac'] }],
    output: [
      ...['-c', 'copy', '-frames:a', String(last + 1)],
      // In lengths of a packet, since versions of ffmpeg differ in which ticks these are.
      ...['-bsf:a', `setts=ts=(N-1)*DURATION:duration=${length}`],
      // Else its length is told in milliseconds, and the last samples are not played.
      ...['-movie_timescale', String(SAMPLE_RATE), ...BITEXACT, '-f', 'mp4'],
    ],
    file,
    signal,
  });
}
