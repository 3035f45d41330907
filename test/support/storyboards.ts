/** A small storyboard's text; `shots` is YAML for the list. */
export function storyboardText(shots: string, rest = ''): string {
  return `version: 1
title: Test
${rest}characters:
  mira: { videos: [refs/mira.mp4] }
  bo: { videos: [refs/bo.mp4] }
shots:
${shots}`;
}

/** `- id: a` with a prompt and whatever else. */
export function shot(id: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const all = { prompt: `{mira} does ${id}`, duration: 2, ...fields };
  const lines = Object.entries(all).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`);
  return `  - id: ${id}\n${lines.join('\n')}\n`;
}

/** Reference files need not be playable where nothing draws them. */
export const REFERENCES: Readonly<Record<string, string>> = {
  'refs/mira.mp4': 'mira, as bytes',
  'refs/bo.mp4': 'bo, as other bytes',
};
