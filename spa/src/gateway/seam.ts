import type { BusMessage } from "./live";

type Side = "ws" | "mqtt";

/** The time in which two carriers bring the same messages: lets each message through once, whichever brings it first. */
export class Seam {
  private readonly told = new Map<string, { ws: number; mqtt: number; passed: number }>();

  /** Whether this message of a carrier is one that the other has not brought yet. */
  lets(message: BusMessage, side: Side): boolean {
    const key = `${message.topic}\n${JSON.stringify(message.payload)}`;
    const times = this.told.get(key) ?? { ws: 0, mqtt: 0, passed: 0 };
    this.told.set(key, times);
    times[side] += 1;
    if (times[side] <= times.passed) return false;
    times.passed = times[side];
    return true;
  }
}
