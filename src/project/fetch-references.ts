import { promises as fs } from 'node:fs';
import { EXIT, Failure, systemFailure } from '../failure.ts';
import type { FetchPace } from '../network/fetch-file.ts';
import type { Sha256 } from '../plan/key.ts';
import type { LockedReferences } from '../store/lock-file.ts';
import type { Store } from '../store/store.ts';
import type { RemoteReference } from './reference-files.ts';

export interface FetchOptions {
  /** Look at every address again, whatever is pinned. */
  readonly refreshReferences?: boolean | undefined;
  /** What no lock file pins is refused. */
  readonly frozen?: boolean | undefined;
  /** The service is on this machine, and so may references be. */
  readonly rehearsal?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Something else is at an address than was before. */
export interface ChangedReference extends RemoteReference {
  readonly before: Sha256;
  readonly after: Sha256;
}

/** How large a reference may be, and how long it may take to come. */
export interface FetchLimits extends FetchPace {
  readonly maxBytes: number;
}

const LIMITS: FetchLimits = { connectMs: 20_000, idleMs: 30_000, downloadMs: 600_000, maxBytes: 500_000_000 };

/**
 * The files behind the addresses of a run's references. Each address is looked at once in its life: what was found is
 * kept in the store, and pinned by the lock file of whoever rendered with it. What is here needs no network.
 */
export class ReferenceFetcher {
  readonly changed: ChangedReference[] = [];
  private readonly store: Store;
  private readonly options: FetchOptions;
  private readonly limits: FetchLimits;
  /** No address is asked twice in a run. */
  private readonly asked = new Map<string, Promise<{ path: string; sha256: Sha256 }>>();

  constructor(store: Store, options: FetchOptions, limits: FetchLimits = LIMITS) {
    this.store = store;
    this.options = options;
    this.limits = limits;
  }

  /** Paths and digests by URL. `pins` go in order: the storyboard's own lock file before those of its versions. */
  async fetch(
    remote: readonly RemoteReference[],
    pins: readonly LockedReferences[],
  ): Promise<{ paths: Map<string, string>; references: Map<string, Sha256> }> {
    const paths = new Map<string, string>();
    const references = new Map<string, Sha256>();
    for (const reference of remote) {
      const pinned = pins.map(pin => pin.get(reference.url)).find(sha256 => sha256 !== undefined) ?? null;
      const { path, sha256 } = await this.one(reference, pinned);
      paths.set(reference.url, path);
      references.set(reference.url, sha256);
    }
    return { paths, references };
  }

  private async one(reference: RemoteReference, pinned: Sha256 | null) {
    const { references } = this.store;
    const { url, place } = reference;
    const { refreshReferences = false, frozen = false } = this.options;
    if (frozen && pinned === null) {
      throw new Failure('reference-unpinned', `${place}: the lock file does not say what is at ${url}`, {
        hint: 'Nothing was fetched. Render without --frozen first, and commit the lock file.',
        exitCode: EXIT.refused,
      });
    }
    const known = pinned ?? (await references.noted(url));
    if (!refreshReferences && known !== null) {
      const path = await references.find(known);
      if (path !== null) return { path, sha256: known };
    }
    const asked = this.asked.get(url) ?? this.ask(reference);
    this.asked.set(url, asked);
    const found = await asked;
    if (refreshReferences) {
      if (known !== null && known !== found.sha256)
        this.changed.push({ ...reference, before: known, after: found.sha256 });
    } else if (pinned !== null && pinned !== found.sha256) {
      throw new Failure(
        'reference-moved-on',
        `${place}: something else is at ${url} now: ${found.sha256}, and the lock file pins ${pinned}`,
        {
          hint: 'Bring the old file back, or take the new one with --refresh-references: what shows it is then rendered again.',
          exitCode: EXIT.refused,
        },
      );
    }
    return found;
  }

  private async ask(reference: RemoteReference): Promise<{ path: string; sha256: Sha256 }> {
    const { references } = this.store;
    const file = await this.temporary();
    try {
      const { sha256 } = await this.download(reference, file);
      const { fileEnding } = await import('../media/file-ending.ts');
      const path = await references.put(file, sha256, await fileEnding(file));
      await references.note(reference.url, sha256);
      return { path, sha256 };
    } catch (error) {
      throw systemFailure(error, 'cannot keep a reference in the store');
    } finally {
      await fs.rm(file, { force: true }).catch(() => {});
    }
  }

  private async temporary(): Promise<string> {
    try {
      return await this.store.references.temporary();
    } catch (error) {
      throw systemFailure(error, 'cannot keep a reference in the store');
    }
  }

  private async download({ url, place }: RemoteReference, file: string) {
    const [{ fetchFile }, { AddressGuard }] = await Promise.all([
      import('../network/fetch-file.ts'),
      import('../network/address-guard.ts'),
    ]);
    const { maxBytes, ...pace } = this.limits;
    const refused = (why: string) =>
      new Failure('reference-refused', `${place}: ${url} was not fetched: ${why}`, {
        hint: 'Download it yourself, put it beside the storyboard, and name its path.',
        exitCode: EXIT.usage,
      });
    const failed = (why: string) =>
      new Failure('reference-unreachable', `${place}: ${url} could not be fetched: ${why}`, {
        hint: 'Correct the address, or run the same command again when it answers; or download the file and name its path.',
      });
    return await fetchFile(new URL(url), {
      ...{ file, maxBytes, pace, failed, refused },
      guard: new AddressGuard(this.options.rehearsal === true),
      signal: this.options.signal ?? new AbortController().signal,
      accept: 'video/*,image/*,audio/*,*/*;q=0.1',
      isWelcome: type =>
        /^(video|image|audio|binary)\/|^application\/(octet-stream|mp4|ogg)/i.test(type) &&
        !/^image\/svg/i.test(type),
      tooLarge: () => refused(`it has more than ${maxBytes / 1e6} MB`),
    });
  }
}
