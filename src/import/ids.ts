const LONGEST = 48;
const DEVICE_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Gives out ids that no other has, and that are no device of Windows. */
export class Ids {
  private readonly taken = new Set<string>();
  /** The next number of a base: 10,000 shots of one name are no reason to count from 2 each time. */
  private readonly next = new Map<string, number>();

  /** An id made of `text`, or of `otherwise` where it has no letter that an id can have. */
  take(text: string, otherwise: string): string {
    const slug = slugOf(text);
    const base = slug === '' || DEVICE_NAMES.test(slug) ? otherwise : slug;
    let id = base;
    let number = this.next.get(base) ?? 2;
    while (this.taken.has(id)) id = `${base}-${number++}`;
    this.next.set(base, number);
    this.taken.add(id);
    return id;
  }
}

/** `Ö-Haus, 2. Etage` → `o-haus-2-etage`. */
export function slugOf(text: string): string {
  const slug = text
    .slice(0, 400)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (slug.length <= LONGEST) return slug;
  const cut = slug.slice(0, LONGEST + 1);
  return cut.slice(0, Math.max(cut.lastIndexOf('-'), LONGEST / 2)).replace(/-$/, '');
}

/** The first words of a text: what a shot is called where the script gives it no name. */
export function firstWords(text: string, count: number): string {
  return text.slice(0, 400).trim().split(/\s+/, count).join(' ');
}
