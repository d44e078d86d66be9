import type { TopicReport, TopicSeen, Wiring } from "../contracts/rest";
import { call } from "../gateway/rest";
import { filterOf, matches } from "../gateway/topics";
import { onResync, watch } from "./bus";
import type { Listener, Observable } from "./store";
import { Store } from "./store";

const LISTED = 500;
const TAIL = 200;
const LONGEST = 20_000;
const TOLD_EVERY_MS = 150;

/** Beginnings of topics that are free for everybody. */
export const FREE_TOPICS = ["custom/", "home/", "sensors/", "synapse/"] as const;

/** What is known of the bus; null until it was asked for. */
export const topics = new Store<TopicReport | null>(null);
/** Agents that would fit together. */
export const wirings = new Store<readonly Wiring[]>([]);

/** Fetch the topics, without samples: those come with one topic. */
export async function loadTopics(): Promise<void> {
  topics.set(await call("GET /api/topics", { query: { limit: LISTED, samples: false } }));
}

/** Fetch one topic with its fields and sample; undefined when nobody knows it. */
export async function loadTopic(topic: string): Promise<TopicSeen | undefined> {
  const report = await call("GET /api/topics", { query: { keyword: topic, limit: 50, samples: true } });
  return report.topics.find((one) => one.topic === topic);
}

/** Fetch which agents would fit together. */
export async function loadWirings(): Promise<void> {
  wirings.set(await call("GET /api/wirings"));
}

/** Why a message cannot be published there, as the key of a text; null when it can. */
export function refusal(topic: string): "topicEmpty" | "topicWild" | "topicTaken" | null {
  if (!topic.trim()) return "topicEmpty";
  if (/[+#\0]/.test(topic)) return "topicWild";
  return FREE_TOPICS.some((start) => topic.startsWith(start) && topic.length > start.length) ? null : "topicTaken";
}

/** Publish a message on a free topic. */
export async function publish(topic: string, payload: unknown, retain: boolean): Promise<void> {
  await call("POST /api/publish", { body: { topic, payload, qos: 1, retain } });
}

/** A message on a topic as it came. */
export interface Passed {
  number: number;
  /** Epoch milliseconds of its coming. */
  at: number;
  topic: string;
  text: string;
}

/** The messages of one topic, or pattern, while somebody looks; the oldest give way. */
export class TopicTail implements Observable {
  /** Whether new messages are held back. */
  paused = false;
  private passed: readonly Passed[] = [];
  private count = 0;
  private end: (() => void) | undefined;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly filter: string;

  constructor(topic: string) {
    this.filter = filterOf(topic);
  }

  /** How many came since it was opened. */
  get total(): number {
    return this.count;
  }

  /** The last messages, newest first. */
  all(): readonly Passed[] {
    return this.passed;
  }

  /** Begin to follow. */
  open(): void {
    this.end = watch((message) => {
      if (matches(this.filter, message.topic)) this.take(message.topic, message.payload);
    });
  }

  /** Follow no more. */
  close(): void {
    this.end?.();
    clearTimeout(this.telling);
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private take(topic: string, payload: unknown): void {
    this.count += 1;
    if (!this.paused) {
      const one = { number: this.count, at: Date.now(), topic, text: shown(payload) };
      this.passed = [one, ...this.passed].slice(0, TAIL);
    }
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      for (const listener of [...this.listeners]) listener();
    }, TOLD_EVERY_MS);
  }
}

/** A payload as text, cut to what a page can show. */
export function shown(payload: unknown, indent = 0): string {
  const text = typeof payload === "string" ? payload : (JSON.stringify(payload, null, indent) ?? "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Fetch again whenever something may have been missed; the return value ends it. */
export function followTopics(): () => void {
  return onResync(() => {
    if (topics.value) loadTopics().catch(() => undefined); // the next resync loads again
  });
}
