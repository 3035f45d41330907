import { withoutEmphasis } from './emphasis.ts';

/** Words as they are read: on one line, without marks of emphasis. */
export function plain(text: string): string {
  return flat(text.split('\n').map(withoutEmphasis).join(' '));
}

/** On one line. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
