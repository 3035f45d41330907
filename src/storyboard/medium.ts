import type { Path } from './parse-yaml.ts';
import type { FrameAt, Medium } from './storyboard.ts';
import type { Footage, Frame } from './written.ts';

/** What is written as a picture or a video; null for what the schema check has refused. `at` is the frame if none is named. */
export function mediumOf(written: Footage | Frame, path: Path, at: FrameAt | null): Medium | null {
  if (typeof written === 'string') return { file: written, path };
  if (typeof written?.from !== 'string') return null;
  return { from: written.from, at: 'at' in written ? (written.at as FrameAt) : at, path };
}
