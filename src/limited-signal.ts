/** A signal that is aborted with another one, or after a time; and the way to let go of both. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** Whether the time was over. */
  readonly isOver: () => boolean;
  /** Call it when the work has ended: AbortSignal.any and AbortSignal.timeout would be kept until their time is over. */
  readonly release: () => void;
}

export function limitedSignal(signal: AbortSignal, ms: number): LimitedSignal {
  const controller = new AbortController();
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    controller.abort();
  }, ms);
  timer.unref();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    isOver: () => over,
    release: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', follow);
    },
  };
}
