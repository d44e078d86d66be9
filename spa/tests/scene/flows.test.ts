import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AgentView } from "../../src/contracts/rest";
import { agents } from "../../src/state/agents";
import { deliver } from "../../src/state/bus";
import {
  agentPlace,
  followFlows,
  messagesOf,
  onSignal,
  placeName,
  readFlows,
  type Signal,
} from "../../src/state/flows";

const heard: Signal[] = [];
const say = (topic: string, payload: unknown): void => deliver({ topic, payload, id: "" });

beforeAll(() => {
  followFlows();
  followFlows();
  onSignal((signal) => heard.push(signal));
});
beforeEach(() => {
  heard.length = 0;
});

describe("flows", () => {
  it("are read from their message, and nothing else is", () => {
    const good = { sender: "main", receiver: "planner", kind: "task", topic: "t", count: 3 };
    expect(readFlows({ flows: [good, null, 7, { ...good, kind: "gossip" }, { ...good, sender: 1 }] })).toEqual([good]);
    expect(readFlows({ flows: [{ ...good, count: -5 }] })[0]?.count).toBe(1);
    for (const payload of [null, {}, [], "x", { flows: "no" }]) expect(readFlows(payload)).toEqual([]);
  });

  it("are at most so many, with topics cut", () => {
    const row = { sender: "a", receiver: "b", kind: "event", topic: "x".repeat(2 ** 20), count: 1 };
    const flows = readFlows({ flows: Array.from({ length: 5_000 }, () => row) });
    expect(flows).toHaveLength(200);
    expect(flows[0]?.topic.length).toBeLessThan(300);
  });

  it("become signals between places: people, the bus, agents", () => {
    const flow = (sender: string, receiver: string): object => ({
      sender,
      receiver,
      kind: "chat",
      topic: "t",
      count: 2,
    });
    say("system/flows", { flows: [flow("user", "main"), flow("main", ""), flow("main", "main")] });
    expect(heard.map(({ from, to, count }) => [from, to, count])).toEqual([
      ["person", "agent:main", 2],
      ["agent:main", "bus", 2],
    ]);
  });

  it("are remembered for each agent, newest first, a few only", () => {
    for (let index = 0; index < 20; index += 1)
      say("system/flows", {
        flows: [{ sender: "poet", receiver: `reader-${index}`, kind: "task", topic: "t", count: 1 }],
      });
    say("system/flows", { flows: [{ sender: "poet", receiver: "reader-19", kind: "task", topic: "t", count: 4 }] });
    const [newest, ...rest] = messagesOf(agentPlace("poet"));
    expect(newest).toMatchObject({ outgoing: true, other: "agent:reader-19", count: 5 });
    expect(rest).toHaveLength(5);
  });
});

describe("what follows from other topics", () => {
  it("is a beat for each heartbeat", () => {
    say("agents/7/heartbeat", { actor_id: "7", name: "monitor", timestamp: 1, state: "running" });
    expect(heard).toMatchObject([{ kind: "beat", from: "agent:monitor", to: "" }]);
  });

  it("is a death for each process that died", () => {
    say("nodes/main/events", { node: "main", name: "planner", kind: "died", timestamp: 1 });
    say("nodes/main/events", { node: "main", name: "planner", kind: "started", timestamp: 1 });
    expect(heard).toMatchObject([{ kind: "died", from: "agent:planner" }]);
  });

  it("is an arc from the actuator to each device", () => {
    agents.put("9", { id: "9", name: "home-assistant-actuator" } as AgentView);
    say("agents/9/actuations", {
      automation_id: "r",
      task_id: "t",
      actions: [],
      timestamp: 1,
      entity_ids: ["light.a", "light.b"],
    });
    expect(heard.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ["actuation", "agent:home-assistant-actuator", "device:light.a"],
      ["actuation", "agent:home-assistant-actuator", "device:light.b"],
    ]);
  });

  it("is a change that goes to the bridge and on to those who listen to it, but not a resync", () => {
    say("agents/3/manifest", {
      name: "lamp-keeper",
      actor_id: "3",
      subscribes: ["homeassistant/state_changes/light/#"],
    });
    const change = { entity_id: "light.a", domain: "light", timestamp: 1, new_state: { state: "on" } };
    say("homeassistant/state_changes/light/light.a", { ...change, resync: true });
    expect(heard).toEqual([]);
    say("homeassistant/state_changes/light/light.a", change);
    expect(heard.map(({ from, to }) => [placeName(from), placeName(to)])).toEqual([
      ["light.a", "home-assistant-state-bridge"],
      ["home-assistant-state-bridge", "lamp-keeper"],
    ]);
  });

  it("survives names that are no names", () => {
    say("agents/7/heartbeat", { actor_id: "7", name: 12, timestamp: 1, state: "running" });
    say("agents/7/heartbeat", { actor_id: "7", name: "x".repeat(2 ** 20), timestamp: 1, state: "running" });
    expect(heard).toHaveLength(1);
    expect(heard[0]?.from.length).toBeLessThan(300);
  });
});
