/** One packet of AAC in a stream of ADTS: where it lies, and how its window looks. */
export interface AdtsFrame {
  readonly start: number;
  readonly end: number;
  /**
   * Sequence and shape of the window that both channels share; null where they do not. Two packets overlap in time:
   * one of them can only follow another that was made with the window it was meant for (ISO/IEC 14496-3, 4.6.11).
   */
  readonly window: number | null;
}

const HEADER = 7;
/** A pair of channels, of all that a packet may begin with. */
const CHANNEL_PAIR = 1;

/** Finds the packets in what ffmpeg wrote as ADTS; each is 1,024 samples. Throws RangeError if it is something else. */
export function adtsFrames(bytes: Uint8Array): AdtsFrame[] {
  const frames: AdtsFrame[] = [];
  const at = (index: number) => bytes[index] ?? 0;
  for (let start = 0; start < bytes.length; ) {
    const length = ((at(start + 3) & 3) << 11) | (at(start + 4) << 3) | (at(start + 5) >> 5);
    const isFrame = at(start) === 0xff && (at(start + 1) & 0xf7) === 0xf1 && length > HEADER + 2;
    if (!isFrame || start + length > bytes.length) throw new RangeError(`no ADTS at byte ${start}`);
    const body = start + HEADER;
    const bits = (at(body) << 16) | (at(body + 1) << 8) | at(body + 2);
    const [kind, isShared, window] = [bits >> 21, (bits >> 16) & 1, (bits >> 12) & 7];
    frames.push({
      start,
      end: start + length,
      window: kind === CHANNEL_PAIR && isShared === 1 ? window : null,
    });
    start += length;
  }
  return frames;
}
