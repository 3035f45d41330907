/**
 * A box of an MP4 file (ISO/IEC 14496-12, 4.2): a length, a type of four letters, and a body, which in many is
 * nothing but other boxes.
 */
export interface Box {
  readonly type: string;
  readonly body: Buffer;
}

/** The boxes that a body is made of. Throws RangeError where their lengths do not fill it. */
export function boxesIn(body: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < body.length; ) {
    const head = headAt(body, at);
    if (head === null || at + head.length > body.length) throw new RangeError(`no box at byte ${at}`);
    boxes.push({ type: head.type, body: body.subarray(at + head.bytes, at + head.length) });
    at += head.length;
  }
  return boxes;
}

/** A box's head, with its own bytes and the length of the whole; null where there are too few bytes for one. */
export function headAt(
  bytes: Buffer,
  at: number,
): { readonly type: string; readonly bytes: number; readonly length: number } | null {
  if (at + SHORT > bytes.length) return null;
  const type = bytes.toString('latin1', at + 4, at + 8);
  const short = bytes.readUInt32BE(at);
  if (short === 0) return { type, bytes: SHORT, length: Infinity }; // to the end of its file
  if (short !== 1) return short < SHORT ? null : { type, bytes: SHORT, length: short };
  if (at + LONG > bytes.length) return null;
  const length = Number(bytes.readBigUInt64BE(at + SHORT));
  return length < LONG ? null : { type, bytes: LONG, length };
}

const SHORT = 8;
/** With a length of 64 bits. */
const LONG = 16;

export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    boxHead(
      type,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
    ...parts,
  ]);
}

/** The head of a box with a body of so many bytes. */
export function boxHead(type: string, bodyBytes: number): Buffer {
  const isLong = bodyBytes + SHORT > 0xffffffff;
  const head = Buffer.alloc(isLong ? LONG : SHORT);
  head.writeUInt32BE(isLong ? 1 : bodyBytes + SHORT);
  head.write(type, 4, 'latin1');
  if (isLong) head.writeBigUInt64BE(BigInt(bodyBytes + LONG), SHORT);
  return head;
}

/** The body of the first box at a path of types; null if there is none. */
export function bodyAt(body: Buffer, ...[type, ...rest]: readonly string[]): Buffer | null {
  if (type === undefined) return body;
  const found = boxesIn(body).find(inner => inner.type === type);
  return found === undefined ? null : bodyAt(found.body, ...rest);
}

/** The same for what has to be there: throws RangeError. */
export function needBody(body: Buffer, ...path: readonly string[]): Buffer {
  const found = bodyAt(body, ...path);
  if (found === null) throw new RangeError(`no ${path.join('/')}`);
  return found;
}

/** A body with each box at a path replaced by what `rewrite` makes of its body. */
export function rewriteBody(
  body: Buffer,
  [type, ...rest]: readonly string[],
  rewrite: (body: Buffer) => Buffer,
): Buffer {
  if (type === undefined) return rewrite(body);
  return Buffer.concat(
    boxesIn(body).map(inner =>
      box(inner.type, inner.type === type ? rewriteBody(inner.body, rest, rewrite) : inner.body),
    ),
  );
}
