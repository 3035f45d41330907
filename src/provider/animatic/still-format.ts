/** Which of ffmpeg's demuxers reads a still image; named outright, so that no content can choose another. */
export function stillDemuxer(head: Uint8Array): string | null {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'png_pipe';
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg_pipe';
  if (starts(0x42, 0x4d)) return 'bmp_pipe';
  if (starts(0x52, 0x49, 0x46, 0x46) && Buffer.from(head.subarray(8, 12)).toString('latin1') === 'WEBP')
    return 'webp_pipe';
  return null;
}
