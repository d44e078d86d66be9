import type { AgentManifest } from "../contracts/generated";
import type { AgentView } from "../contracts/rest";
import { call } from "../gateway/rest";
import { listen, onResync } from "./bus";
import { Collection } from "./store";

const BEAT_SECONDS = 10;
const LATE_SECONDS = 2.5 * BEAT_SECONDS;
const RELOAD_MS = 500;
const LONGEST_LINE = 300;
const MAIN_NODES = ["", "local"];

/** An agent as last heard of; the last three are known only from what was heard since the page is open. */
export interface Agent extends AgentView {
  /** Epoch seconds of its start. */
  started_at?: number | null;
  /** The last line that it logged. */
  activity?: { text: string; at: number };
}

/** All agents by id, as last heard of. */
export const agents = new Collection<Agent>((a, b) => a.name.localeCompare(b.name));

/** What each agent says it can do, by id; the broker keeps the last word of each. */
export const manifests = new Collection<AgentManifest>();

let reloading: ReturnType<typeof setTimeout> | undefined;

/** Fetch all agents. */
export async function loadAgents(): Promise<void> {
  const rows = await call("GET /api/agents");
  const now = Date.now() / 1000;
  agents.replace(rows.map((row) => [row.id, taken(row, now)] as const));
}

/** Fetch what an agent says it can do, where the bus has not told it to this page. */
export async function loadManifest(id: string): Promise<void> {
  if (manifests.get(id)) return;
  manifests.put(id, (await call("GET /api/agents/{name}/manifest", { path: { name: id } })) as AgentManifest);
}

/** The agent of this name; of several the one heard of last. */
export function agentNamed(name: string): Agent | undefined {
  return agents.all().reduce<Agent | undefined>((found, agent) => {
    if (agent.name !== name) return found;
    return found && found.last_seen > agent.last_seen ? found : agent;
  }, undefined);
}

/** The state to show at a moment (epoch seconds): a silent agent is not called running. */
export function shownState(agent: AgentView, now: number): string {
  const lively = agent.state === "running" || agent.state === "degraded";
  return lively && agent.last_seen > 0 && now - agent.last_seen > LATE_SECONDS ? "late" : agent.state;
}

/** Seconds since an agent's start; null when it does not run or nobody knows. */
export function uptimeOf(agent: Agent, now: number): number | null {
  const ended = agent.state === "stopped" || agent.state === "failed";
  return ended || agent.started_at == null ? null : Math.max(0, now - agent.started_at);
}

/** Whether an agent is one that people or models made. */
export function isSpawned(agent: AgentView): boolean {
  return agent.spawned != null || !(agent.protected || agent.essential || agent.agentType === "service");
}

/** The node that runs an agent, by its own name. */
export function nodeOf(agent: Pick<AgentView, "node">): string {
  return MAIN_NODES.includes(agent.node) ? "local" : agent.node;
}

/** Fetch all agents soon, once, however often this is called. */
export function reloadSoon(): void {
  if (reloading !== undefined) return;
  reloading = setTimeout(() => {
    reloading = undefined;
    loadAgents().catch(() => undefined); // the connection badge tells; the next resync loads again
  }, RELOAD_MS);
}

function taken(row: AgentView, now: number): Agent {
  const known = agents.get(row.id);
  const activity = known?.activity;
  return { ...row, started_at: row.uptime == null ? null : now - row.uptime, ...(activity ? { activity } : {}) };
}

function merge(id: string, change: Partial<Agent>): void {
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
    const started = metrics.uptime ? { started_at: Date.now() / 1000 - metrics.uptime } : {};
    merge(id, { ...counted, ...started, ...(metrics.cost_usd == null ? {} : { costUsd: metrics.cost_usd }) });
  });
  listen("agents/{agent_id}/errors", (error, { agent_id: id = "" }) => merge(id, { last_error: { ...error } }));
  listen("agents/{agent_id}/logs", (log, { agent_id: id = "" }) => {
    const text = (log.message || log.input || log.child_name || "").slice(0, LONGEST_LINE);
    if (text && agents.get(id)) merge(id, { activity: { text, at: log.timestamp } });
  });
  listen("agents/{agent_id}/manifest", (manifest, { agent_id: id = "" }) => {
    manifests.put(id, manifest);
    if (!agents.get(id)) reloadSoon();
  });
  listen("agents/{agent_id}/spawn", reloadSoon);
  listen("nodes/{node}/events", reloadSoon);
}
