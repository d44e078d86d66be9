import type { HistoryPoint } from "../contracts/rest";
import { call } from "../gateway/rest";
import { onResync } from "./bus";
import type { Listener, Observable } from "./store";

const ASK_MS = 10_000;
const OVERLAP_SECONDS = 30;
const MINUTE = 60;
const HOUR = 3_600;
/** Silence that is a gap, in seconds: of the last hour, with a point every 10 s, and before, with one every 5 minutes. */
const SILENCE = { lately: MINUTE, before: 15 * MINUTE } as const;
const NOTHING = { memory_mb: null, cpu: null, messages_processed: null, errors: null, cost_usd: null } as const;

/** What an agent used over the last seconds, while somebody looks: fetched once, then only what is new. */
export class AgentHistory implements Observable {
  /** Why it could not be fetched; empty when it could. */
  problem = "";
  private points: readonly HistoryPoint[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly name: string,
    private readonly seconds: number,
  ) {}

  /** The points, oldest first, with one of no values where nothing was heard for a while. */
  all(): readonly HistoryPoint[] {
    return gapped(this.points, Date.now() / 1000);
  }

  /** Begin to follow. */
  open(): void {
    const timer = setInterval(() => document.visibilityState === "visible" && void this.fetch(), ASK_MS);
    this.ends.push(
      () => clearInterval(timer),
      onResync(() => void this.fetch()),
    );
    void this.fetch();
  }

  /** Follow no more. */
  close(): void {
    for (const end of this.ends.splice(0)) end();
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async fetch(): Promise<void> {
    const now = Date.now() / 1000;
    const newest = this.points.at(-1)?.t ?? 0;
    const seconds = Math.min(this.seconds, Math.ceil(now - newest) + OVERLAP_SECONDS);
    try {
      const { points } = await call("GET /api/agents/{name}/history", {
        path: { name: this.name },
        query: { seconds },
      });
      this.points = joined(this.points, points, now - this.seconds);
      this.problem = "";
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    for (const listener of [...this.listeners]) listener();
  }
}

/** Known and new points in order, each moment once, without those before `start` (epoch seconds). */
export function joined(
  known: readonly HistoryPoint[],
  fresh: readonly HistoryPoint[],
  start: number,
): readonly HistoryPoint[] {
  const byTime = new Map([...known, ...fresh].map((point) => [point.t, point] as const));
  return [...byTime.values()].filter((point) => point.t >= start).sort((a, b) => a.t - b.t);
}

/** The points with one of no values in each gap, so that no line is drawn over it; `now` in epoch seconds. */
export function gapped(points: readonly HistoryPoint[], now: number): readonly HistoryPoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (!before) return [point];
    const silence = before.t > now - HOUR ? SILENCE.lately : SILENCE.before;
    return point.t - before.t > silence ? [{ ...NOTHING, t: before.t + 1 }, point] : [point];
  });
}

/** How fast a counter rises, per minute, at each point; a counter that began anew leaves a gap. */
export function perMinute(
  points: readonly HistoryPoint[],
  field: "messages_processed" | "errors",
): (readonly [number, number | null])[] {
  return points.slice(1).map((point, index) => {
    const before = points[index] as HistoryPoint;
    const [from, to] = [before[field], point[field]];
    const seconds = point.t - before.t;
    if (from === null || to === null || to < from || seconds <= 0) return [point.t, null] as const;
    return [point.t, ((to - from) / seconds) * MINUTE] as const;
  });
}
