import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogEntry } from "../src/contracts/rest";
import { deliver } from "../src/state/bus";
import { asText, LogTail, levelOf } from "../src/state/logs";
import { foldErrors } from "../src/views/agents/agent-errors";
import { fitting } from "../src/views/agents/agent-logs";

let fetched: LogEntry[] = [];
let asked: string[] = [];

function entry(timestamp: number, message: string, more: Partial<LogEntry> = {}): LogEntry {
  return { timestamp, kind: "log", level: "info", message, ...more };
}

beforeEach(() => {
  vi.useFakeTimers();
  fetched = [];
  asked = [];
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    const body = JSON.stringify({ agent: "ticker", entries: fetched });
    return Promise.resolve(new Response(body, { headers: { "content-type": "application/json" } }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function opened(): Promise<LogTail> {
  const tail = new LogTail("ticker", "1-ticker");
  tail.open();
  await vi.advanceTimersByTimeAsync(1);
  return tail;
}

describe("the log of an agent", () => {
  it("holds what was and what comes, each line once, by time", async () => {
    fetched = [entry(2, "two"), entry(1, "one")];
    const tail = await opened();
    deliver({ topic: "agents/1-ticker/logs", id: "", payload: { type: "log", message: "three", timestamp: 3 } });
    deliver({ topic: "agents/2-other/logs", id: "", payload: { type: "log", message: "foreign", timestamp: 4 } });
    deliver({ topic: "agents/1-ticker/logs", id: "", payload: { type: "log", message: "two", timestamp: 2 } });
    expect(tail.all().map((line) => line.text)).toEqual(["one", "two", "three"]);
    tail.close();
  });

  it("asks again for what is new only, and for nothing after it was closed", async () => {
    fetched = [entry(10, "ten")];
    const tail = await opened();
    await vi.advanceTimersByTimeAsync(4_100);
    expect(asked.at(-1)).toBe("/api/agents/ticker/logs?limit=500&since=9");
    expect(tail.all()).toHaveLength(1);
    tail.close();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toHaveLength(before);
  });

  it("is bounded, in lines and in characters", async () => {
    const tail = await opened();
    tail.add(Array.from({ length: 2_500 }, (_, at) => entry(at, `line ${at}`)));
    expect(tail.all()).toHaveLength(2_000);
    expect(tail.dropped).toBe(500);
    expect(tail.all()[0]?.text).toBe("line 500");
    tail.add([entry(9_999, "x".repeat(1_000_000))]);
    expect(tail.all().at(-1)).toMatchObject({ more: 996_000 });
    expect(tail.all().at(-1)?.text).toHaveLength(4_000);
    tail.close();
  });

  it("takes errors with phase and traceback", async () => {
    const tail = await opened();
    const error = {
      actor_id: "1-ticker",
      name: "ticker",
      phase: "process",
      error: "broke",
      traceback: "Traceback",
      timestamp: 5,
      severity: "critical",
    };
    deliver({ topic: "agents/1-ticker/errors", id: "", payload: error });
    expect(tail.all()[0]).toMatchObject({ kind: "error", level: "error", phase: "process", traceback: "Traceback" });
    tail.close();
  });

  it("tells when the process died and started", async () => {
    const tail = await opened();
    const event = { node: "local", name: "ticker", kind: "died", pid: 7, exit_code: -9, delay: 0.5, timestamp: 5 };
    deliver({ topic: "nodes/local/events", id: "", payload: event });
    deliver({ topic: "nodes/local/events", id: "", payload: { ...event, name: "other" } });
    expect(tail.all()).toHaveLength(1);
    expect(tail.all()[0]).toMatchObject({ level: "warning", event: { pid: 7, exit_code: -9 } });
    tail.close();
  });

  it("says why it cannot be had", async () => {
    vi.stubGlobal("fetch", () =>
      Promise.resolve(new Response(JSON.stringify({ detail: "no such agent" }), { status: 404 })),
    );
    const tail = await opened();
    expect(tail.problem).toBe("no such agent");
    tail.close();
  });

  it("is filtered by level and words", async () => {
    const tail = await opened();
    tail.add([
      entry(1, "all fine"),
      entry(2, "hot stove", { level: "WARN" }),
      entry(3, "stove burns", { level: "fatal" }),
    ]);
    const texts = (level: "debug" | "warning", find: string): string[] =>
      fitting(tail.all(), level, find).map((line) => line.text);
    expect(texts("debug", "")).toHaveLength(3);
    expect(texts("warning", "")).toEqual(["hot stove", "stove burns"]);
    expect(texts("debug", "STOVE burn")).toEqual(["stove burns"]);
    expect(asText(tail.all().slice(1, 2))).toBe("1970-01-01T00:00:02.000Z WARNING hot stove");
    tail.close();
  });

  it("tells the same error once, with how often it came, the newest first", async () => {
    const tail = await opened();
    const error = { kind: "error", level: "error", phase: "process" } as const;
    tail.add([entry(1, "a", error), entry(2, "b", error), entry(3, "a", error), entry(4, "no error")]);
    expect(foldErrors(tail.all()).map(({ line, count }) => [line.text, line.at, count])).toEqual([
      ["a", 3, 2],
      ["b", 2, 1],
    ]);
    tail.close();
  });

  it("knows levels by other names", () => {
    expect(["TRACE", "", null, "warn", "exception"].map(levelOf)).toEqual([
      "debug",
      "info",
      "info",
      "warning",
      "error",
    ]);
  });
});
