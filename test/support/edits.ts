import { promises as fs } from 'node:fs';
import { box, boxesIn, needBody, rewriteBody } from '../../src/media/mp4/boxes.ts';

/** Makes of a clip of one track one that shows these seconds of it, one behind the other: '0.5-1 2-3'. */
export async function withEdits(clip: string, file: string, spans: string): Promise<string> {
  const boxes = boxesIn(await fs.readFile(clip)).map(({ type, body }) =>
    box(type, type === 'moov' ? edited(body, spans) : body),
  );
  await fs.writeFile(file, Buffer.concat(boxes));
  return file;
}

function edited(moov: Buffer, spans: string): Buffer {
  const perSecond = needBody(moov, 'mvhd').readUInt32BE(12);
  const ticks = needBody(moov, 'trak', 'mdia', 'mdhd').readUInt32BE(12);
  return rewriteBody(moov, ['trak', 'edts', 'elst'], elst => {
    const first = elst.readInt32BE(12); // the time of the first frame, which is decoded before it is shown
    const edits = spans.split(' ').flatMap(span => {
      const [from = 0, to = 0] = span.split('-').map(Number);
      return [Math.round((to - from) * perSecond), first + Math.round(from * ticks), 0x10000];
    });
    const words = Buffer.alloc(4 * (2 + edits.length));
    for (const [index, value] of [0, edits.length / 3, ...edits].entries())
      words.writeInt32BE(value, 4 * index);
    return words;
  });
}
