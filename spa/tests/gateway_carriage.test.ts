import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FeedEvents } from "../src/gateway/live";
import { connection, deliver, listen, onFrame, onResync, start, stop } from "../src/state/bus";

interface Line {
  topics: readonly string[];
  events: FeedEvents;
  isClosed: boolean;
  isMuted: boolean;
  giveUp: () => void;
}

const { sockets, mqtts } = vi.hoisted(() => ({ sockets: [] as Line[], mqtts: [] as Line[] }));

function made(lines: Line[]): unknown {
  return class {
    readonly line: Line;
    constructor(topics: readonly string[], events: FeedEvents, giveUp: () => void = () => undefined) {
      this.line = { topics, events, isClosed: false, isMuted: false, giveUp };
      lines.push(this.line);
    }
    mute(): void {
      this.line.isMuted = true;
    }
    close(): void {
      this.line.isClosed = true;
    }
  };
}
vi.mock("../src/gateway/socket", () => ({ SocketFeed: made(sockets) }));
vi.mock("../src/gateway/mqtt", () => ({ MqttFeed: made(mqtts) }));

const SOON_MS = 30_000;
const heard: number[] = [];
const load = vi.fn();
const ends: (() => void)[] = [];

const socket = (): Line => sockets.at(-1) as Line;
const mqtt = (): Line => mqtts.at(-1) as Line;
const say = (line: Line, count: number): void => line.events.message({ topic: "custom/x", payload: { count }, id: "" });

beforeEach(() => {
  vi.useFakeTimers();
  for (const list of [sockets, mqtts, heard]) list.length = 0;
  load.mockClear();
  connection.set({ carrier: "none", broker: true, awaySince: Date.now() });
  ends.push(
    listen("custom/{rest}" as never, (payload: never) => heard.push((payload as { count: number }).count)),
    onResync(load),
  );
  start("mqtt");
});

afterEach(() => {
  stop();
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
});

function goOver(): void {
  vi.advanceTimersByTime(SOON_MS);
  mqtt().events.subscribing?.();
  mqtt().events.carrier("mqtt", true);
}

describe("live data", () => {
  it("comes over /ws at once, without MQTT", () => {
    expect(socket().topics).toContain("system/flows");
    socket().events.carrier("ws", true);
    say(socket(), 1);
    expect(heard).toEqual([1]);
    expect(load).toHaveBeenCalledTimes(1);
    expect(connection.value.carrier).toBe("ws");
    expect(mqtts).toHaveLength(0);
  });

  it("goes over to MQTT later, fetches once, and ends the topics of /ws", () => {
    socket().events.carrier("ws", true);
    goOver();
    expect(connection.value.carrier).toBe("mqtt");
    expect(load).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(SOON_MS);
    expect(socket()).toMatchObject({ isMuted: true, isClosed: false });
    say(socket(), 7);
    say(mqtt(), 8);
    expect(heard).toEqual([8]);
    socket().events.carrier("none", false);
    expect(connection.value.carrier).toBe("mqtt");
  });

  it("loses and doubles nothing while both bring it", () => {
    socket().events.carrier("ws", true);
    vi.advanceTimersByTime(SOON_MS);
    say(socket(), 1);
    mqtt().events.subscribing?.();
    for (const count of [2, 3, 3]) say(socket(), count);
    say(mqtt(), 3);
    mqtt().events.carrier("mqtt", true);
    say(mqtt(), 3);
    say(socket(), 4);
    for (const count of [4, 5]) say(mqtt(), count);
    say(socket(), 5);
    vi.advanceTimersByTime(SOON_MS);
    say(mqtt(), 5);
    expect(heard).toEqual([1, 2, 3, 3, 4, 5, 5]);
  });

  it("stays with /ws where MQTT is not let through, and does not ask again", () => {
    socket().events.carrier("ws", true);
    vi.advanceTimersByTime(SOON_MS);
    mqtt().events.carrier("none", false);
    mqtt().giveUp();
    expect(connection.value.carrier).toBe("ws");
    vi.advanceTimersByTime(10 * SOON_MS);
    expect(mqtts).toHaveLength(1);
    say(socket(), 1);
    expect(heard).toEqual([1]);
  });

  it("waits with MQTT until anything is let through, and tries again when it failed in an outage", () => {
    vi.advanceTimersByTime(SOON_MS);
    expect(mqtts).toHaveLength(0);
    socket().events.carrier("ws", true);
    vi.advanceTimersByTime(SOON_MS);
    expect(mqtts).toHaveLength(1);
    socket().events.carrier("none", false);
    mqtt().giveUp();
    socket().events.carrier("ws", false);
    goOver();
    expect(mqtts).toHaveLength(2);
    expect(connection.value.carrier).toBe("mqtt");
  });

  it("does not go back after an outage of MQTT", () => {
    socket().events.carrier("ws", true);
    goOver();
    vi.advanceTimersByTime(SOON_MS);
    mqtt().events.carrier("none", false);
    expect(connection.value.carrier).toBe("none");
    expect(connection.value.awaySince).toBeGreaterThan(0);
    mqtt().events.subscribing?.();
    mqtt().events.carrier("mqtt", true);
    expect(connection.value.carrier).toBe("mqtt");
    expect(load).toHaveBeenCalledTimes(3);
  });

  it("closes both, and stays away", () => {
    socket().events.carrier("ws", true);
    goOver();
    stop();
    expect([socket().isClosed, mqtt().isClosed]).toEqual([true, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is over /ws only where that is wanted; frames of the person come at all times", () => {
    const notices = vi.fn();
    ends.push(onFrame("notice", notices));
    socket().events.frame({ type: "notice" });
    start("ws");
    vi.advanceTimersByTime(10 * SOON_MS);
    socket().events.carrier("ws", true);
    expect(mqtts).toHaveLength(0);
    socket().events.frame({ type: "notice" });
    expect(notices).toHaveBeenCalledTimes(2);
    deliver({ topic: "custom/x", payload: { count: 9 }, id: "" });
    expect(heard).toEqual([9]);
  });
});
