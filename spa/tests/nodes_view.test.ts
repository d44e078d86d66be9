import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { deliver } from "../src/state/bus";
import { followNodes, isOnline, loadNodes, nodes } from "../src/state/nodes";
import "../src/views/nodes/nodes-view";

const NOW = 2_000_000;
const BEAT = {
  node: "attic",
  node_id: "1-attic",
  timestamp: NOW,
  agents: ["<b>bold</b>"],
  processes: [{ name: "\u202elamp", pid: 7, state: "running", started_at: NOW - 90, memory_mb: 12.5, restarts: 2 }],
  status: "online",
  uptime_s: 100,
};

beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());
beforeEach(() => {
  vi.setSystemTime(NOW * 1000);
  nodes.replace([]);
  const row = {
    node: "local",
    node_id: "",
    online: true,
    last_seen: NOW,
    agents: ["main"],
    processes: [{ name: "main" }],
  };
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(JSON.stringify([row]), { headers: { "content-type": "application/json" } })),
  );
});
afterEach(async () => {
  document.body.replaceChildren();
  await vi.advanceTimersByTimeAsync(2_000);
  vi.unstubAllGlobals();
});

describe("machines", () => {
  it("are fetched, the main one first, and followed on the bus", async () => {
    const end = followNodes();
    await vi.advanceTimersByTimeAsync(600);
    deliver({ topic: "nodes/attic/heartbeat", payload: BEAT, id: "" });
    expect(nodes.all().map((node) => node.node)).toEqual(["local", "attic"]);
    expect(nodes.get("local")?.processes[0]).toMatchObject({ name: "main", pid: 0, state: "stopped", restarts: 0 });
    expect(nodes.get("attic")).toMatchObject({ online: true, uptime_s: 100, runtime: "runner" });
    end();
  });

  it("are offline when they say so, or are silent", async () => {
    await loadNodes();
    const node = nodes.get("local");
    expect(node && isOnline(node, NOW + 10)).toBe(true);
    expect(node && isOnline(node, NOW + 26)).toBe(false);
    deliver({ topic: "nodes/attic/heartbeat", payload: { ...BEAT, status: "offline" }, id: "" });
  });

  it("are shown with processes; names stay text", async () => {
    const view = document.createElement("wz-nodes-view");
    document.body.append(view);
    await vi.advanceTimersByTimeAsync(700);
    deliver({ topic: "nodes/attic/heartbeat", payload: BEAT, id: "" });
    await vi.advanceTimersByTimeAsync(200);
    const text = view.shadowRoot?.textContent ?? "";
    expect(view.shadowRoot?.querySelector("b")).toBeNull();
    expect(text).toContain("<b>bold</b>");
    expect(text).toContain("\ufffdlamp");
    expect(text).toContain("12.5 MiB");
    expect(text).not.toContain("\u202e");
  });
});
