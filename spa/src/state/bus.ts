import type { PayloadByAddress } from "../contracts/generated";
import { Carriage } from "../gateway/carriage";
import type { BusMessage, Carrier, Feed, FeedEvents } from "../gateway/live";
import { SocketFeed } from "../gateway/socket";
import { filterOf, params } from "../gateway/topics";
import { Store } from "./store";

const FREE = ["custom/#", "sensors/#", "home/#", "synapse/#", "system/flows"] as const;

type Address = keyof PayloadByAddress;
type Handler = (payload: never, params: Record<string, string>, topic: string) => void;
type Frame = { type: string; [key: string]: unknown };

/** How live data comes, and whether the gateway hears the broker. */
export interface Connection {
  carrier: Carrier;
  broker: boolean;
  /** Epoch milliseconds since when there is no carrier; 0 while there is one. */
  awaySince: number;
}

/** The connection as the page shows it. */
export const connection = new Store<Connection>({ carrier: "none", broker: true, awaySince: Date.now() });

const handlers = new Map<string, Set<Handler>>();
const byFirstLevels = new Map<string, string[]>();
const watchers = new Set<(message: BusMessage) => void>();
const loaders = new Set<() => void>();
const frames = new Map<string, Set<(frame: Frame) => void>>();
let feed: Feed | null = null;

/** Hear the messages of an address, with the values of its `{levels}`. */
export function listen<A extends Address>(
  address: A,
  handler: (payload: PayloadByAddress[A], params: Record<string, string>, topic: string) => void,
): () => void {
  const set = handlers.get(address) ?? new Set();
  if (!handlers.has(address)) indexAddress(address);
  handlers.set(address, set);
  set.add(handler as Handler);
  return () => set.delete(handler as Handler);
}

/** Hear every message that comes, whatever its topic. */
export function watch(watcher: (message: BusMessage) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Hear frames of `/ws` of a type: approval, chat, mqtt_status. */
export function onFrame(type: string, handler: (frame: Frame) => void): () => void {
  const set = frames.get(type) ?? new Set();
  frames.set(type, set);
  set.add(handler);
  return () => set.delete(handler);
}

/** Call `load` at the first connection and whenever messages may have been missed. */
export function onResync(load: () => void): () => void {
  loaders.add(load);
  return () => loaders.delete(load);
}

/** Connect: live data over `/ws`, soon over MQTT where that is wanted and let through; what is a person's own always over `/ws`. */
export function start(preferred: "mqtt" | "ws" = "mqtt"): void {
  stop();
  const topics = [...new Set([...[...handlers.keys()].map(filterOf), ...FREE])];
  feed = preferred === "ws" ? new SocketFeed(topics, events()) : new Carriage(topics, events());
}

/** Disconnect. */
export function stop(): void {
  feed?.close();
  feed = null;
}

/** Hand a message to everybody who listens; feeds call it, and tests. */
export function deliver(message: BusMessage): void {
  for (const watcher of watchers) watcher(message);
  for (const address of byFirstLevels.get(firstLevel(message.topic)) ?? []) {
    const found = params(address, message.topic);
    if (!found || message.payload === null) continue;
    for (const handler of handlers.get(address) ?? []) handler(message.payload as never, found, message.topic);
  }
}

function events(): FeedEvents {
  return { message: deliver, carrier: onCarrier, frame: onSocketFrame };
}

function onCarrier(carrier: Carrier, gap: boolean): void {
  const awaySince = carrier === "none" ? connection.value.awaySince || Date.now() : 0;
  connection.set({ ...connection.value, carrier, awaySince });
  if (carrier !== "none" && gap) for (const load of loaders) load();
}

function onSocketFrame(frame: Frame): void {
  if (frame.type === "mqtt_status") connection.set({ ...connection.value, broker: Boolean(frame["connected"]) });
  for (const handler of frames.get(frame.type) ?? []) handler(frame);
}

function indexAddress(address: string): void {
  const level = firstLevel(address);
  byFirstLevels.set(level, [...(byFirstLevels.get(level) ?? []), address]);
}

function firstLevel(topic: string): string {
  return topic.slice(0, topic.indexOf("/") + 1 || undefined);
}
