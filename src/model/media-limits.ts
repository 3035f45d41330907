/** What a service is known to take of a file, beside what its schema can say. All of it is hearsay: a breach is a warning. */
export interface MediaLimits {
  /** Of the file: "MP4", "PNG". */
  readonly formats: readonly string[];
  /** The least and the most. */
  readonly seconds?: readonly [number, number];
  /** The least and the most, of width and height alike. */
  readonly pixels?: readonly [number, number];
  readonly maxBytes: number;
}

/** What a file says of itself. */
export interface FileFacts {
  readonly format: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** Null for a picture. */
  readonly seconds: number | null;
}

/** The most that a probe's rounding makes of a clip that was cut to fit. */
const SLACK_SECONDS = 0.05;

/** What of a file is beyond what is taken, in words: "is 0.4 s long; 1 to 30 s are taken". */
export function breaches({ formats, seconds, pixels, maxBytes }: MediaLimits, facts: FileFacts): string[] {
  // The rest was said of other formats.
  if (!formats.includes(facts.format)) return [`is ${facts.format}; ${listed(formats)} are taken`];
  const found: string[] = [];
  if (seconds !== undefined && facts.seconds !== null && !isWithin(facts.seconds, seconds, SLACK_SECONDS))
    found.push(`is ${rounded(facts.seconds)} s long; ${seconds[0]} to ${seconds[1]} s are taken`);
  if (pixels !== undefined && !(isWithin(facts.width, pixels) && isWithin(facts.height, pixels)))
    found.push(
      `has ${facts.width} × ${facts.height} pixels; ${pixels[0]} to ${pixels[1]} are taken either way`,
    );
  if (facts.bytes > maxBytes)
    found.push(`has ${rounded(facts.bytes / 1e6)} MB; at most ${rounded(maxBytes / 1e6)} are taken`);
  return found;
}

function isWithin(value: number, [least, most]: readonly [number, number], slack = 0): boolean {
  return value >= least - slack && value <= most + slack;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** To two places. */
function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
