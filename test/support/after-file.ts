const owed: (() => Promise<unknown>)[] = [];

/** To be done when the test file has run: test files share this module, so its own `afterAll` would come once. */
export function afterFile(work: () => Promise<unknown>): void {
  owed.push(work);
}

export async function doWhatIsOwed(): Promise<void> {
  while (owed.length > 0) await owed.pop()?.();
}
