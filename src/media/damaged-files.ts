/** Files are not what they were when they were made. */
export class DamagedFiles extends Error {
  override readonly name = 'DamagedFiles';
  readonly paths: readonly string[];

  constructor(paths: readonly string[]) {
    super(`damaged: ${paths.join(', ')}`);
    this.paths = paths;
  }

  /** As Promise.all, but tells of all that are damaged at once: what else fails is told as it happens. */
  static async ofAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
    const damaged: string[] = [];
    const done = await Promise.all(
      work.map(async one => {
        try {
          return await one;
        } catch (error) {
          if (!(error instanceof DamagedFiles)) throw error;
          damaged.push(...error.paths);
          return null;
        }
      }),
    );
    if (damaged.length > 0) throw new DamagedFiles([...new Set(damaged)]);
    return done as T[];
  }
}
