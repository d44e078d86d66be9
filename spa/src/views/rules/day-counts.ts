import type { BacktestFiring } from "../../contracts/rest";

/** How often a rule would have acted on one day, by day and by night, and how often it would have held back. */
export interface DayCount {
  /** Epoch seconds of the day's beginning. */
  start: number;
  day: number;
  night: number;
  held: number;
}

/** Firings counted for every day between two moments (epoch seconds), also for days without any. */
export function countByDay(firings: readonly BacktestFiring[], start: number, end: number): DayCount[] {
  const days: DayCount[] = [];
  const at = new Date(start * 1000);
  at.setHours(0, 0, 0, 0);
  for (; at.getTime() / 1000 <= end; at.setDate(at.getDate() + 1)) {
    days.push({ start: at.getTime() / 1000, day: 0, night: 0, held: 0 });
  }
  for (const firing of firings) {
    const found = days.findLast((day) => day.start <= firing.at);
    if (!found) continue;
    if (firing.verdict !== "fire") found.held += 1;
    else if (firing.night) found.night += 1;
    else found.day += 1;
  }
  return days;
}
