import type { AgentError, AgentLog, NodeEvent } from "../contracts/generated";
import type { LogEntry } from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import type { Listener, Observable } from "./store";

const MOST_LINES = 2_000;
const FETCHED = 500;
const LONGEST = 4_000;
const COMPARED = 200;
const ASK_MS = 4_000;
const TOLD_EVERY_MS = 100;

/** How bad a line is, from harmless to fatal. */
export const LEVELS = ["debug", "info", "warning", "error"] as const;
/** One of the levels. */
export type Level = (typeof LEVELS)[number];

/** A line of an agent's log, cut to what a page can show. */
export interface LogLine {
  /** Rises with each line that came. */
  number: number;
  /** Epoch seconds. */
  at: number;
  level: Level;
  kind: LogEntry["kind"];
  text: string;
  /** Characters that were left out. */
  more: number;
  phase: string;
  traceback: string;
  /** Set on lines that nobody wrote: the process started or died. */
  event: NodeEvent | null;
}

/** A log entry, or what happened to the agent's process. */
type Entry = LogEntry & { event?: NodeEvent };

/** The level that a word for one means. */
export function levelOf(word: string | null | undefined): Level {
  const lower = (word ?? "info").toLowerCase();
  if (["critical", "fatal", "error", "exception"].includes(lower)) return "error";
  if (["warning", "warn"].includes(lower)) return "warning";
  return lower === "debug" || lower === "trace" ? "debug" : "info";
}

/** The log of one agent while somebody reads it: what was, then what comes; the oldest lines give way. */
export class LogTail implements Observable {
  /** Why the log could not be fetched; empty when it could. */
  problem = "";
  /** Whether the first answer is still to come. */
  loading = true;
  /** Lines that gave way. */
  dropped = 0;

  private lines: LogLine[] = [];
  /** Lines that came since anybody looked. */
  private fresh: LogLine[] = [];
  private readonly known = new Set<string>();
  private readonly listeners = new Set<Listener>();
  private readonly ends: (() => void)[] = [];
  private count = 0;
  private newest = 0;
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly name: string,
    private readonly id: string,
  ) {}

  /** The lines by time; a new array when there are new ones. */
  all(): readonly LogLine[] {
    this.settle();
    return this.lines;
  }

  /** Begin to follow. */
  open(): void {
    const mine = (id: string | undefined, take: () => void): void => {
      if (id === this.id) take();
    };
    this.ends.push(
      listen("agents/{agent_id}/logs", (log, { agent_id: id }) => mine(id, () => this.add([entryOfLog(log)]))),
      listen("agents/{agent_id}/errors", (error, { agent_id: id }) => mine(id, () => this.add([entryOfError(error)]))),
      listen("nodes/{node}/events", (event) => event.name === this.name && this.add([entryOfEvent(event)])),
      onResync(() => void this.fetch()),
    );
    // Lines of its log file do not come over the bus, so they are asked for while somebody reads.
    const timer = setInterval(() => document.visibilityState === "visible" && void this.fetch(), ASK_MS);
    this.ends.push(() => clearInterval(timer));
    void this.fetch();
  }

  /** Follow no more. */
  close(): void {
    for (const end of this.ends.splice(0)) end();
    clearTimeout(this.telling);
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Take entries in; those that are there already are left out. */
  add(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => !this.known.has(keyOf(entry)));
    if (!fresh.length) return;
    for (const entry of fresh) {
      this.known.add(keyOf(entry));
      if (!entry.event) this.newest = Math.max(this.newest, entry.timestamp);
    }
    this.fresh.push(...fresh.map((entry) => this.line(entry)));
    if (this.fresh.length > MOST_LINES) this.settle();
    if (this.known.size > 3 * MOST_LINES) this.forgetKeys();
    this.changed();
  }

  private async fetch(): Promise<void> {
    try {
      const since = this.newest ? { since: this.newest - 1 } : {};
      const { entries } = await call("GET /api/agents/{name}/logs", {
        path: { name: this.name },
        query: { limit: FETCHED, ...since },
      });
      this.problem = "";
      this.add(entries);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.loading = false;
    this.changed();
  }

  private settle(): void {
    if (!this.fresh.length) return;
    const lines = [...this.lines, ...this.fresh].sort((a, b) => a.at - b.at);
    this.fresh = [];
    this.dropped += Math.max(0, lines.length - MOST_LINES);
    this.lines = lines.slice(-MOST_LINES);
  }

  private line(entry: Entry): LogLine {
    this.count += 1;
    return {
      number: this.count,
      at: entry.timestamp,
      level: levelOf(entry.level),
      kind: entry.kind,
      text: entry.message.slice(0, LONGEST),
      more: Math.max(0, entry.message.length - LONGEST),
      phase: entry.phase ?? "",
      traceback: (entry.traceback ?? "").slice(0, LONGEST),
      event: entry.event ?? null,
    };
  }

  private forgetKeys(): void {
    const kept = [...this.known].slice(-MOST_LINES);
    this.known.clear();
    for (const key of kept) this.known.add(key);
  }

  private changed(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      for (const listener of [...this.listeners]) listener();
    }, TOLD_EVERY_MS);
  }
}

/** The lines as a file: time, level, text. */
export function asText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => {
      const head = `${new Date(line.at * 1000).toISOString()} ${line.level.toUpperCase().padEnd(7)} ${line.text}`;
      return line.traceback ? `${head}\n${line.traceback}` : head;
    })
    .join("\n");
}

function keyOf(entry: LogEntry): string {
  return `${entry.timestamp}|${entry.kind}|${entry.message.slice(0, COMPARED)}`;
}

function entryOfLog(log: AgentLog): LogEntry {
  const message = log.message || log.input || log.child_name || "";
  return { timestamp: log.timestamp, kind: "log", level: log.level ?? "info", message };
}

function entryOfError(error: AgentError): LogEntry {
  const { timestamp, phase, traceback = "" } = error;
  return { timestamp, kind: "error", level: error.severity ?? "error", message: error.error, phase, traceback };
}

function entryOfEvent(event: NodeEvent): Entry {
  const level = event.kind === "died" || event.kind === "quarantined" ? "warning" : "info";
  const message = `process ${event.pid ?? ""} ${event.kind}`;
  return { timestamp: event.timestamp, kind: "line", level, message, event };
}
