/** Pixels of a PNG, JPEG, WebP or BMP, by its first bytes; null where they do not say. */
export function pictureSize(
  format: string,
  head: Buffer,
): { readonly width: number; readonly height: number } | null {
  try {
    const size = SIZES[format]?.(head) ?? null;
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // it ends before that
    throw error;
  }
}

/** What `stillDemuxer` calls them by. */
const SIZES: Readonly<Record<string, (head: Buffer) => { width: number; height: number } | null>> = {
  png_pipe: head => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) }),
  bmp_pipe: head => ({ width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) }),
  webp_pipe: webpSize,
  jpeg_pipe: jpegSize,
};

function webpSize(head: Buffer) {
  const chunk = head.toString('latin1', 12, 16);
  if (chunk === 'VP8 ') {
    return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  }
  if (chunk === 'VP8L') {
    const bits = head.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === 'VP8X') return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
  return null;
}

/** Goes from segment to segment to the first that starts a frame: SOF0 to SOF15, but for three that are none. */
function jpegSize(head: Buffer) {
  for (let at = 2; ; ) {
    if (head.readUInt8(at) !== 0xff) return null;
    const marker = head.readUInt8(at + 1);
    if (marker === 0xff)
      at++; // padding
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    else at += 2 + Math.max(2, head.readUInt16BE(at + 2));
  }
}
