import { styleText } from 'node:util';

/** Where a command prints to, and what it may assume of the reader. Made by cli.ts, and by tests that need no process. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, questions and errors. */
  readonly err: (text: string) => void;
  /** For results and for the rest: colour where the stream is a terminal and NO_COLOR is not set. */
  readonly outColor: boolean;
  readonly errColor: boolean;
  /** True if a person can answer a question. */
  readonly interactive: boolean;
  /** True if what is printed to `err` can be redrawn. */
  readonly live: boolean;
  readonly columns: number;
}

type Style = Parameters<typeof styleText>[0];

/** Text in a style, or plain. */
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => (color && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}
