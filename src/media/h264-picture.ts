/** Profiles whose streams tell their chroma format and bit depths; those of the others are 4:2:0 and 8. */
const TELLING_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128]);

/**
 * Whether the pictures of an H.264 stream are what all players show alike: whole frames of square pixels, 8 bits,
 * 4:2:0. Its container says little of this: it stands in the sequence parameter set of the decoder configuration
 * (ITU-T H.264, 7.3.2.1.1 and E.1.1). What is too rare to be worth reading over counts as no.
 */
export function isUsualPicture(configuration: Uint8Array): boolean {
  const parameterSets = (configuration[5] ?? 0) & 0x1f;
  if (parameterSets !== 1) return false;
  const length = ((configuration[6] ?? 0) << 8) | (configuration[7] ?? 0);
  const { bits, number } = bitReader(withoutEscapes(configuration.subarray(9, 8 + length)));
  const profile = bits(8);
  bits(16); // constraints and level
  number(); // its id
  if (TELLING_PROFILES.has(profile)) {
    const [chromaFormat, moreLumaBits, moreChromaBits] = [number(), number(), number()];
    if (chromaFormat !== 1 || moreLumaBits + moreChromaBits > 0) return false;
    bits(1);
    if (bits(1) === 1) return false; // it brings its own scaling matrices
  }
  number(); // bits of a frame's number
  const order = number();
  if (order === 1) return false; // it counts its pictures by cycles
  if (order === 0) number();
  number(); // frames that others refer to
  bits(1);
  number(); // width
  number(); // height
  const wholeFrames = bits(1) === 1;
  if (!wholeFrames) return false;
  bits(1);
  if (bits(1) === 1) for (let edge = 0; edge < 4; edge++) number(); // what is cropped
  const [saysHowToShow, saysShape] = [bits(1), bits(1)];
  if (saysHowToShow === 0 || saysShape === 0) return true;
  const shape = bits(8);
  return shape === UNSAID || shape === SQUARE;
}

/** Shapes of pixels. */
const [UNSAID, SQUARE] = [0, 1];

/** Behind two zero bytes, a 3 only keeps a start code from appearing. */
function withoutEscapes(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) => !(byte === 3 && at > 1 && bytes[at - 1] === 0 && bytes[at - 2] === 0));
}

/** Reads zeros behind the end. */
function bitReader(bytes: Uint8Array) {
  let at = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let left = count; left > 0; left--, at++)
      value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  /** Exp-Golomb: as many zeros as bits follow the first one. */
  const number = (): number => {
    let zeros = 0;
    while (zeros < 32 && bits(1) === 0) zeros++;
    return 2 ** zeros - 1 + bits(zeros);
  };
  return { bits, number };
}
