import { promises as fs } from 'node:fs';

/**
 * How a file's name should end by what is in it: services and ffmpeg go by it. "bin" for what we do not know. An
 * address and a server may say anything.
 */
export async function fileEnding(path: string): Promise<string> {
  const handle = await fs.open(path, 'r');
  try {
    const head = Buffer.alloc(64);
    await handle.read(head, 0, head.length, 0);
    const text = head.toString('latin1');
    return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? 'bin';
  } finally {
    await handle.close();
  }
}

const SIGNS: readonly (readonly [string, RegExp])[] = [
  ['mov', /^....ftypqt /s],
  ['m4a', /^....ftypM4A/s],
  ['mp4', /^....ftyp/s],
  ['mov', /^....(moov|mdat|wide|free)/s],
  ['webm', /^\x1a\x45\xdf\xa3.*webm/s],
  ['mkv', /^\x1a\x45\xdf\xa3/],
  ['png', /^\x89PNG/],
  ['jpg', /^\xff\xd8\xff/],
  ['webp', /^RIFF....WEBP/s],
  ['wav', /^RIFF....WAVE/s],
  ['flac', /^fLaC/],
  ['ogg', /^OggS/],
  ['mp3', /^(ID3|\xff[\xe2-\xfb])/],
  ['bmp', /^BM/],
];
