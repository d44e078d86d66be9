import type { NodeHeartbeat, ProcessInfo } from "../contracts/generated";
import type { NodeView } from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { Collection } from "./store";

const RELOAD_MS = 500;
const LATE_SECONDS = 25;

/** A machine that runs agents, as last heard of. */
export interface Node extends Omit<NodeView, "processes"> {
  processes: readonly ProcessInfo[];
  /** Seconds since its runner started, at `last_seen`. */
  uptime_s?: number;
}

/** All nodes by name, the main machine first. */
export const nodes = new Collection<Node>((a, b) => rank(a) - rank(b) || a.node.localeCompare(b.node));

let reloading: ReturnType<typeof setTimeout> | undefined;

/** Fetch all nodes. */
export async function loadNodes(): Promise<void> {
  const rows = await call("GET /api/nodes");
  nodes.replace(rows.map((row) => [row.node, { ...row, processes: row.processes.map(processOf) }] as const));
}

/** Whether a node was heard of lately, at a moment (epoch seconds). */
export function isOnline(node: Node, now: number): boolean {
  return node.online && now - node.last_seen <= LATE_SECONDS;
}

/** Follow the bus. */
export function followNodes(): () => void {
  const ends = [
    onResync(reloadSoon),
    listen("nodes/{node}/heartbeat", (beat) => nodes.put(beat.node, nodeOfBeat(beat))),
    listen("nodes/{node}/events", reloadSoon),
  ];
  reloadSoon();
  return () => {
    for (const end of ends) end();
  };
}

function reloadSoon(): void {
  if (reloading !== undefined) return;
  reloading = setTimeout(() => {
    reloading = undefined;
    loadNodes().catch(() => undefined); // the connection badge tells; the next resync loads again
  }, RELOAD_MS);
}

function nodeOfBeat(beat: NodeHeartbeat): Node {
  return {
    node: beat.node,
    node_id: beat.node_id,
    online: beat.status === undefined || beat.status === "online",
    last_seen: beat.timestamp,
    agents: beat.agents ?? [],
    processes: beat.processes ?? [],
    runtime: beat.runtime || "runner",
    version: beat.version ?? "",
    ...(beat.uptime_s === undefined ? {} : { uptime_s: beat.uptime_s }),
  };
}

function processOf(row: Record<string, unknown>): ProcessInfo {
  return {
    name: String(row["name"] ?? ""),
    pid: Number(row["pid"] ?? 0),
    state: String(row["state"] ?? "stopped") as ProcessInfo["state"],
    restarts: Number(row["restarts"] ?? 0),
    started_at: Number(row["started_at"] ?? 0),
    memory_mb: Number(row["memory_mb"] ?? 0),
    executor: String(row["executor"] ?? "process") as NonNullable<ProcessInfo["executor"]>,
    ended: row["ended"] === true,
  };
}

function rank(node: Node): number {
  return node.node === "local" ? 0 : 1;
}
