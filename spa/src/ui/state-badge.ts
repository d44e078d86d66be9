import { html, type TemplateResult } from "lit";
import { defineTexts } from "../i18n/texts";

const t = defineTexts({
  en: {
    initializing: "starting",
    running: "running",
    paused: "paused",
    stopped: "stopped",
    failed: "failed",
    degraded: "degraded",
    quarantined: "in quarantine",
    late: "late",
    unreachable: "unreachable",
    waiting: "waiting",
    backoff: "restarting soon",
    online: "online",
    offline: "offline",
  },
  de: {
    initializing: "startet",
    running: "läuft",
    paused: "pausiert",
    stopped: "angehalten",
    failed: "ausgefallen",
    degraded: "eingeschränkt",
    quarantined: "in Quarantäne",
    late: "verspätet",
    unreachable: "nicht erreichbar",
    waiting: "wartet",
    backoff: "startet gleich neu",
    online: "online",
    offline: "offline",
  },
});

type Known = Parameters<typeof t>[0];

const TONES: Record<Known, "good" | "warn" | "bad" | "accent" | ""> = {
  initializing: "accent",
  running: "good",
  paused: "accent",
  stopped: "",
  failed: "bad",
  degraded: "warn",
  quarantined: "bad",
  late: "warn",
  unreachable: "bad",
  waiting: "warn",
  backoff: "warn",
  online: "good",
  offline: "bad",
};

/** Whether something in this state needs a person's eye. */
export function isTrouble(state: string): boolean {
  const tone = isKnown(state) ? TONES[state] : "";
  return tone === "bad" || tone === "warn";
}

/** A state in words; one that nobody translated stays as it is. */
export function stateText(state: string): string {
  return isKnown(state) ? t(state) : state;
}

/** A state of an agent, process or node as a badge. */
export function stateBadge(state: string): TemplateResult {
  const tone = isKnown(state) ? TONES[state] : "";
  return html`<span class="badge ${tone}"><span class="dot"></span><span class="foreign">${stateText(state)}</span></span>`;
}

function isKnown(state: string): state is Known {
  return Object.hasOwn(TONES, state);
}
