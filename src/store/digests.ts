import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Sha256 } from '../plan/key.ts';
import { KnownFiles } from './known-files.ts';

/** sha256 of files: a second plan does not read gigabytes again. The digest enters keys, times never do. */
export class Digests {
  private readonly files: KnownFiles<Sha256>;

  constructor(storeFolder: string) {
    this.files = new KnownFiles(join(storeFolder, 'digests.json'), {
      name: 'digests',
      version: 1,
      isFact: isSha256,
    });
  }

  /** The sha256 of a file's bytes. Throws what the file system throws. */
  async of(path: string, options: { readonly afresh?: boolean } = {}): Promise<Sha256> {
    return await this.files.of(path, () => hashFile(path), options);
  }

  /** Notes the digest of a file that we have just written and hashed ourselves. */
  note(path: string, sha256: Sha256): void {
    this.files.note(path, sha256);
  }

  /** Writes what was learnt. Fails silently where the store cannot be written. */
  async save(): Promise<void> {
    await this.files.save();
  }
}

export async function hashFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex') as Sha256;
}

function isSha256(value: unknown): value is Sha256 {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
