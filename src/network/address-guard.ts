import { lookup as dnsLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Which addresses we let a service send us to. It names where clips are fetched from and references are put: a
 * forged answer must not make us talk to a printer, a router or a cloud's metadata service.
 */
export class AddressGuard {
  /** Connections that are kept for the next file: whom they lead to was checked when they were made. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent } = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  private readonly loopbackAllowed: boolean;

  /** Loopback is for rehearsals, where the API itself is on this machine. */
  constructor(loopbackAllowed: boolean) {
    this.loopbackAllowed = loopbackAllowed;
  }

  /**
   * Why an address is not safe; null for https (or a rehearsal's http) to a name or a public address. The path is left
   * out: it may be signed.
   */
  objection(url: URL): string | null {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isLoopback = host === 'localhost' || rangeOf(host) === 'loopback';
    const plain = url.protocol === 'http:' && this.loopbackAllowed && isLoopback;
    const unsafe = (why: string) => `an address at ${url.host || url.protocol} is not safe: ${why}`;
    if (url.protocol !== 'https:' && !plain) return unsafe('it is not https');
    if (url.username !== '' || url.password !== '') return unsafe('it carries a password');
    return ipaddr.isValid(host) && !this.allows(host) ? unsafe('it is not public') : null;
  }

  /**
   * Resolves a name as Node does, but fails if any of its addresses is not public. The connection goes to the very
   * addresses that were checked, so a name cannot change in between.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const stranger = addresses.find(({ address }) => !this.allows(address));
      const [first] = addresses;
      if (stranger !== undefined || first === undefined) {
        const message = `${hostname} leads to ${stranger?.address ?? 'nowhere'}, which is not a public address`;
        callback(Object.assign(new Error(message), { code: NOT_PUBLIC }), '', 0);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  private allows(address: string): boolean {
    const range = rangeOf(address);
    if (address.includes(':') && range === 'unicast' && !/^[23]/.test(address)) return false; // 2000::/3 is public
    return range === 'unicast' || (range === 'loopback' && this.loopbackAllowed);
  }
}

/** The code of errors of `lookup`. */
export const NOT_PUBLIC = 'ERR_NOT_PUBLIC';

function rangeOf(address: string): string | null {
  return ipaddr.isValid(address) ? ipaddr.process(address).range() : null;
}
