import { cleanLine } from './clean.ts';

/** Text from outside as text of GitHub's Markdown, on one line: it marks up nothing and calls nobody. */
export function markdownText(text: string): string {
  return cleanLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~$]/g, String.raw`\$&`)
    .replace(/@(?=\w)|#(?=\d)/g, '$&<!-- -->')
    .replace(/:\/\/|\bwww\./gi, '$&<!-- -->');
}

/** A name as code. */
export function markdownCode(text: string): string {
  return `\`${cleanLine(text).replaceAll('`', "'").replaceAll('|', String.raw`\|`)}\``;
}

/** A table; a heading that ends with a colon stands over a column that is aligned to the right. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(headings.map(heading => heading.replace(/:$/, ''))),
    line(headings.map(heading => (heading.endsWith(':') ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}
