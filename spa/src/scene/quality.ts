/** How much is drawn: 0 is everything. */
export type Level = 0 | 1 | 2 | 3;

/** What a level allows. */
export interface Detail {
  /** CSS pixels for each drawn pixel's side. */
  scaling: number;
  /** Message arcs at once. */
  arcs: number;
  labels: number;
  /** Milliseconds between frames while a person moves the camera. */
  handled: number;
  /** Milliseconds between frames while something flows. */
  flowing: number;
}

const DETAILS: readonly Detail[] = [
  { scaling: 1, arcs: 120, labels: 60, handled: 16, flowing: 33 },
  { scaling: 1.35, arcs: 70, labels: 40, handled: 33, flowing: 50 },
  { scaling: 1.8, arcs: 40, labels: 28, handled: 50, flowing: 83 },
  { scaling: 2.4, arcs: 24, labels: 20, handled: 66, flowing: 125 },
];

const LOWEST = 3;
const WINDOW = 24;
const SLOW = 1.7;
const FAST = 1.15;
const CALM_WINDOWS = 25;
const MOST_INTERVAL_MS = 1000;

/** Watches how long frames take, and lowers the detail when they come late; raises it only after a long calm. */
export class Quality {
  private late: number[] = [];
  private calm = 0;
  private needed = CALM_WINDOWS;

  constructor(private current: Level = 0) {}

  get level(): Level {
    return this.current;
  }

  get detail(): Detail {
    return DETAILS[this.current] as Detail;
  }

  /** Note a frame that came `interval` ms after the one before though `wanted` was asked for; true: another level. */
  note(interval: number, wanted: number): boolean {
    if (interval > MOST_INTERVAL_MS) return false;
    this.late.push(interval / wanted);
    if (this.late.length < WINDOW) return false;
    const middle = this.late.sort((a, b) => a - b)[WINDOW >> 1] ?? 1;
    this.late = [];
    if (middle > SLOW) return this.move(1);
    this.calm = middle < FAST ? this.calm + 1 : 0;
    return this.calm >= this.needed && this.move(-1);
  }

  /** Begin with less, because of what is known of the graphics. */
  lower(level: Level): void {
    this.current = Math.max(this.current, level) as Level;
  }

  private move(step: 1 | -1): boolean {
    this.calm = 0;
    const next = Math.min(LOWEST, Math.max(0, this.current + step)) as Level;
    if (next === this.current) return false;
    // what was too slow once is not tried again soon
    if (step > 0) this.needed *= 2;
    this.current = next;
    return true;
  }
}
