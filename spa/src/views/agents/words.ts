import { html, type TemplateResult } from "lit";
import { number, span } from "../../i18n/texts";
import { type Agent, nodeOf, shownState } from "../../state/agents";
import { type WishKind, wishes } from "../../state/wishes";
import { stateBadge } from "../../ui/state-badge";
import { t } from "./texts";

const UNDER_WAY: Record<WishKind, Parameters<typeof t>[0]> = {
  start: "starting",
  stop: "stopping",
  restart: "restarting",
  pause: "pausing",
  resume: "resuming",
  delete: "deleting",
  migrate: "migrating",
};

/** The address of an agent's page, or of a part of it. */
export function agentLink(name: string, part = ""): string {
  return `#/agents/${encodeURIComponent(name)}${part ? `/${part}` : ""}`;
}

/** An agent's state as a badge; while something was asked of it and the bus has not told, that. */
export function agentBadge(agent: Agent, now: number): TemplateResult {
  const wish = wishes.get(agent.id);
  if (!wish) return stateBadge(shownState(agent, now));
  return html`<span class="badge accent" aria-busy="true"><span class="dot"></span>${t(UNDER_WAY[wish.kind])}</span>`;
}

/** The machine that runs an agent, in words. */
export function nodeText(agent: Pick<Agent, "node">): string {
  const node = nodeOf(agent);
  return node === "local" ? t("mainMachine") : node;
}

/** MiB as people read them; a dash when nobody knows. */
export function memoryText(megabytes: number | null | undefined): string {
  return megabytes == null ? "–" : `${number(megabytes, megabytes < 10 ? 1 : 0)} MiB`;
}

/** A count; a dash when nobody knows. */
export function countText(count: number | null | undefined): string {
  return count == null ? "–" : number(count);
}

/** How many there are, in words. */
export function sumText(what: "Agent" | "Trouble" | "Message" | "Error", count: number | null | undefined): string {
  const MANY = {
    Agent: "totalAgents",
    Trouble: "totalTrouble",
    Message: "totalMessages",
    Error: "totalErrors",
  } as const;
  return count === 1 ? t(`one${what}`) : t(MANY[what], { count: countText(count) });
}

/** How long ago a moment (epoch seconds) was; a dash when it never was. */
export function agoText(at: number, now: number): string {
  return at > 0 ? t("ago", { time: span(now - at) }) : "–";
}
