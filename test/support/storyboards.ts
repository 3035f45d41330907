import { readFileSync } from 'node:fs';
import { inRepository } from './repository.ts';

/** A small storyboard's text; `shots` is YAML for the list. Its film is small as well, where `rest` has no cut of its own. */
export function storyboardText(shots: string, rest = ''): string {
  const cut = /^cut:/m.test(rest) ? '' : 'cut: { size: 320x180 }\n';
  return `version: 1
title: Test
${cut}${rest}characters:
  { mira: { videos: [refs/mira.mp4] }, bo: { videos: [refs/bo.mp4] } }
shots:
${shots}`;
}

/** `- id: a` with a prompt and whatever else. */
export function shot(id: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const all = { prompt: `{mira} does ${id}`, duration: 2, ...fields };
  const lines = Object.entries(all).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`);
  return `  - id: ${id}\n${lines.join('\n')}\n`;
}

/** Videos that a model would take: a second of one colour. */
export const REFERENCES: { readonly 'refs/mira.mp4': Uint8Array; readonly 'refs/bo.mp4': Uint8Array } = {
  'refs/mira.mp4': readFileSync(inRepository('test/golden/check/refs/mira.mp4')),
  'refs/bo.mp4': readFileSync(inRepository('test/golden/check/refs/bo.mp4')),
};
