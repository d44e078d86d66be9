import type { AgentView, HouseView } from "../../contracts/rest";
import { span } from "../../i18n/texts";
import { type Filter, fits, type Grouping, groupOf } from "../../scene/gather";
import { shortText } from "../../scene/names";
import { shownState } from "../../state/agents";
import { agentPlace, messagesOf } from "../../state/flows";
import { nameOf } from "./sentences";
import { t } from "./texts";

const MOST_CHOICES = 40;
const TASK_LENGTH = 120;

/** Agents of a group, with the name of the group as people read it. */
export interface GroupRows {
  group: string;
  label: string;
  rows: readonly AgentView[];
}

/** What a group is called. */
export function groupLabel(grouping: Grouping, group: string, house: HouseView | null): string {
  if (grouping === "room")
    return group ? (house?.rooms.find((room) => room.id === group)?.name ?? group) : t("wholeHouse");
  return group || t("mainMachine");
}

/** The agents that a filter lets through, in groups. */
export function grouped(
  agents: readonly AgentView[],
  filter: Filter,
  grouping: Grouping,
  house: HouseView | null,
  now: number,
): GroupRows[] {
  const groups = new Map<string, AgentView[]>();
  for (const agent of agents) {
    if (!fits(agent, filter, shownState(agent, now))) continue;
    const group = groupOf(agent, grouping, house);
    const rows = groups.get(group);
    if (rows) rows.push(agent);
    else groups.set(group, [agent]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, rows]) => ({ group, rows, label: groupLabel(grouping, group, house) }));
}

/** What an agent does, in one line: its task, else its last message. */
export function doing(agent: AgentView, device: (entityId: string) => string): string {
  if (agent.task) return shortText(agent.task, TASK_LENGTH);
  const [last] = messagesOf(agentPlace(agent.name));
  if (!last) return t("resting");
  return t(last.outgoing ? "to" : "from", { name: nameOf(last.other, device) });
}

/** How long ago the heart of an agent beat. */
export function lastBeat(agent: AgentView, now: number): string {
  return agent.last_seen > 0 ? t("ago", { time: span(now - agent.last_seen) }) : t("never");
}

/** States, kinds and machines that there are at a moment (epoch seconds), for a filter. */
export function occurring(
  all: readonly AgentView[],
  now: number,
): { states: string[]; kinds: string[]; nodes: string[] } {
  const distinct = (values: string[]): string[] => [...new Set(values)].sort().slice(0, MOST_CHOICES);
  return {
    states: distinct(all.map((agent) => shownState(agent, now))),
    kinds: distinct(all.map((agent) => agent.agentType)),
    nodes: distinct(all.map((agent) => agent.node || "main")),
  };
}
