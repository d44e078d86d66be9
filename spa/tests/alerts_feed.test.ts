import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedEntry } from "../src/contracts/rest";
import {
  alerts,
  feed,
  fold,
  isSeen,
  loadAlerts,
  loadFeed,
  markAllSeen,
  markSeen,
  seen,
  unseen,
} from "../src/state/feed";
import { chosen, severityOf } from "../src/views/alerts/choose";
import "../src/views/alerts/alerts-view";

const HOSTILE = "<img src=x onerror=alert(1)>\u202e";

function entry(number: number, change: Partial<FeedEntry> = {}): FeedEntry {
  return {
    id: `aaaa0000-${number}`,
    kind: "alert",
    agent: "ticker",
    agent_id: "1-ticker",
    message: "it is hot",
    severity: "warning",
    timestamp: number * 1_000,
    ...change,
  };
}

function answers(rows: readonly FeedEntry[]): void {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(JSON.stringify(rows), { headers: { "content-type": "application/json" } })),
  );
}

const EVERYTHING = { least: "info", agent: "", kind: "", search: "", unseenOnly: false } as const;

beforeEach(() => {
  localStorage.clear();
  seen.set({ until: 0, keys: [] });
  alerts.replace([]);
  feed.replace([]);
});
afterEach(() => void vi.unstubAllGlobals());

describe("bursts", () => {
  it("are one entry with the newest moment, the first one, and how many", () => {
    const found = fold([
      entry(4, { timestamp: 400 }),
      entry(3, { timestamp: 300 }),
      entry(2, { timestamp: 250, message: "another" }),
      entry(1, { timestamp: 100 }),
    ]);
    expect(found.map(({ message, count, timestamp, since }) => [message, count, timestamp, since])).toEqual([
      ["it is hot", 3, 400, 100],
      ["another", 1, 250, 250],
    ]);
  });

  it("end when it was quiet for five minutes", () => {
    expect(fold([entry(2, { timestamp: 1_000 }), entry(1, { timestamp: 600 })])).toHaveLength(2);
  });
});

describe("what was seen", () => {
  it("counts what was not, bursts as one, and remembers over reloads", async () => {
    answers([entry(3), entry(2, { timestamp: 2_999 }), entry(1)]);
    await loadAlerts();
    expect(unseen()).toBe(2);
    markSeen([entry(1)]);
    expect(unseen()).toBe(1);
    expect(isSeen(entry(3))).toBe(false);
    markAllSeen();
    expect(unseen()).toBe(0);
    expect(JSON.parse(localStorage.getItem("wactorz.alerts.seen") ?? "")).toEqual({ until: 3_000, keys: [] });
    expect(isSeen(entry(4))).toBe(false);
  });
});

describe("the feed", () => {
  it("joins pages, newest first, each entry once", async () => {
    answers([entry(3), entry(2)]);
    expect(await loadFeed()).toBe(false);
    answers([entry(2), entry(1)]);
    await loadFeed("aaaa0000-2");
    expect(feed.all().map((one) => one.id)).toEqual(["aaaa0000-3", "aaaa0000-2", "aaaa0000-1"]);
  });

  it("begins anew when the gateway did", async () => {
    answers([entry(3), entry(2)]);
    await loadFeed();
    answers([entry(1, { id: "bbbb0000-1", timestamp: 9_000 })]);
    await loadFeed();
    expect(feed.all().map((one) => one.id)).toEqual(["bbbb0000-1"]);
  });
});

describe("what is shown", () => {
  const entries = [
    entry(4, { severity: "fatal", message: "gone", timestamp: 9_000 }),
    entry(3, { severity: "error", agent: "lamp", kind: "error" }),
    entry(2, { severity: "info", kind: "log" }),
    entry(1),
  ];
  const ids = (change: object): string[] =>
    chosen(entries, { ...EVERYTHING, ...change }, { until: 1_000, keys: [] }).map((one) => one.id.slice(-1));

  it("is filtered by how bad it is, agent, kind, words and whether it was seen", () => {
    expect(ids({})).toEqual(["4", "3", "2", "1"]);
    expect(ids({ least: "warning" })).toEqual(["4", "3", "1"]);
    expect(ids({ least: "critical" })).toEqual(["4"]);
    expect(ids({ agent: "lamp" })).toEqual(["3"]);
    expect(ids({ kind: "log" })).toEqual(["2"]);
    expect(ids({ search: "TICKER hot" })).toEqual(["2", "1"]);
    expect(ids({ unseenOnly: true })).toEqual(["4", "3", "2"]);
  });

  it("takes an unknown word as bad rather than harmless", () => {
    expect(severityOf({ severity: "FATAL" })).toBe("critical");
    expect(severityOf({ severity: "Warning" })).toBe("warning");
    expect(severityOf({ severity: "" })).toBe("info");
  });

  it("stays text, and is cut", async () => {
    answers([entry(1, { agent: HOSTILE, message: HOSTILE + "x".repeat(1_000_000) })]);
    const view = document.createElement("wz-alerts-view") as HTMLElement & { updateComplete: Promise<boolean> };
    document.body.append(view);
    await vi.waitUntil(() => view.shadowRoot?.querySelector(".text"));
    expect(view.shadowRoot?.querySelector("img")).toBeNull();
    expect(view.shadowRoot?.querySelector(".text")?.textContent).toHaveLength(1_000);
    expect(view.shadowRoot?.querySelector(".who")?.textContent).toBe("<img src=x onerror=alert(1)>\ufffd");
    view.remove();
  });
});
