import { createHash } from 'node:crypto';
import { createReadStream, promises as fs } from 'node:fs';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import got from 'got';
import { Failure, quietly, systemFailure } from '../../failure.ts';
import type { AddressGuard } from '../../network/address-guard.ts';
import { HashingStream } from '../../network/hashing-stream.ts';
import type { Sha256 } from '../../plan/key.ts';
import { LEASE_MS } from '../../store/journal/owner.ts';
import type { Uploads } from '../../store/journal/uploads.ts';
import type { JobMedia } from '../provider.ts';
import { asObject, timeOf } from './answers.ts';
import type { Api } from './api.ts';
import type { WavespeedPace } from './pace.ts';
import { refusal } from './refusals.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Uploads live for 7 days by some accounts; the service's own client trusts them for one. */
const TRUSTED_FOR_MS = 24 * HOUR_MS;
const TRIES = 4;
/** Between two looks whether another process has uploaded a file. */
const ELSEWHERE_MS = 250;
/** What a storage service has to say about a file. */
const MAX_ANSWER_BYTES = 64 * 1024;
const LONGEST_LIFE_MS = 7 * 24 * HOUR_MS;
const TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.bmp': 'image/bmp',
};

/** Puts reference files where the service can read them; the same bytes once while their address lives. */
export class MediaUploads {
  private readonly api: Api;
  private readonly uploads: Uploads;
  private readonly guard: AddressGuard;
  private readonly pace: WavespeedPace;
  private readonly under = new Map<Sha256, Promise<string>>();

  constructor(api: Api, uploads: Uploads, guard: AddressGuard, pace: WavespeedPace) {
    this.api = api;
    this.uploads = uploads;
    this.guard = guard;
    this.pace = pace;
  }

  /** The address under which the service has a file. */
  async urlOf(media: JobMedia, signal: AbortSignal): Promise<string> {
    const known = this.uploads.find(this.api.host, media.sha256);
    if (known !== null) return known;
    const under = this.under.get(media.sha256) ?? this.uploadOnce(media, signal);
    this.under.set(media.sha256, under);
    try {
      return await under;
    } finally {
      this.under.delete(media.sha256);
    }
  }

  /** The service could not read them: they are uploaded anew. */
  forget(urls: readonly string[]): void {
    this.uploads.forget(this.api.host, urls);
  }

  /** Of several processes one sends the bytes; the others wait for its address. */
  private async uploadOnce(media: JobMedia, signal: AbortSignal): Promise<string> {
    const { host } = this.api;
    while (!this.uploads.begin(host, media.sha256)) {
      await sleep(ELSEWHERE_MS, undefined, { signal });
      const known = this.uploads.find(host, media.sha256);
      if (known !== null) return known;
    }
    const renewing = setInterval(() => quietly(() => this.uploads.begin(host, media.sha256)), LEASE_MS / 3);
    try {
      return await this.upload(media, signal);
    } catch (error) {
      quietly(() => this.uploads.giveUp(host, media.sha256));
      throw error;
    } finally {
      clearInterval(renewing);
    }
  }

  private async upload(media: JobMedia, signal: AbortSignal): Promise<string> {
    const { size } = await fs.stat(media.path);
    // The name that a file has here is nobody's business.
    const extension = extname(media.path).toLowerCase();
    const filename = `${media.sha256.slice(0, 16)}${TYPES[extension] === undefined ? '' : extension}`;
    const type = TYPES[extension] ?? 'application/octet-stream';
    const ticket = await this.api.ask('media/uploads', { filename, size, content_type: type }, signal);
    // An older service has no tickets.
    const { url, expiresAt } = [404, 405, 501].includes(ticket.status)
      ? await this.sendForm(media, filename, type, signal)
      : await this.sendWithTicket(ticket, media, size, signal);
    this.uploads.note(this.api.host, media.sha256, url, expiresAt);
    return url;
  }

  private async sendWithTicket(
    { status, errorCode, message, data }: Awaited<ReturnType<Api['ask']>>,
    media: JobMedia,
    size: number,
    signal: AbortSignal,
  ): Promise<Uploaded> {
    const ticket = asObject(data);
    const target = asObject(ticket?.upload);
    if (status !== 200) throw refusal(status, errorCode, `it takes no upload: ${message}`);
    if (typeof target?.url !== 'string' || !URL.canParse(target.url)) throw noTicket();
    const url = downloadUrl(ticket?.download_url);
    const where = new URL(target.url);
    this.guard.check(where);
    const headers = plainHeaders(target.headers);
    for (let attempt = 1; ; attempt++) {
      const problem = await this.put(where, headers, media, size, signal);
      if (problem === null) break;
      if (attempt === TRIES || !problem.again) throw problem.failure;
    }
    const now = Date.now();
    const told = (timeOf(ticket?.expires_at) ?? now + TRUSTED_FOR_MS) - now;
    const lifeMs = Math.min(Math.max(0, told), LONGEST_LIFE_MS);
    // The service reads it a while after we have submitted.
    return { url, expiresAt: Math.floor(now + lifeMs - Math.min(HOUR_MS, lifeMs / 4)) };
  }

