import type { MqttClient } from "mqtt";
import { type BusMessage, backOff, type Feed, type FeedEvents } from "./live";
import { call } from "./rest";
import { matches } from "./topics";

const PATIENCE_MS = 6_000;
const MAX_FAILURES = 3;

/** Live data over MQTT through the gateway's `/mqtt`, with a ticket for each connection. */
export class MqttFeed implements Feed {
  private client: MqttClient | null = null;
  private tries = 0;
  private closed = false;
  private everConnected = false;

  /** `givenUp` is called once when MQTT is not let through. */
  constructor(
    private readonly topics: readonly string[],
    private readonly events: FeedEvents,
    private readonly givenUp: () => void,
  ) {
    void this.open();
  }

  /** End the connection for good. */
  close(): void {
    this.closed = true;
    this.client?.end(true);
  }

  private async open(): Promise<void> {
    try {
      const [{ default: mqtt }, ticket] = await Promise.all([import("mqtt"), call("POST /api/mqtt-ticket")]);
      if (this.closed) return;
      const address = new URL(ticket.path, location.href);
      address.protocol = address.protocol.replace("http", "ws");
      const client = mqtt.connect(address.href, {
        username: ticket.username,
        password: ticket.password,
        clientId: ticket.client_id,
        protocolVersion: 5,
        clean: true,
        reconnectPeriod: 0,
        connectTimeout: PATIENCE_MS,
        keepalive: 30,
        // A worker would be made from a blob, which the Content-Security-Policy does not let in.
        timerVariant: "native",
      });
      this.client = client;
      client.on("connect", () => this.connected(client, ticket.filters ?? []));
      client.on("message", (topic, payload) => this.receive(topic, payload));
      client.on("error", () => client.end(true));
      client.on("close", () => this.lost(client));
    } catch {
      this.failed();
    }
  }

  private connected(client: MqttClient, allowed: readonly string[]): void {
    const wanted = this.topics.filter((topic) => allowed.some((filter) => filter === topic || matches(filter, topic)));
    this.events.subscribing?.();
    client.subscribe(wanted, { qos: 0 }, (error) => {
      if (error) {
        client.end(true);
        return;
      }
      this.tries = 0;
      this.everConnected = true;
      // MQTT of a browser keeps no session: whatever was said meanwhile is fetched.
      this.events.carrier("mqtt", true);
    });
  }

  private receive(topic: string, bytes: Uint8Array): void {
    const payload = decode(bytes);
    if (payload !== undefined) this.events.message({ topic, payload, id: "" } satisfies BusMessage);
  }

  private lost(client: MqttClient): void {
    if (client !== this.client || this.closed) return;
    this.client = null;
    this.events.carrier("none", false);
    this.failed();
  }

  private failed(): void {
    if (this.closed) return;
    this.tries += 1;
    if (!this.everConnected && this.tries >= MAX_FAILURES) {
      this.close();
      this.givenUp();
    } else {
      setTimeout(() => void this.open(), backOff(this.tries));
    }
  }
}

function decode(bytes: Uint8Array): unknown {
  if (!bytes.length) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
