const LATELY_MS = 10_000;

/** Who did something lately. */
export class Recent {
  private readonly heardAt = new Map<string, number>();

  /** Somebody did something at a moment (milliseconds). */
  note(key: string, now: number): void {
    this.heardAt.set(key, now);
  }

  /** All who did something in the last seconds before a moment (milliseconds). */
  within(now: number): ReadonlySet<string> {
    for (const [key, at] of this.heardAt) if (now - at > LATELY_MS) this.heardAt.delete(key);
    return new Set(this.heardAt.keys());
  }
}
