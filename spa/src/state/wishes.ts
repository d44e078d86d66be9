import type { Controlled } from "../contracts/rest";
import { call } from "../gateway/rest";
import { type Agent, agents, nodeOf, reloadSoon } from "./agents";
import { Collection } from "./store";

const GONE = ["stopped", "failed", "quarantined", "late", "unreachable"];
const PATIENCE_MS = 60_000;
const LOOK_MS = 1_000;
const CLOCK_SLACK_SECONDS = 2;

/** What can be asked of an agent. */
export type WishKind = "start" | "stop" | "restart" | "pause" | "resume" | "delete" | "migrate";

/** Something asked of an agent that the bus has not confirmed yet. */
export interface Wish {
  /** The agent's. */
  id: string;
  kind: WishKind;
  /** Node to move to. */
  target: string;
  /** Epoch seconds. */
  since: number;
  pid: number | null;
}

/** What is under way, by the agent's id. */
export const wishes = new Collection<Wish>();

let looking: ReturnType<typeof setInterval> | undefined;

/** What may be asked of an agent in a state, whoever asks. */
export function choices(agent: Agent, state: string): WishKind[] {
  const isKept = agent.spawned != null;
  const isGone = GONE.includes(state);
  const isStopped = isKept ? agent.spawned?.wanted === "stopped" || isGone : isGone;
  const found: WishKind[] = [];
  if (state === "paused") found.push("resume");
  if (!isGone && state !== "paused" && !agent.essential) found.push("pause");
  if (isStopped) found.push("start");
  if (!agent.essential && (!isGone || (isKept && agent.spawned?.wanted === "running"))) found.push("stop");
  if (isKept && agent.spawned?.wanted === "running") found.push("restart", "migrate");
  if (!agent.protected) found.push("delete");
  return found;
}

/** Whether what the bus says of an agent is what was wished for. */
export function reached(wish: Wish, agent: Agent | undefined): boolean {
  if (!agent) return wish.kind === "delete";
  const isRunning = agent.state === "running" || agent.state === "degraded";
  const isNew = agent.started_at != null && agent.started_at > wish.since - CLOCK_SLACK_SECONDS;
  switch (wish.kind) {
    case "delete":
      return false;
    case "stop":
      return agent.state === "stopped" || agent.state === "failed";
    case "pause":
      return agent.state === "paused";
    case "restart":
      return isRunning && (isNew || (agent.pid != null && wish.pid != null && agent.pid !== wish.pid));
    case "migrate":
      return isRunning && nodeOf(agent) === nodeOf({ node: wish.target });
    default:
      return isRunning;
  }
}

/** Ask something of an agent; the sentence that the gateway answers. GatewayError says why not. */
export async function want(agent: Agent, kind: WishKind, target = ""): Promise<string> {
  wishes.put(agent.id, { id: agent.id, kind, target, since: Date.now() / 1000, pid: agent.pid ?? null });
  look();
  try {
    return (await asked(agent.name, kind, target)).text ?? "";
  } catch (error) {
    wishes.delete(agent.id);
    throw error;
  } finally {
    reloadSoon();
  }
}

function asked(name: string, kind: WishKind, target: string): Promise<Controlled> {
  const path = { name };
  const headers = { "idempotency-key": crypto.randomUUID() };
  if (kind === "delete") return call("DELETE /api/agents/{name}", { path, headers });
  if (kind === "migrate")
    return call("POST /api/agents/{name}/migrate", { path, headers, body: { target_node: target } });
  return call(`POST /api/agents/{name}/${kind}`, { path, headers });
}

function look(): void {
  looking ??= setInterval(() => settle(Date.now() / 1000), LOOK_MS);
}

function settle(now: number): void {
  for (const wish of wishes.all()) {
    if (reached(wish, agents.get(wish.id)) || (now - wish.since) * 1000 > PATIENCE_MS) wishes.delete(wish.id);
  }
  if (wishes.size) return;
  clearInterval(looking);
  looking = undefined;
}

agents.subscribe(() => {
  if (wishes.size) settle(Date.now() / 1000);
});
