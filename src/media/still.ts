import { promises as fs } from 'node:fs';
import type { FfmpegInput } from './run-ffmpeg.ts';

/** A still image as an input of ffmpeg, read by a demuxer that we name; null if the file is no still that we know. */
export async function stillInput(path: string): Promise<FfmpegInput | null> {
  const demuxer = stillDemuxer(await readHead(path));
  if (demuxer === null) return null;
  const options = ['-protocol_whitelist', 'file', '-max_pixels', String(8192 * 8192), '-f', demuxer];
  return { source: `file:${path}`, options };
}

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

async function readHead(path: string): Promise<Buffer> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(16);
    await handle.read(head, 0, head.length, 0);
    return head;
  } finally {
    await handle.close();
  }
}
