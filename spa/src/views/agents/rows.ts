import { type Agent, isSpawned, nodeOf, shownState, uptimeOf } from "../../state/agents";
import { isTrouble } from "../../ui/state-badge";

/** What a list of agents can be sorted by. */
export const SORTS = ["name", "state", "uptime", "memory", "messages", "errors", "cost", "activity"] as const;
/** One of them. */
export type Sort = (typeof SORTS)[number];

/** What a person wants to see of the agents. */
export interface Selection {
  search: string;
  /** A state, `trouble` for all that need an eye, or empty for all. */
  state: string;
  kind: "" | "own" | "spawned";
  node: string;
  sort: Sort;
  descending: boolean;
}

/** The selection that shows every agent. */
export const EVERYTHING: Selection = { search: "", state: "", kind: "", node: "", sort: "name", descending: false };

/** A row of the list: the heading of a group, or an agent. */
export type Row = { kind: "heading"; group: "own" | "spawned"; count: number } | { kind: "agent"; agent: Agent };

/** Sums over some agents. */
export interface Totals {
  agents: number;
  running: number;
  trouble: number;
  memory: number;
  messages: number;
  errors: number;
  cost: number;
}

/** The agents that a person wants to see, in order, at a moment (epoch seconds). */
export function selected(agents: readonly Agent[], wanted: Selection, now: number): Agent[] {
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = agents.filter((agent) => fits(agent, wanted, now) && words.every((word) => holds(agent, word)));
  const sign = wanted.descending ? -1 : 1;
  return found.sort((a, b) => sign * compare(a, b, wanted.sort, now) || a.name.localeCompare(b.name));
}

/** The agents with a heading before those of Wactorz itself and before the spawned ones. */
export function grouped(agents: readonly Agent[]): Row[] {
  const rows: Row[] = [];
  for (const group of ["spawned", "own"] as const) {
    const members = agents.filter((agent) => isSpawned(agent) === (group === "spawned"));
    if (!members.length) continue;
    rows.push({ kind: "heading", group, count: members.length });
    rows.push(...members.map((agent) => ({ kind: "agent", agent }) as const));
  }
  return rows;
}

/** Sums over agents, at a moment. */
export function totals(agents: readonly Agent[], now: number): Totals {
  const sums: Totals = { agents: 0, running: 0, trouble: 0, memory: 0, messages: 0, errors: 0, cost: 0 };
  for (const agent of agents) {
    const state = shownState(agent, now);
    sums.agents += 1;
    sums.running += state === "running" ? 1 : 0;
    sums.trouble += isTrouble(state) ? 1 : 0;
    sums.memory += agent.mem ?? 0;
    sums.messages += agent.messagesProcessed ?? 0;
    sums.errors += agent.errors ?? 0;
    sums.cost += agent.costUsd ?? 0;
  }
  return sums;
}

/** What an agent did last, and when (epoch seconds; 0 when nobody knows). */
export function lastActivity(agent: Agent): { text: string; at: number } {
  if (agent.task) return { text: agent.task, at: agent.last_seen };
  if (agent.activity) return agent.activity;
  const error = agent.last_error;
  if (error) return { text: String(error["error"] ?? ""), at: Number(error["timestamp"] ?? 0) };
  return { text: "", at: 0 };
}

function fits(agent: Agent, wanted: Selection, now: number): boolean {
  const state = shownState(agent, now);
  if (wanted.state === "trouble" ? !isTrouble(state) : wanted.state && wanted.state !== state) return false;
  if (wanted.kind && (wanted.kind === "spawned") !== isSpawned(agent)) return false;
  return !wanted.node || nodeOf(agent) === wanted.node;
}

function holds(agent: Agent, word: string): boolean {
  return [agent.name, agent.description, agent.agentType, nodeOf(agent)].some((text) =>
    text.toLowerCase().includes(word),
  );
}

function compare(a: Agent, b: Agent, sort: Sort, now: number): number {
  switch (sort) {
    case "name":
      return a.name.localeCompare(b.name);
    case "state":
      return shownState(a, now).localeCompare(shownState(b, now));
    case "uptime":
      return (uptimeOf(a, now) ?? -1) - (uptimeOf(b, now) ?? -1);
    case "memory":
      return (a.mem ?? -1) - (b.mem ?? -1);
    case "messages":
      return (a.messagesProcessed ?? -1) - (b.messagesProcessed ?? -1);
    case "errors":
      return (a.errors ?? -1) - (b.errors ?? -1);
    case "cost":
      return (a.costUsd ?? -1) - (b.costUsd ?? -1);
    default:
      return lastActivity(a).at - lastActivity(b).at;
  }
}
