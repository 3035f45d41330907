import { guarded, type Prepare } from './database.ts';

/** The seeds of shots that leave theirs open. */
export class DrawnSeeds {
  private readonly prepare: Prepare;
  private readonly file: string;

  constructor(prepare: Prepare, file: string) {
    this.prepare = prepare;
    this.file = file;
  }

  /** The seed of a shot's first take: drawn once, for all processes. Call it in the journal's `alone`. */
  of(storyboard: string, shot: string, draw: () => number): number {
    const known = this.prepare('SELECT base FROM seed WHERE storyboard = ? AND shot = ?');
    const row = known.get(storyboard, shot) as { base: number } | undefined;
    if (row !== undefined) return row.base;
    const base = draw();
    this.prepare('INSERT INTO seed (storyboard, shot, base) VALUES (?, ?, ?)').run(storyboard, shot, base);
    return base;
  }

  /** Those that were drawn, by storyboard and shot. */
  all(): Map<string, Map<string, number>> {
    const seeds = new Map<string, Map<string, number>>();
    const rows = guarded(this.file, () => this.prepare('SELECT storyboard, shot, base FROM seed').all());
    for (const { storyboard, shot, base } of rows as { storyboard: string; shot: string; base: number }[]) {
      seeds.set(storyboard, (seeds.get(storyboard) ?? new Map<string, number>()).set(shot, base));
    }
    return seeds;
  }
}
