import type { FeedEntry } from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { Collection, Store } from "./store";

const KEY = "wactorz.alerts.seen";
const MOST_SEEN = 500;
const MOST_ENTRIES = 1_000;
const PAGE = 100;
const SOON_MS = 800;
const BURST_SECONDS = 300;

/** What a person here has seen of the alerts: all until a moment (epoch seconds), and some later ones. */
export interface Seen {
  until: number;
  keys: readonly string[];
}

/** Entries that say the same of the same agent shortly after each other, as one. */
export interface Folded extends FeedEntry {
  count: number;
  /** Epoch seconds of the first one. */
  since: number;
}

/** Alerts, newest first. */
export const alerts = new Collection<FeedEntry>(newestFirst);
/** What happened, newest first. */
export const feed = new Collection<FeedEntry>(newestFirst);
/** What was seen in this browser. */
export const seen = new Store<Seen>(keptSeen());

let watching = 0;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Fetch the alerts. */
export async function loadAlerts(): Promise<void> {
  take(alerts, await call("GET /api/alerts", { query: { limit: PAGE } }));
}

/** Fetch the newest of what happened, or what was before an entry; whether there may be more. */
export async function loadFeed(before = ""): Promise<boolean> {
  const rows = await call("GET /api/feed", { query: { limit: PAGE, ...(before ? { before } : {}) } });
  take(feed, rows);
  return rows.length === PAGE && feed.size < MOST_ENTRIES;
}

/** Follow the feed while somebody looks at it; the return value ends it. */
export function watchFeed(): () => void {
  watching += 1;
  soon("feed", loadFeed);
  return () => {
    watching -= 1;
  };
}

/** Whether an alert is one that was seen here. */
export function isSeen(entry: FeedEntry, what: Seen = seen.value): boolean {
  return entry.timestamp <= what.until || what.keys.includes(keyOf(entry));
}

/** How many alerts nobody has seen here. */
export function unseen(): number {
  return fold(alerts.all().filter((entry) => !isSeen(entry))).length;
}

/** Take these alerts as seen. */
export function markSeen(entries: readonly FeedEntry[]): void {
  const keys = [...new Set([...seen.value.keys, ...entries.map(keyOf)])].slice(-MOST_SEEN);
  keep({ until: seen.value.until, keys });
}

/** Take every alert that there is as seen. */
export function markAllSeen(): void {
  const newest = alerts.all()[0]?.timestamp ?? 0;
  keep({ until: Math.max(newest, seen.value.until), keys: [] });
}

/** One entry for each burst: the same said of the same agent, five minutes apart at most; newest first. */
export function fold(entries: readonly FeedEntry[]): Folded[] {
  const found: Folded[] = [];
  const open = new Map<string, Folded>();
  for (const entry of entries) {
    const key = `${entry.agent_id || entry.agent}|${entry.kind}|${entry.severity}|${entry.message}`;
    const burst = open.get(key);
    if (burst && burst.since - entry.timestamp <= BURST_SECONDS) {
      burst.count += 1;
      burst.since = entry.timestamp;
      continue;
    }
    const begun = { ...entry, count: 1, since: entry.timestamp };
    open.set(key, begun);
    found.push(begun);
  }
  return found;
}

/** Follow the bus: what happens there is fetched as the gateway tells it, so that both say the same. */
export function followFeed(): void {
  const happened = (): void => {
    if (watching) soon("feed", loadFeed);
  };
  const warned = (): void => {
    soon("alerts", loadAlerts);
    happened();
  };
  onResync(warned);
  listen("agents/{agent_id}/alert", warned);
  listen("agents/{agent_id}/errors", warned);
  listen("agents/{agent_id}/spawn", happened);
  listen("agents/{agent_id}/logs", happened);
  listen("agents/{agent_id}/actuations", happened);
  listen("nodes/{node}/events", warned);
  listen("custom/triggers/{slug}", happened);
  listen("system/approvals", happened);
}

function soon(what: string, load: () => Promise<unknown>): void {
  if (timers.has(what)) return;
  const run = (): void => {
    timers.delete(what);
    load().catch(() => undefined); // the connection badge tells; the next resync loads again
  };
  timers.set(what, setTimeout(run, SOON_MS));
}

function take(into: Collection<FeedEntry>, rows: readonly FeedEntry[]): void {
  const known = new Map(into.all().map((entry) => [entry.id, entry] as const));
  const isOfAnotherRun = rows.length > 0 && into.size > 0 && runOf(rows[0]) !== runOf(into.all()[0]);
  if (isOfAnotherRun) known.clear();
  for (const row of rows) known.set(row.id, row);
  const newest = [...known.values()].sort(newestFirst).slice(0, MOST_ENTRIES);
  into.replace(newest.map((entry) => [entry.id, entry] as const));
}

function runOf(entry: FeedEntry | undefined): string {
  return entry?.id.split("-")[0] ?? "";
}

function newestFirst(a: FeedEntry, b: FeedEntry): number {
  return b.timestamp - a.timestamp || b.id.localeCompare(a.id, "en", { numeric: true });
}

function keyOf(entry: FeedEntry): string {
  return `${entry.timestamp}|${entry.agent_id || entry.agent}`;
}

function keptSeen(): Seen {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "") as Partial<Seen>;
    return { until: Number(kept.until) || 0, keys: Array.isArray(kept.keys) ? kept.keys.map(String) : [] };
  } catch {
    return { until: 0, keys: [] };
  }
}

function keep(next: Seen): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // a browser that keeps nothing still hides them until it is closed
  }
  seen.set(next);
}
