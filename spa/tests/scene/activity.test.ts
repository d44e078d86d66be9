import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Activity, activity, followActivity } from "../../src/state/activity";
import { agents } from "../../src/state/agents";
import { deliver } from "../../src/state/bus";
import { followFlows } from "../../src/state/flows";
import { agent } from "./sample";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("activity", () => {
  it("counts what repeats instead of listing it again, with the newest first", () => {
    const happened = new Activity();
    happened.add("task", "a", "b");
    happened.add("task", "b", "c");
    happened.add("task", "a", "b", "", 4);
    expect(happened.all().map(({ who, count }) => [who, count])).toEqual([
      ["a", 5],
      ["b", 1],
    ]);
    vi.advanceTimersByTime(60_000);
    happened.add("task", "a", "b");
    expect(happened.all()).toHaveLength(3);
  });

  it("keeps a few, with texts cut, and tells twice a second at most", () => {
    const happened = new Activity();
    const listener = vi.fn();
    happened.subscribe(listener);
    for (let index = 0; index < 500; index += 1) happened.add("alert", `agent-${index}`, "", "x".repeat(2 ** 20));
    vi.advanceTimersByTime(600);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(happened.all()).toHaveLength(40);
    expect(happened.all()[0]?.what.length).toBeLessThan(200);
  });

  it("tells what devices become, and leaves out what measures", () => {
    followFlows();
    followActivity();
    const change = (domain: string, state: string, before: string, name: string): void =>
      deliver({
        topic: `homeassistant/state_changes/${domain}/${domain}.a`,
        id: "",
        payload: {
          entity_id: `${domain}.a`,
          domain,
          timestamp: 1,
          new_state: { state, attributes: { friendly_name: name } },
          old_state: { state: before },
        },
      });
    change("sensor", "21", "20", "Temperature");
    change("light", "on", "on", "Lamp that was on");
    change("light", "on", "off", "Kitchen light");
    expect(activity.all().map(({ kind, who, what }) => [kind, who, what])).toEqual([["turned", "Kitchen light", "on"]]);
  });

  it("tells when an agent is in another state than before, and not when it is first known", () => {
    followActivity();
    const states = (): string[] =>
      activity.all().flatMap(({ kind, who, what }) => (kind === "state" ? [`${who} ${what}`] : []));
    agents.replace([["1", agent("poet", { id: "1" })]]);
    vi.advanceTimersByTime(200);
    expect(states()).toEqual([]);
    agents.put("1", agent("poet", { id: "1", state: "failed" }));
    vi.advanceTimersByTime(200);
    agents.put("1", agent("poet", { id: "1", state: "running" }));
    vi.advanceTimersByTime(200);
    expect(states()).toEqual(["agent:poet running", "agent:poet failed"]);
  });

  it("survives messages that are not what they should be", () => {
    followActivity();
    const before = activity.all().length;
    for (const topic of ["agents/1/alert", "agents/1/spawn", "agents/1/status", "nodes/n/events", "agents/1/notices"])
      for (const payload of [{}, [], "text", 7, { name: {}, message: [], text: 1 }])
        deliver({ topic, payload, id: "" });
    expect(activity.all().length).toBeGreaterThanOrEqual(before);
  });
});
