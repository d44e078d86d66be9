import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TopicSeen } from "../src/contracts/rest";
import { deliver } from "../src/state/bus";
import { session } from "../src/state/session";
import { refusal, shown, TopicTail, topics } from "../src/state/topics";
import { payloadProblem } from "../src/views/topics/publish-form";
import { fittingTopics } from "../src/views/topics/search";
import { isVisible } from "../src/views/topics/topic-detail";
import "../src/views/topics/topics-view";

const TOPICS: TopicSeen[] = [
  { topic: "custom/ticker", publishers: ["ticker"], per_minute: 20, fields: [{ name: "count" }] },
  { topic: "agents/{agent_id}/logs", subscribers: ["gateway"], per_minute: 60 },
  { topic: "home/door", per_minute: 0 },
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe("the topics", () => {
  const found = (search: string, byName = false): string[] =>
    fittingTopics(TOPICS, search, byName).map((one) => one.topic);

  it("are found by topic, agent and field, the liveliest first or by name", () => {
    expect(found("")).toEqual(["agents/{agent_id}/logs", "custom/ticker", "home/door"]);
    expect(found("", true)).toEqual(["agents/{agent_id}/logs", "custom/ticker", "home/door"]);
    expect(found("TICKER count")).toEqual(["custom/ticker"]);
    expect(found("gateway")).toEqual(["agents/{agent_id}/logs"]);
    expect(found("nothing")).toEqual([]);
  });

  it("are known to be seen by browsers or not", () => {
    expect(isVisible("custom/a/b")).toBe(true);
    expect(isVisible("agents/7/logs")).toBe(true);
    expect(isVisible("agents/{agent_id}/logs")).toBe(true);
    expect(isVisible("agents/by-name/main/task")).toBe(false);
    expect(isVisible("io/chat")).toBe(false);
  });
});

describe("the tail of a topic", () => {
  it("takes what fits its pattern, newest first, and counts on while it is paused", async () => {
    const tail = new TopicTail("custom/{slug}/x");
    tail.open();
    const say = (topic: string, payload: unknown): void => deliver({ topic, payload, id: "" });
    say("custom/a/x", { n: 1 });
    say("custom/a/y", { n: 2 });
    say("custom/b/x", "text");
    tail.paused = true;
    say("custom/c/x", 3);
    expect(tail.all().map((one) => [one.topic, one.text])).toEqual([
      ["custom/b/x", "text"],
      ["custom/a/x", '{"n":1}'],
    ]);
    expect(tail.total).toBe(3);
    tail.close();
    say("custom/d/x", 4);
    expect(tail.total).toBe(3);
  });

  it("is bounded in messages and characters", () => {
    const tail = new TopicTail("custom/flood");
    tail.open();
    for (let at = 0; at < 500; at += 1) deliver({ topic: "custom/flood", payload: "x".repeat(100_000), id: "" });
    expect(tail.all()).toHaveLength(200);
    expect(tail.all()[0]?.text.length).toBe(20_001);
    tail.close();
    expect(shown(undefined)).toBe("");
  });
});

describe("publishing", () => {
  it.each([
    ["", "topicEmpty"],
    ["custom/#", "topicWild"],
    ["custom/+/a", "topicWild"],
    ["custom/", "topicTaken"],
    ["agents/1/commands", "topicTaken"],
    ["customs/a", "topicTaken"],
    ["home/door/count", null],
  ])("on %j: %s", (topic, problem) => {
    expect(refusal(topic)).toBe(problem);
  });

  it("needs JSON of a bearable size", () => {
    expect(payloadProblem('{"a": 1}')).toBe("");
    expect(payloadProblem("null")).toBe("");
    expect(payloadProblem("{a: 1}")).not.toBe("");
    expect(payloadProblem(JSON.stringify("ü".repeat(140_000)))).not.toBe("");
  });

  it("is offered to admins only, and sends what was typed", async () => {
    const sent: unknown[] = [];
    vi.stubGlobal("fetch", (address: string, init: RequestInit) => {
      if (address === "/api/publish") sent.push(JSON.parse(String(init.body)));
      const body = address.startsWith("/api/topics")
        ? { topics: TOPICS, total: 3 }
        : address === "/api/wirings"
          ? []
          : {};
      return Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }));
    });
    const view = document.createElement("wz-topics-view") as HTMLElement & {
      topic: string;
      updateComplete: Promise<boolean>;
    };
    const known = {
      person: "ann",
      csrf: "",
      has_owner: true,
      setup_needed: false,
      login_needed: false,
      version: "",
      expires_at: null,
    };
    session.set({ ...known, role: "viewer" });
    view.topic = "custom/ticker";
    document.body.append(view);
    await vi.advanceTimersByTimeAsync(50);
    expect(topics.value?.total).toBe(3);
    expect(view.shadowRoot?.querySelector("wz-publish-form")).toBeNull();
    session.set({ ...known, role: "admin" });
    await vi.advanceTimersByTimeAsync(50);
    const root = view.shadowRoot?.querySelector("wz-publish-form")?.shadowRoot as ShadowRoot;
    expect((root.querySelector("#where") as HTMLInputElement).value).toBe("custom/ticker");
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await vi.advanceTimersByTimeAsync(50);
    expect(sent).toEqual([{ topic: "custom/ticker", payload: { value: 1 }, qos: 1, retain: false }]);
  });
});
