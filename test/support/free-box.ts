/** An MP4 box that players skip, with some bytes in it: what makes equal clips differ. */
export function freeBox(text: string): Buffer {
  const box = Buffer.alloc(8 + text.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  box.write(text, 8, 'latin1');
  return box;
}
