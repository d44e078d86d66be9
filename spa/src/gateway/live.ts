/** A message of the bus as a browser gets it. */
export interface BusMessage {
  topic: string;
  payload: unknown;
  /** Resume point, where the carrier has one. */
  id: string;
}

/** How live data comes: not at all, over MQTT, or over the gateway's WebSocket. */
export type Carrier = "none" | "mqtt" | "ws";

/** What a feed tells its owner. */
export interface FeedEvents {
  message(message: BusMessage): void;
  /** The carrier works, or not any more; `gap`: messages may have been missed, fetch everything again. */
  carrier(carrier: Carrier, gap: boolean): void;
  /** A frame of `/ws` that is not a bus message: approvals, notices, the broker's state. */
  frame(frame: { type: string; [key: string]: unknown }): void;
  /** It asks for its topics now: their messages come from here on. */
  subscribing?(): void;
}

/** A connection that brings live data until it is closed. */
export interface Feed {
  close(): void;
}

/** Milliseconds to wait before the n-th try, with some chance in it so that browsers do not all come at once. */
export function backOff(tries: number): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.min(tries, 10));
  return ceiling / 2 + Math.random() * (ceiling / 2);
}