  /** Raw bytes with exactly the ticket's headers: no key. Null if they have arrived. */
  private async put(
    url: URL,
    headers: Readonly<Record<string, string>>,
    media: JobMedia,
    size: number,
    signal: AbortSignal,
  ): Promise<{ failure: Failure; again: boolean } | null> {
    const hashing = new HashingStream();
    const file = createReadStream(media.path);
    const read = pipeline(file, hashing).catch((error: unknown) => error);
    try {
      const promise = got.put(url, {
        body: hashing,
        decompress: false,
        headers: { ...headers, 'content-length': String(size) },
        followRedirect: false,
        throwHttpErrors: false,
        retry: { limit: 0 },
        dnsLookup: this.guard.lookup,
        timeout: { connect: this.pace.connectMs, socket: this.pace.idleMs, request: this.pace.downloadMs },
        signal,
      });
      promise.on('downloadProgress', ({ transferred }) => {
        if (transferred > MAX_ANSWER_BYTES) promise.cancel('the answer is too long');
      });
      const { statusCode } = await promise;
      if (statusCode < 200 || statusCode >= 300) {
        const again = statusCode >= 500 || statusCode === 408 || statusCode === 429;
        return { failure: notTaken(media, `HTTP ${statusCode}`), again };
      }
      if (hashing.bytes < size) return { failure: notTaken(media, 'it was answered too early'), again: true };
      return hashing.digest() === media.sha256 ? null : { failure: changed(media), again: false };
    } catch (error) {
      signal.throwIfAborted();
      file.destroy();
      const unreadable = systemFailure(await read, `cannot read ${media.file}`);
      if (unreadable instanceof Failure) return { failure: unreadable, again: false };
      return { failure: notTaken(media, (error as Error).message), again: true };
    } finally {
      file.destroy();
      hashing.destroy();
    }
  }

  private async sendForm(
    media: JobMedia,
    filename: string,
    type: string,
    signal: AbortSignal,
  ): Promise<Uploaded> {
    const bytes = await fs.readFile(media.path);
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash !== media.sha256) throw changed(media);
    const form = new FormData();
    form.append('file', new Blob([bytes], { type }), filename);
    const { status, errorCode, message, data } = await this.api.sendForm('media/upload/binary', form, signal);
    if (status !== 200) throw refusal(status, errorCode, `it takes no upload: ${message}`);
    return { url: downloadUrl(asObject(data)?.download_url), expiresAt: Date.now() + TRUSTED_FOR_MS };
  }
}

interface Uploaded {
  readonly url: string;
  readonly expiresAt: number;
}

function downloadUrl(value: unknown): string {
  if (typeof value === 'string' && URL.canParse(value)) return value;
  throw noTicket();
}

/** The ticket's own; never one that would carry a secret of ours, or frame the request otherwise. */
function plainHeaders(value: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(asObject(value) ?? {})) {
    if (typeof text !== 'string' || !/^[\w-]+$/.test(name) || /[^\x20-\x7e]/.test(text)) continue;
    if (
      /^(authorization|cookie|host|connection|transfer-encoding|content-length|expect|upgrade|te|trailer|keep-alive|proxy-.*)$/i.test(
        name,
      )
    )
      continue;
    headers[name.toLowerCase()] = text;
  }
  return headers;
}

function noTicket(): Failure {
  return new Failure('upload-failed', 'WaveSpeed did not say where to put a reference', {
    hint: 'Nothing was submitted. Run the same command again later.',
  });
}

function notTaken(media: JobMedia, why: string): Failure {
  return new Failure('upload-failed', `${media.file} could not be uploaded: ${why}`, {
    hint: 'Nothing was submitted. Run the same command again.',
  });
}

function changed(media: JobMedia): Failure {
  return new Failure('reference-changed', `${media.file} changed while it was uploaded`, {
    hint: 'Nothing was submitted. Run the same command again for a plan with the new file.',
  });
}
