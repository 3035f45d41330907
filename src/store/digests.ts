import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream, promises as fs, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode } from '../failure.ts';
import type { Sha256 } from '../plan/key.ts';
import { temporaryBeside } from './atomic-write.ts';

/** A file touched this shortly before it was read could change again without a new time stamp. */
const TOO_FRESH_NS = 100_000_000n;
const MAX_ENTRIES = 100_000;

/**
 * sha256 of files, kept by (device, inode, size, mtime, ctime) so that a second plan does not read gigabytes
 * again. A cache alone: losing it costs time. The digest enters keys, the times never do.
 */
export class Digests {
  private readonly file: string;
  private known: Map<string, Sha256> | null = null;
  private readonly used = new Map<string, Sha256>();
  private changed = false;

  constructor(storeFolder: string) {
    this.file = join(storeFolder, 'digests.json');
  }

  /** The sha256 of a file's bytes. Throws what the file system throws. */
  async of(path: string, options: { readonly afresh?: boolean } = {}): Promise<Sha256> {
    const before = await identify(path);
    const known =
      options.afresh === true
        ? undefined
        : (this.used.get(before.identity) ?? (await this.load()).get(before.identity));
    const sha256 = known ?? (await hashFile(path));
    if (known === undefined) {
      const after = await identify(path);
      const settled = after.identity === before.identity && before.touchedNs + TOO_FRESH_NS < before.readNs;
      if (!settled) return sha256;
      this.changed = true;
    }
    this.used.set(before.identity, sha256);
    return sha256;
  }

  /** Notes the digest of a file that we have just written and hashed ourselves. */
  note(path: string, sha256: Sha256): void {
    this.used.set(identityOf(statSync(path, { bigint: true })), sha256);
    this.changed = true;
  }

  /** Writes what was learnt. Fails silently where the store cannot be written: it is a cache. */
  async save(): Promise<void> {
    if (!this.changed) return;
    const merged = new Map([...this.used, ...(await this.load(true))].slice(0, MAX_ENTRIES));
    for (const [identity, sha256] of this.used) merged.set(identity, sha256);
    const temporary = temporaryBeside(this.file);
    try {
      await fs.mkdir(dirname(this.file), { recursive: true });
      await fs.writeFile(temporary, JSON.stringify({ version: 1, digests: Object.fromEntries(merged) }));
      await fs.rename(temporary, this.file);
      this.changed = false;
    } catch {
      await fs.rm(temporary, { force: true }).catch(() => {});
    }
  }

  private async load(again = false): Promise<Map<string, Sha256>> {
    if (this.known !== null && !again) return this.known;
    this.known = new Map();
    try {
      const { digests } = JSON.parse(await fs.readFile(this.file, 'utf8')) as {
        digests: Record<string, Sha256>;
      };
      for (const [identity, sha256] of Object.entries(digests)) {
        if (/^[0-9a-f]{64}$/.test(sha256)) this.known.set(identity, sha256);
      }
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'EACCES', 'ENOTDIR') && !isMalformed(error)) throw error;
    }
    return this.known;
  }
}

export async function hashFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex') as Sha256;
}

function isMalformed(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError;
}

/** What tells a file from another one, and from itself before it was written again. */
export function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

async function identify(path: string) {
  const stat = await fs.stat(path, { bigint: true });
  const { mtimeNs, ctimeNs } = stat;
  return {
    identity: identityOf(stat),
    touchedNs: ctimeNs > mtimeNs ? ctimeNs : mtimeNs,
    readNs: BigInt(Date.now()) * 1_000_000n,
  };
}
