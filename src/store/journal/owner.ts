import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isRunning } from '../is-running.ts';

/** Long enough for a busy process to renew in time, short enough to wait for after a crash of another machine. */
export const LEASE_MS = 30_000;

/** A name for this run that says where its process lives: `machine pid random`. */
export function newOwner(): string {
  return `${machine()} ${process.pid} ${randomBytes(8).toString('hex')}`;
}

/**
 * Whether the process behind a lease may still be at work. One of this machine that is gone is known at once;
 * elsewhere only the lease tells. Being wrong costs no money: whoever takes a submission over looks for it,
 * and never sends it again.
 */
export function isAlive(owner: string | null, leaseUntil: number): boolean {
  if (owner === null || leaseUntil <= Date.now()) return false;
  const [where, pid] = owner.split(' ');
  return where !== machine() || isRunning(Number(pid));
}

let known: string | undefined;
/** The host, and on Linux the process name space: in another container the same number is another process. */
function machine(): string {
  if (known !== undefined) return known;
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    // not Linux
  }
  known = `${hostname().replaceAll(' ', '_')}/${space}`;
  return known;
}
