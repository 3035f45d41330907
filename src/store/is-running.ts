import { hasCode } from '../failure.ts';

/** Whether there is a process of this number on this machine; true where that cannot be told. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}
