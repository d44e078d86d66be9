import { describe, expect, it } from "vitest";
import type { Agent } from "../src/state/agents";
import { EVERYTHING, grouped, lastActivity, selected, totals } from "../src/views/agents/rows";

const NOW = 1_000;

function agent(change: Partial<Agent>): Agent {
  return {
    id: change.name ?? "x",
    name: "x",
    state: "running",
    protected: false,
    essential: false,
    agentType: "dynamic",
    description: "",
    node: "",
    last_seen: NOW,
    ...change,
  };
}

const AGENTS = [
  agent({ name: "main", agentType: "service", protected: true, mem: 20, messagesProcessed: 5, description: "answers" }),
  agent({ name: "late-one", last_seen: NOW - 60, errors: 2, node: "attic", mem: 10 }),
  agent({ name: "rester", state: "stopped", started_at: 1, costUsd: 0.5 }),
];

function names(change: Partial<typeof EVERYTHING>): string[] {
  return selected(AGENTS, { ...EVERYTHING, ...change }, NOW).map((one) => one.name);
}

describe("the list of agents", () => {
  it("finds by all words, in name, description, kind and machine", () => {
    expect(names({ search: "ANSW main" })).toEqual(["main"]);
    expect(names({ search: "attic" })).toEqual(["late-one"]);
    expect(names({ search: "attic main" })).toEqual([]);
  });

  it("filters by the state that is shown, trouble, kind and machine", () => {
    expect(names({ state: "late" })).toEqual(["late-one"]);
    expect(names({ state: "running" })).toEqual(["main"]);
    expect(names({ state: "trouble" })).toEqual(["late-one"]);
    expect(names({ kind: "own" })).toEqual(["main"]);
    expect(names({ node: "local" })).toEqual(["main", "rester"]);
  });

  it("sorts, those without a value last when the greatest come first", () => {
    expect(names({ sort: "memory", descending: true })).toEqual(["main", "late-one", "rester"]);
    expect(names({ sort: "name", descending: true })).toEqual(["rester", "main", "late-one"]);
  });

  it("puts spawned ones and those of Wactorz under headings", () => {
    const rows = grouped(selected(AGENTS, EVERYTHING, NOW));
    expect(rows.map((row) => (row.kind === "heading" ? `# ${row.group} ${row.count}` : row.agent.name))).toEqual([
      "# spawned 2",
      "late-one",
      "rester",
      "# own 1",
      "main",
    ]);
  });

  it("sums up", () => {
    expect(totals(AGENTS, NOW)).toEqual({
      agents: 3,
      running: 1,
      trouble: 1,
      memory: 30,
      messages: 5,
      errors: 2,
      cost: 0.5,
    });
  });

  it("tells what was done last: the task, else the last line, else the last error", () => {
    const error = { error: "broke", timestamp: 7 };
    expect(lastActivity(agent({ task: "counting" })).text).toBe("counting");
    expect(lastActivity(agent({ activity: { text: "tick", at: 9 }, last_error: error }))).toEqual({
      text: "tick",
      at: 9,
    });
    expect(lastActivity(agent({ last_error: error }))).toEqual({ text: "broke", at: 7 });
    expect(lastActivity(agent({}))).toEqual({ text: "", at: 0 });
  });
});
