import { promises as fs } from 'node:fs';
import type { FileFacts } from '../model/media-limits.ts';
import { pictureSize } from './picture-size.ts';
import { stillDemuxer } from './still.ts';

/** As far into a picture as its size may stand: a JPEG can carry previews and profiles before it. */
const HEAD_BYTES = 512 * 1024;
const PICTURES: Readonly<Record<string, string>> = {
  png_pipe: 'PNG',
  jpeg_pipe: 'JPEG',
  bmp_pipe: 'BMP',
  webp_pipe: 'WebP',
};

/** What a video or a picture says of itself in its headers; null for what is neither, as far as can be read. */
export async function examine(path: string): Promise<FileFacts | null> {
  const { bytes, head } = await readHead(path);
  const demuxer = stillDemuxer(head);
  if (demuxer === null) {
    const { probeVideo } = await import('./probe.ts');
    const video = await probeVideo(path);
    return video === null ? null : { ...video, bytes };
  }
  const size = pictureSize(demuxer, head);
  return size === null ? null : { format: PICTURES[demuxer] ?? demuxer, bytes, ...size, seconds: null };
}

async function readHead(path: string): Promise<{ bytes: number; head: Buffer }> {
  const handle = await fs.open(path, 'r');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return { bytes: size, head: head.subarray(0, bytesRead) };
  } finally {
    await handle.close();
  }
}
