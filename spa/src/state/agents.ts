import type { AgentView } from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { Collection } from "./store";

const BEAT_SECONDS = 10;
const LATE_SECONDS = 2.5 * BEAT_SECONDS;
const RELOAD_MS = 500;

/** All agents by id, as last heard of. */
export const agents = new Collection<AgentView>((a, b) => a.name.localeCompare(b.name));

let reloading: ReturnType<typeof setTimeout> | undefined;

/** Fetch all agents. */
export async function loadAgents(): Promise<void> {
  const rows = await call("GET /api/agents");
  agents.replace(rows.map((row) => [row.id, row] as const));
}

/** The agent of this name. */
export function agentNamed(name: string): AgentView | undefined {
  return agents.all().find((agent) => agent.name === name);
}

/** The state to show at a moment (epoch seconds): a silent agent is not called running. */
export function shownState(agent: AgentView, now: number): string {
  const lively = agent.state === "running" || agent.state === "degraded";
  return lively && agent.last_seen > 0 && now - agent.last_seen > LATE_SECONDS ? "late" : agent.state;
}

/** Fetch all agents soon, once, however often this is called. */
export function reloadSoon(): void {
  if (reloading !== undefined) return;
  reloading = setTimeout(() => {
    reloading = undefined;
    loadAgents().catch(() => undefined); // the connection badge tells; the next resync loads again
  }, RELOAD_MS);
}

function merge(id: string, change: Partial<AgentView>): void {
  const known = agents.get(id);
  if (known) agents.put(id, { ...known, ...change });
  else reloadSoon();
}

/** Follow the bus. */
export function followAgents(): void {
  onResync(reloadSoon);
  listen("agents/{agent_id}/heartbeat", (beat) => {
    const change = {
      last_seen: beat.timestamp,
      mem: beat.memory_mb ?? null,
      task: beat.task ?? null,
      pid: beat.pid ?? null,
    };
    merge(beat.actor_id, { ...change, ...(beat.state === "idle" ? {} : { state: beat.state }) });
  });
  listen("agents/{agent_id}/status", (status, { agent_id: id = "" }) => {
    merge(id, { state: status.state });
    reloadSoon();
  });
  listen("agents/{agent_id}/metrics", (metrics, { agent_id: id = "" }) => {
    const counted = { messagesProcessed: metrics.messages_processed ?? null, errors: metrics.errors ?? null };
    merge(id, { ...counted, ...(metrics.cost_usd == null ? {} : { costUsd: metrics.cost_usd }) });
  });
  listen("agents/{agent_id}/errors", (error, { agent_id: id = "" }) => merge(id, { last_error: { ...error } }));
  listen("agents/{agent_id}/spawn", reloadSoon);
  listen("nodes/{node}/events", reloadSoon);
}
