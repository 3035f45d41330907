import { type DiagnosticExplanation, type Explanation, exampleLines } from '../explanations/explanation.ts';
import type { Topic } from '../explanations/explanations.ts';
import { table } from './table.ts';
import { type Paint, painter, type Terminal } from './terminal.ts';

type Screen = Pick<Terminal, 'outColor' | 'columns'>;

const MOST_COLUMNS = 100;

/** Every code with a line about it. */
export function formatTopics(topics: readonly Topic[], { outColor }: Screen): string {
  const paint = painter(outColor);
  const lists = topics.map(({ title, explanations }) => {
    const rows = Object.entries<Explanation>(explanations).map(([code, { means }]) => [`  ${code}`, means]);
    return `${paint('bold', title)}\n${table(rows).join('\n')}\n`;
  });
  return `${lists.join('\n')}\n\`storyreel explain CODE\` tells more of one of them.\n`;
}

/** What a code means, why it is a mistake, how to mend it, and an example as a difference. */
export function formatExplanation(code: string, { kind, explanations }: Topic, screen: Screen): string {
  const paint = painter(screen.outColor);
  const explanation = explanations[code] as Explanation & Partial<DiagnosticExplanation>;
  const { means, why, mend, example } = explanation;
  const width = Math.min(screen.columns, MOST_COLUMNS);
  const head = `${paint(TINTS[kind], kind)} ${paint('bold', code)}: ${means}`;
  return [
    head,
    ...(why === undefined ? [] : [wrap(why, width)]),
    `${paint('bold', 'What to do:')} ${wrap(mend, width, 'What to do: '.length)}`,
    ...(typeof example === 'string' ? [formatExample(example, paint)] : []),
  ]
    .map(paragraph => `${paragraph}\n`)
    .join('\n');
}

const TINTS = { error: 'red', warning: 'yellow', failure: 'red', film: 'yellow', import: 'yellow' } as const;

function formatExample(example: string, paint: Paint): string {
  return exampleLines(example)
    .map(line => {
      if (line.startsWith('- ')) return paint('red', `  ${line}`);
      if (line.startsWith('+ ')) return paint('green', `  ${line}`);
      return line.startsWith(' ') ? `  ${line}` : paint('dim', `  ${line}`);
    })
    .join('\n');
}

/** Breaks a text between words; its first line begins behind `indent` columns. */
function wrap(text: string, width: number, indent = 0): string {
  let column = indent;
  let wrapped = '';
  for (const word of text.split(' ')) {
    if (wrapped !== '' && column + 1 + word.length > width) {
      wrapped += `\n${word}`;
      column = word.length;
    } else {
      wrapped += wrapped === '' ? word : ` ${word}`;
      column += word.length + (wrapped === word ? 0 : 1);
    }
  }
  return wrapped;
}
