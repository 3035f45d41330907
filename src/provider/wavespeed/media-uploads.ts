import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, quietly } from '../../failure.ts';
import type { AddressGuard } from '../../network/address-guard.ts';
import type { Sha256 } from '../../plan/key.ts';
import { LEASE_MS } from '../../store/journal/owner.ts';
import type { Uploads } from '../../store/journal/uploads.ts';
import { BackOff } from '../back-off.ts';
import type { JobMedia } from '../provider.ts';
import { asObject, timeOf } from './answers.ts';
import type { Api, Told } from './api.ts';
import type { WavespeedPace } from './pace.ts';
import { changed, plainHeaders, putFile, type TooMany } from './put-file.ts';
import { refusal } from './refusals.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Uploads live for 7 days by some accounts; the service's own client trusts them for one. */
const TRUSTED_FOR_MS = 24 * HOUR_MS;
/** Between two looks whether another process has uploaded a file. */
const ELSEWHERE_MS = 250;
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
  private readonly backOff: BackOff;
  private readonly under = new Map<Sha256, Promise<string>>();

  constructor(api: Api, uploads: Uploads, guard: AddressGuard, pace: WavespeedPace) {
    this.api = api;
    this.uploads = uploads;
    this.guard = guard;
    this.pace = pace;
    this.backOff = new BackOff(pace.busy);
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

  /** "Too many" ends no upload: it is begun anew when the service takes more, since a ticket is not valid for ever. */
  private async upload(media: JobMedia, signal: AbortSignal): Promise<string> {
    for (;;) {
      await this.backOff.untilOpen(signal);
      const sent = await this.send(media, signal);
      if (sent.kind === 'too-many') {
        this.backOff.tooMany(sent.retryAfterMs);
        continue;
      }
      this.backOff.taken();
      this.uploads.note(this.api.host, media.sha256, sent.url, sent.expiresAt);
      return sent.url;
    }
  }

  private async send(media: JobMedia, signal: AbortSignal): Promise<Uploaded | TooMany> {
    const { size } = await fs.stat(media.path);
    // The name that a file has here is nobody's business.
    const extension = extname(media.path).toLowerCase();
    const filename = `${media.sha256.slice(0, 16)}${TYPES[extension] === undefined ? '' : extension}`;
    const type = TYPES[extension] ?? 'application/octet-stream';
    const ticket = await this.api.upload('media/uploads', { filename, size, content_type: type }, signal);
    // An older service has no tickets.
    return [404, 405, 501].includes(ticket.status)
      ? await this.sendForm(media, filename, type, signal)
      : await this.sendWithTicket(ticket, media, size, signal);
  }

  private async sendWithTicket(
    told: Told,
    media: JobMedia,
    size: number,
    signal: AbortSignal,
  ): Promise<Uploaded | TooMany> {
    const { status, retryAfterMs } = told;
    if (status === 429) return { kind: 'too-many', retryAfterMs };
    if (status !== 200) throw refused(media, told);
    const ticket = asObject(told.data);
    const target = asObject(ticket?.upload);
    if (typeof target?.url !== 'string' || !URL.canParse(target.url)) throw noTicket();
    const url = downloadUrl(ticket?.download_url);
    const where = { url: new URL(target.url), headers: plainHeaders(target.headers) };
    const objection = this.guard.objection(where.url);
    if (objection !== null) throw unsafe(media, objection);
    for (let attempt = 0; ; attempt++) {
      const put = await putFile(where, media, size, { guard: this.guard, pace: this.pace, signal });
      if (put.kind === 'too-many') return put;
      if (put.kind === 'arrived') break;
      const waitMs = this.pace.again[attempt];
      if (!put.again || waitMs === undefined) throw put.failure;
      await sleep(waitMs, undefined, { signal });
    }
    const now = Date.now();
    const lives = (timeOf(ticket?.expires_at) ?? now + TRUSTED_FOR_MS) - now;
    const lifeMs = Math.min(Math.max(0, lives), LONGEST_LIFE_MS);
    // The service reads it a while after we have submitted.
    return { kind: 'uploaded', url, expiresAt: Math.floor(now + lifeMs - Math.min(HOUR_MS, lifeMs / 4)) };
  }

  private async sendForm(
    media: JobMedia,
    filename: string,
    type: string,
    signal: AbortSignal,
  ): Promise<Uploaded | TooMany> {
    const bytes = await fs.readFile(media.path);
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash !== media.sha256) throw changed(media);
    const form = new FormData();
    form.append('file', new Blob([bytes], { type }), filename);
    const told = await this.api.upload('media/upload/binary', form, signal);
    const { status, retryAfterMs } = told;
    if (status === 429) return { kind: 'too-many', retryAfterMs };
    if (status !== 200) throw refused(media, told);
    const url = downloadUrl(asObject(told.data)?.download_url);
    return { kind: 'uploaded', url, expiresAt: Date.now() + TRUSTED_FOR_MS };
  }
}

interface Uploaded {
  readonly kind: 'uploaded';
  readonly url: string;
  readonly expiresAt: number;
}

function downloadUrl(value: unknown): string {
  if (typeof value === 'string' && URL.canParse(value)) return value;
  throw noTicket();
}

/** Why the service takes no upload: what it says of a submission in the same words would be about the shot. */
function refused(media: JobMedia, { status, errorCode, message }: Told): Failure {
  const told = refusal(status, errorCode, message);
  if (told.code === 'no-credit') return told;
  // Of this kind is also what a gateway says, or a service that knows no uploads.
  if (!ABOUT_THE_FILE.has(status)) {
    return new Failure('upload-failed', `WaveSpeed does not take ${media.file} now: ${message}`, {
      hint: 'Nothing was submitted. Run the same command again later.',
    });
  }
  return new Failure('upload-failed', `WaveSpeed does not take ${media.file}: ${message}`, {
    hint: 'Nothing was submitted. Change the reference as the message says, then run the same command again.',
  });
}

const ABOUT_THE_FILE = new Set([400, 413, 415, 422]);

function unsafe(media: JobMedia, why: string): Failure {
  return new Failure('upload-failed', `${media.file} was not uploaded: ${why}`, {
    hint: 'Nothing was sent, and nothing was submitted. If this repeats, ask WaveSpeed about its uploads.',
  });
}

function noTicket(): Failure {
  return new Failure('upload-failed', 'WaveSpeed did not say where to put a reference', {
    hint: 'Nothing was submitted. Run the same command again later.',
  });
}
