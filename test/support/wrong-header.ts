import fc from 'fast-check';

/** Copies of an MP4 whose header, which is its end, has some wrong bytes. */
export function wrongHeaders(file: Buffer): fc.Arbitrary<Buffer> {
  const header = file.indexOf('moov') - 4;
  const change = fc.tuple(fc.nat(file.length - header - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map(changes => {
    const wrong = Buffer.from(file);
    for (const [at, value] of changes) wrong[header + at] = value;
    return wrong;
  });
}
