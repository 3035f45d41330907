import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { Sha256 } from '../plan/key.ts';

/** Passes bytes on, counts them and works out their digest. */
export class HashingStream extends Transform {
  bytes = 0;
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    done(null, chunk);
  }

  /** Once, after the last byte. */
  digest(): Sha256 {
    return this.hash.digest('hex') as Sha256;
  }
}
