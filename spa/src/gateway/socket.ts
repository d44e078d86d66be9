import { backOff, type Feed, type FeedEvents } from "./live";

const PING_MS = 15_000;
const SILENT_MS = 40_000;

/** Live data over the gateway's `/ws`: subscribes, resumes where it was, reconnects by itself. */
export class SocketFeed implements Feed {
  private socket: WebSocket | null = null;
  private tries = 0;
  private lastId = "";
  private heard = 0;
  private closed = false;
  private timers: ReturnType<typeof setInterval>[] = [];

  /** Without topics it brings the frames of the person only: approvals, notices. */
  constructor(
    private topics: readonly string[],
    private readonly events: FeedEvents,
  ) {
    this.open();
    this.timers.push(setInterval(() => this.beat(), PING_MS));
  }

  /** End the connection for good. */
  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    this.socket?.close();
  }

  /** Bring the frames of the person only from now on. */
  mute(): void {
    this.topics = [];
    this.lastId = "";
    this.subscribe();
  }

  private open(): void {
    if (this.closed) return;
    const address = new URL("/ws", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.heard = Date.now();
    this.socket.addEventListener("open", () => this.subscribe());
    this.socket.addEventListener("message", (event) => this.receive(String(event.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  private subscribe(): void {
    const resume = this.lastId ? { last_id: this.lastId } : {};
    this.send({ type: "subscribe", topics: this.topics, ...resume });
  }

  private send(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private receive(text: string): void {
    this.heard = Date.now();
    const frame = JSON.parse(text) as { type: string; [key: string]: unknown };
    if (frame.type === "subscribed") {
      const wasBefore = this.lastId !== "" || this.tries > 0;
      this.tries = 0;
      this.events.carrier("ws", Boolean(frame["gap"]) || !wasBefore);
    } else if (frame.type === "event") {
      this.lastId = String(frame["id"]);
      this.events.message({ topic: String(frame["topic"]), payload: frame["payload"], id: this.lastId });
    } else if (frame.type !== "pong") {
      this.events.frame(frame);
    }
  }

  private beat(): void {
    if (Date.now() - this.heard > SILENT_MS) this.socket?.close();
    else this.send({ type: "ping" });
  }

  private lost(): void {
    this.socket = null;
    if (this.closed) return;
    this.events.carrier("none", false);
    setTimeout(() => this.open(), backOff(this.tries));
    this.tries += 1;
  }
}
