import { promises as fs } from 'node:fs';
import { box, boxesIn } from '../../src/media/mp4/boxes.ts';
import { runFfmpeg } from '../../src/media/run-ffmpeg.ts';
import { ourFfmpeg } from './project.ts';

/** Makes of a clip one with a red cover, of which its header tells before it tells of the picture. */
export async function withCover(clip: string, file: string): Promise<string> {
  await runFfmpeg(await ourFfmpeg(), {
    inputs: [{ source: clip }, { source: 'color=red:s=40x40:d=0.04', options: ['-f', 'lavfi'] }],
    output: [
      ...['-map', '0:v', '-map', '1:v', '-c:v:0', 'copy', '-c:v:1', 'mjpeg'],
      ...['-disposition:v:1', 'attached_pic'],
    ],
    file,
  });
  await fs.writeFile(file, coverFirst(await fs.readFile(file)));
  return file;
}

/** With what is said of the whole movie, a cover too, before its tracks. */
function coverFirst(file: Buffer): Buffer {
  const boxes = boxesIn(file).map(({ type, body }) => {
    if (type !== 'moov') return box(type, body);
    const inner = boxesIn(body).sort((one, other) => rank(one.type) - rank(other.type));
    return box(type, ...inner.map(({ type: own, body: content }) => box(own, content)));
  });
  return Buffer.concat(boxes);
}

const rank = (type: string) => ['mvhd', 'udta', 'trak'].indexOf(type);
