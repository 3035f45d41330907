/** Of a sample, to look for its first slice: what encoders write down of themselves before it is shorter. */
export const HEAD_BYTES = 4096;

/**
 * Whether a decoder that has just shown another clip with the same configuration begins anew with this sample of H.264
 * (ITU-T H.264, 7.4.1). That it is marked as one to begin with says less: the frames of a recovery point, or of an open
 * GOP, may refer to what was cut off before them, and a decoder makes them of the other clip or leaves them out. Parameter
 * sets in it that are not the configuration's would be used for the clip that comes next.
 */
export function beginsAnew(head: Buffer, configuration: Buffer): boolean {
  const lengthBytes = ((configuration[4] ?? 0) & 3) + 1;
  for (let at = 0; at + lengthBytes < head.length; ) {
    const from = at + lengthBytes;
    const to = from + head.readUIntBE(at, lengthBytes);
    const type = (head[from] as number) & 0x1f;
    if (SLICES.has(type)) return type === IDR_SLICE;
    if (PARAMETER_SETS.has(type) && !isIn(configuration, head.subarray(from, to))) return false;
    at = to;
  }
  return false;
}

/** In a configuration, each has a length of 16 bits before it. */
function isIn(configuration: Buffer, parameterSet: Buffer): boolean {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(parameterSet.length);
  return configuration.includes(Buffer.concat([length, parameterSet]));
}

/** Types of units. */
const IDR_SLICE = 5;
const SLICES: ReadonlySet<number> = new Set([1, 2, 3, 4, IDR_SLICE]);
const PARAMETER_SETS: ReadonlySet<number> = new Set([7, 8]);
