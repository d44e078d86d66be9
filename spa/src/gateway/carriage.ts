import type { BusMessage, Carrier, Feed, FeedEvents } from "./live";
import { MqttFeed } from "./mqtt";
import { Seam } from "./seam";
import { SocketFeed } from "./socket";

const UNHURRIED_MS = 8_000;
const IDLE_WITHIN_MS = 10_000;
const OVERLAP_MS = 2_000;

/** Live data over `/ws` at once; when the page is idle over MQTT, if it is let through. */
export class Carriage implements Feed {
  private readonly socket: SocketFeed;
  private mqtt: MqttFeed | null = null;
  private seam: Seam | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;
  private isClosed = false;
  private socketCarrier: Carrier = "none";

  constructor(
    private readonly topics: readonly string[],
    private readonly events: FeedEvents,
  ) {
    this.socket = new SocketFeed(topics, {
      message: (message) => this.hear(message, "ws"),
      carrier: (carrier, gap) => this.socketTold(carrier, gap),
      frame: (frame) => this.events.frame(frame),
    });
    this.later();
  }

  /** End all connections for good. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.mqtt?.close();
    this.socket.close();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => whenIdle(() => this.goOver()), UNHURRIED_MS);
  }

  private goOver(): void {
    if (this.isClosed || this.mqtt) return;
    if (this.socketCarrier === "none") {
      // while nothing is let through, it says nothing about MQTT
      this.later();
      return;
    }
    this.mqtt = new MqttFeed(
      this.topics,
      {
        message: (message) => this.hear(message, "mqtt"),
        carrier: (carrier, gap) => this.mqttTold(carrier, gap),
        frame: () => undefined,
        subscribing: () => {
          if (!this.isOver) this.seam = new Seam();
        },
      },
      () => this.stay(),
    );
  }

  /** MQTT is not let through: `/ws` it is, unless nothing was let through just then. */
  private stay(): void {
    this.seam = null;
    this.mqtt = null;
    if (this.socketCarrier === "none") this.later();
  }

  private socketTold(carrier: Carrier, gap: boolean): void {
    this.socketCarrier = carrier;
    if (!this.isOver) this.events.carrier(carrier, gap);
  }

  private mqttTold(carrier: Carrier, gap: boolean): void {
    if (this.isOver) {
      this.events.carrier(carrier, gap);
    } else if (carrier === "none") {
      this.seam = null;
    } else {
      this.isOver = true;
      this.timer = setTimeout(() => {
        this.socket.mute();
        this.seam = null;
      }, OVERLAP_MS);
      this.events.carrier(carrier, gap);
    }
  }

  private hear(message: BusMessage, side: "ws" | "mqtt"): void {
    const { seam } = this;
    if (seam ? seam.lets(message, side) : (side === "mqtt") === this.isOver) this.events.message(message);
  }
}

function whenIdle(then: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(then, { timeout: IDLE_WITHIN_MS });
  else then();
}
