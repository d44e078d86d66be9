import { matches } from "../gateway/topics";
import { agents } from "./agents";
import { listen, watch } from "./bus";

/** Why something is drawn between two places. */
export type SignalKind = "task" | "reply" | "event" | "chat" | "state" | "actuation" | "trigger" | "beat" | "died";

/** Something that happened between two places of the scene; `to` is empty where it happened at one place. */
export interface Signal {
  kind: SignalKind;
  from: string;
  to: string;
  topic: string;
  count: number;
  /** Epoch milliseconds. */
  at: number;
}

/** A message that an agent sent or got, as the inspector lists it. */
export interface Message {
  outgoing: boolean;
  /** Place at the other end. */
  other: string;
  kind: SignalKind;
  topic: string;
  count: number;
  at: number;
}

interface Flow {
  sender: string;
  receiver: string;
  kind: SignalKind;
  topic: string;
  count: number;
}

/** The place where all messages pass: the broker. */
export const BUS = "bus";
/** The place of the people who talk to the agents. */
export const PERSON = "person";

const FLOWS_TOPIC = "system/flows";
const BRIDGE = "home-assistant-state-bridge";
const MAX_FLOWS = 200;
const MAX_NAME = 200;
const KEPT_MESSAGES = 6;
const KEPT_AGENTS = 600;
const MOST_LISTENERS = 4;
const MOST_FILTERS = 100;
const KINDS = new Set(["task", "reply", "event", "chat"]);

const listeners = new Set<(signal: Signal) => void>();
const recent = new Map<string, Message[]>();
const subscriptions = new Map<string, readonly string[]>();
let isFollowing = false;

/** The place of an agent. */
export function agentPlace(name: string): string {
  return `agent:${name.slice(0, MAX_NAME)}`;
}

/** The place of a device. */
export function devicePlace(entityId: string): string {
  return `device:${entityId.slice(0, MAX_NAME)}`;
}

/** What a place is called without its kind: an agent's name, an entity id; empty for the bus and people. */
export function placeName(place: string): string {
  const colon = place.indexOf(":");
  return colon < 0 ? "" : place.slice(colon + 1);
}

/** Hear everything that happens between places; the return value ends it. */
export function onSignal(listener: (signal: Signal) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The last messages of a place, newest first. */
export function messagesOf(place: string): readonly Message[] {
  return recent.get(place) ?? [];
}

/** What an agent listens to, as its manifest says. */
export function subscriptionsOf(name: string): readonly string[] {
  return subscriptions.get(name) ?? [];
}

/** Flows of a `system/flows` message; whatever has not its shape is left out. */
export function readFlows(payload: unknown): Flow[] {
  const rows = (payload as { flows?: unknown } | null)?.flows;
  if (!Array.isArray(rows)) return [];
  return rows.slice(0, MAX_FLOWS).flatMap((row: unknown) => {
    const { sender, receiver, kind, topic, count } = (row ?? {}) as Record<string, unknown>;
    if (typeof sender !== "string" || typeof receiver !== "string" || !KINDS.has(String(kind))) return [];
    const times = typeof count === "number" && count >= 1 ? Math.floor(count) : 1;
    return [{ sender, receiver, kind: kind as SignalKind, topic: cut(topic), count: times }];
  });
}

/** Follow the bus. */
export function followFlows(): void {
  if (isFollowing) return;
  isFollowing = true;
  watch(({ topic, payload }) => {
    if (topic === FLOWS_TOPIC) for (const flow of readFlows(payload)) tellFlow(flow);
  });
  listen("agents/{agent_id}/heartbeat", (beat, _, topic) => {
    if (typeof beat.name === "string") tell("beat", agentPlace(beat.name), "", topic);
  });
  for (const address of ["homeassistant/state_changes/{domain}/{entity_id}", "homeassistant/state_changes"] as const) {
    listen(address, (change, _, topic) => {
      if (typeof change.entity_id !== "string" || change.resync || change.filled) return;
      tell("state", devicePlace(change.entity_id), agentPlace(BRIDGE), topic);
      for (const name of listenersOf(topic)) tell("event", agentPlace(BRIDGE), agentPlace(name), topic);
    });
  }
  listen("agents/{agent_id}/actuations", (event, { agent_id: id = "" }, topic) => {
    const from = agents.get(id)?.name;
    for (const entity of (event.entity_ids ?? []).slice(0, MAX_FLOWS)) {
      tell("actuation", from ? agentPlace(from) : BUS, devicePlace(String(entity)), topic);
    }
  });
  listen("nodes/{node}/events", (event, _, topic) => {
    if (event.kind === "died" && typeof event.name === "string") tell("died", agentPlace(event.name), "", topic);
  });
  listen("agents/{agent_id}/manifest", (manifest) => {
    if (typeof manifest.name !== "string" || !Array.isArray(manifest.subscribes)) return;
    if (subscriptions.size < KEPT_AGENTS || subscriptions.has(manifest.name))
      subscriptions.set(manifest.name, manifest.subscribes.map(String).slice(0, MOST_FILTERS));
  });
  listen("custom/triggers/{slug}", (event, _, topic) => {
    if (typeof event.entity_id === "string") tell("trigger", devicePlace(event.entity_id), "", topic);
  });
}

/** Hand a signal to everybody who listens. */
export function tell(kind: SignalKind, from: string, to: string, topic: string, count = 1): void {
  const signal: Signal = { kind, from, to, topic, count, at: Date.now() };
  if (to) {
    remember(from, { outgoing: true, other: to, kind, topic, count, at: signal.at });
    remember(to, { outgoing: false, other: from, kind, topic, count, at: signal.at });
  }
  for (const listener of listeners) listener(signal);
}

function tellFlow(flow: Flow): void {
  const from = end(flow.sender);
  const to = end(flow.receiver);
  if (from !== to) tell(flow.kind, from, to, flow.topic, flow.count);
}

function listenersOf(topic: string): string[] {
  const names: string[] = [];
  for (const [name, filters] of subscriptions) {
    if (name !== BRIDGE && filters.some((filter) => matches(filter, topic))) names.push(name);
    if (names.length === MOST_LISTENERS) break;
  }
  return names;
}

function end(name: string): string {
  if (name === "user") return PERSON;
  return name ? agentPlace(name) : BUS;
}

function remember(place: string, message: Message): void {
  if (!place.startsWith("agent:")) return;
  const kept = recent.get(place) ?? [];
  const same = kept.findIndex(
    (one) => one.outgoing === message.outgoing && one.other === message.other && one.topic === message.topic,
  );
  const before = same < 0 ? 0 : (kept.splice(same, 1)[0]?.count ?? 0);
  kept.unshift({ ...message, count: before + message.count });
  kept.length = Math.min(kept.length, KEPT_MESSAGES);
  recent.set(place, kept);
  if (recent.size > KEPT_AGENTS) recent.delete(recent.keys().next().value ?? "");
}

function cut(text: unknown): string {
  return typeof text === "string" ? text.slice(0, MAX_NAME) : "";
}
