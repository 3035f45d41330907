/** What a hint says of the shots that are rendered, `more` after their names. */
export function nameShots(names: readonly string[], more = ''): string {
  if (names.length === 0)
    return 'No shot is rendered here: cards, stills and clips are put into the cut as they are.';
  return `The shots are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' …' : ''}${more}.`;
}
