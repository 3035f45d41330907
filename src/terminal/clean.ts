/** Control characters, and the marks that reorder text: what a storyboard or a service must not do to a terminal. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside, safe to print. Line breaks and tabs stay. */
export function clean(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROLS, '');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}
