/** Seconds of `5`, `5 s`, `2,5 sec`, `0:05` or `00:00:05`; null for anything else. */
export function secondsIn(text: string): number | null {
  const clock = /^(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,3})?)$/.exec(text);
  const plain = /^(\d{1,5}(?:[.,]\d{1,3})?)\s*(?:s|sec|secs|seconds?|["”″])?\.?$/i.exec(text);
  const number = (digits: string | undefined) => Number((digits ?? '0').replace(',', '.'));
  const seconds =
    clock !== null
      ? number(clock[1]) * 3600 + number(clock[2]) * 60 + number(clock[3])
      : plain !== null
        ? number(plain[1])
        : 0;
  return seconds > 0 ? seconds : null;
}

/** A whole number from `least` to `most`; null for anything else. */
export function wholeIn(text: string, least: number, most: number): number | null {
  const number = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : null;
}

/** `Mira, Bo & the clerk` → three names. */
export function namesIn(text: string): string[] {
  return text
    .split(/[,;/&+\n]|\band\b/i)
    .map(name => name.replace(/\s+/g, ' ').trim().slice(0, 80))
    .filter(name => /[\p{L}\p{N}]/u.test(name));
}
