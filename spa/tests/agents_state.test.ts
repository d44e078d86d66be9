import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentView } from "../src/contracts/rest";
import { agentNamed, agents, followAgents, isSpawned, loadAgents, shownState, uptimeOf } from "../src/state/agents";
import { deliver } from "../src/state/bus";
import { choices, reached, type Wish, want, wishes } from "../src/state/wishes";

const NOW = 1_000_000;
const ROW: AgentView = {
  id: "1-ticker",
  name: "ticker",
  state: "running",
  protected: false,
  essential: false,
  agentType: "dynamic",
  description: "",
  node: "",
  last_seen: NOW,
  uptime: 50,
  pid: 7,
  spawned: {
    type: "dynamic",
    wanted: "running",
    actual: "running",
    problem: "",
    code_sha256: "",
    created_at: 1,
    updated_at: 1,
  },
};

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());
beforeEach(() => {
  vi.setSystemTime(NOW * 1000);
  agents.replace([[ROW.id, { ...ROW, started_at: NOW - 50 }]]);
});
afterEach(async () => {
  for (const wish of wishes.all()) wishes.delete(wish.id);
  await vi.advanceTimersByTimeAsync(2_000);
  vi.unstubAllGlobals();
});
followAgents();

describe("what is known of agents", () => {
  it("follows the bus", () => {
    deliver({
      topic: "agents/1-ticker/heartbeat",
      id: "",
      payload: { actor_id: ROW.id, name: "ticker", timestamp: NOW + 9, state: "paused", memory_mb: 30, pid: 8 },
    });
    deliver({ topic: "agents/1-ticker/metrics", id: "", payload: { actor_id: ROW.id, errors: 3, uptime: 10 } });
    deliver({
      topic: "agents/1-ticker/logs",
      id: "",
      payload: { type: "log", message: "x".repeat(1_000_000), timestamp: 5 },
    });
    const agent = agents.get(ROW.id);
    expect(agent).toMatchObject({
      state: "paused",
      mem: 30,
      pid: 8,
      errors: 3,
      last_seen: NOW + 9,
      started_at: NOW - 10,
    });
    expect(agent?.activity?.text).toHaveLength(300);
  });

  it("keeps what it heard when all are fetched again", async () => {
    deliver({ topic: "agents/1-ticker/logs", id: "", payload: { type: "log", message: "tick", timestamp: 5 } });
    vi.stubGlobal("fetch", () => Promise.resolve(answer([ROW])));
    await loadAgents();
    expect(agents.get(ROW.id)).toMatchObject({ activity: { text: "tick", at: 5 }, started_at: NOW - 50 });
  });

  it("calls a silent agent late, and gives no uptime to one that has ended", () => {
    expect(shownState(ROW, NOW + 10)).toBe("running");
    expect(shownState(ROW, NOW + 26)).toBe("late");
    expect(shownState({ ...ROW, state: "stopped" }, NOW + 26)).toBe("stopped");
    expect(uptimeOf({ ...ROW, started_at: NOW - 50 }, NOW)).toBe(50);
    expect(uptimeOf({ ...ROW, state: "stopped", started_at: 1 }, NOW)).toBeNull();
  });

  it("takes the one heard last where several have one name", () => {
    agents.put("2-ticker", { ...ROW, id: "2-ticker", last_seen: NOW + 1 });
    expect(agentNamed("ticker")?.id).toBe("2-ticker");
    expect(isSpawned(ROW)).toBe(true);
    expect(isSpawned({ ...ROW, spawned: null, agentType: "service" })).toBe(false);
  });
});

describe("what may be asked of an agent", () => {
  const own = { ...ROW, spawned: null, protected: true, agentType: "service" };
  it.each([
    ["a running spawned one", ROW, "running", ["pause", "stop", "restart", "migrate", "delete"]],
    ["a paused one", { ...ROW, state: "paused" }, "paused", ["resume", "stop", "restart", "migrate", "delete"]],
    [
      "one that shall rest",
      { ...ROW, spawned: { ...(ROW.spawned as object), wanted: "stopped" } as AgentView["spawned"] },
      "stopped",
      ["start", "delete"],
    ],
    ["one in quarantine", ROW, "quarantined", ["start", "stop", "restart", "migrate", "delete"]],
    ["one of Wactorz", own, "running", ["pause", "stop"]],
    ["an essential one", { ...own, essential: true }, "running", []],
    ["one of Wactorz that failed", own, "failed", ["start"]],
  ])("%s", (_, agent, state, expected) => {
    expect(choices(agent, state)).toEqual(expected);
  });
});

describe("a wish", () => {
  const wish = (change: Partial<Wish>): Wish => ({
    id: ROW.id,
    kind: "stop",
    target: "",
    since: NOW,
    pid: 7,
    ...change,
  });

  it("is reached only when the bus says so", () => {
    const agent = { ...ROW, started_at: NOW - 50 };
    expect(reached(wish({}), agent)).toBe(false);
    expect(reached(wish({}), { ...agent, state: "stopped" })).toBe(true);
    expect(reached(wish({ kind: "restart" }), agent)).toBe(false);
    expect(reached(wish({ kind: "restart" }), { ...agent, pid: 9 })).toBe(true);
    expect(reached(wish({ kind: "restart" }), { ...agent, started_at: NOW + 1 })).toBe(true);
    expect(reached(wish({ kind: "migrate", target: "attic" }), { ...agent, node: "attic" })).toBe(true);
    expect(reached(wish({ kind: "migrate", target: "local" }), { ...agent, node: "" })).toBe(true);
    expect(reached(wish({ kind: "delete" }), agent)).toBe(false);
    expect(reached(wish({ kind: "delete" }), undefined)).toBe(true);
  });

  it("stands until then, also after the gateway has answered", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (address: string, init: RequestInit) => {
      asked.push(`${address} ${(init.headers as Record<string, string>)["idempotency-key"]}`);
      return Promise.resolve(answer({ status: "stopping", id: ROW.id, text: "ticker was told to stop" }, 202));
    });
    const agent = agents.get(ROW.id) as AgentView;
    expect(await want(agent, "stop")).toBe("ticker was told to stop");
    expect(asked[0]).toMatch(/^\/api\/agents\/ticker\/stop [0-9a-f-]{36}$/);
    expect(wishes.get(ROW.id)?.kind).toBe("stop");
    agents.put(ROW.id, { ...agent, state: "stopped" });
    await vi.advanceTimersByTimeAsync(200);
    expect(wishes.get(ROW.id)).toBeUndefined();
  });

  it("ends when it is refused, or nobody confirms it for a minute", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(answer({ detail: "ticker is essential" }, 403)));
    await expect(want(agents.get(ROW.id) as AgentView, "stop")).rejects.toThrow("ticker is essential");
    expect(wishes.size).toBe(0);
    vi.stubGlobal("fetch", () => Promise.resolve(answer({ status: "stopping", id: ROW.id }, 202)));
    await want(agents.get(ROW.id) as AgentView, "stop");
    await vi.advanceTimersByTimeAsync(62_000);
    expect(wishes.size).toBe(0);
  });
});
