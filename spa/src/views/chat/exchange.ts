import { html, nothing, type TemplateResult } from "lit";
import { dollars, moment } from "../../i18n/texts";
import type { Exchange, Told } from "../../state/conversations";
import { canSpeak, speak, speaking } from "../../state/voice";
import { icon } from "../../ui/icons";
import { copy } from "../../ui/markdown";
import { toast } from "../../ui/toast";
import { size } from "./attachments";
import { plainTemplate } from "./plain";
import { t } from "./texts";

const TONES: Record<string, "good" | "warn" | "bad" | ""> = {
  failed: "bad",
  expired: "warn",
  unknown: "warn",
  waiting: "warn",
  stopped: "",
  approved: "good",
  denied: "",
  lapsed: "",
};
type StatusKey = "failed" | "expired" | "unknown" | "waiting" | "stopped" | "approved" | "denied" | "lapsed";

const SOURCES = new Set(["rules", "local", "cloud"]);
const OWN = new Set(["", "main", "gateway", "io-agent", "planner", "home-assistant-agent", "home-assistant-actuator"]);
const PLAIN_STEPS = 6;

/** A message and its answer. */
export function exchangeTemplate(one: Exchange, again: (text: string) => void): TemplateResult {
  return html`
    <div class="mine" aria-label=${t("you")}>
      <div class="bubble foreign">${one.to ? html`<b>@${one.to}</b> ` : nothing}${one.said}</div>
      ${one.attachments.length ? html`<div class="row files">${one.attachments.map((file) => html`<span class="badge" title=${size(file.size)}>${icon("clip", 12)}<span class="clip foreign">${file.name}</span>${file.size ? html`<span>${size(file.size)}</span>` : nothing}</span>`)}</div>` : nothing}
    </div>
    <div class="theirs ${one.stage} ${TONES[one.status] ?? ""}">
      ${one.progress.length ? progress(one) : nothing}
      ${one.text ? (isPlain(one) ? plainTemplate(one.text) : html`<wz-markdown .text=${one.text}></wz-markdown>`) : nothing}
      ${one.outcome ? html`<p class="outcome foreign">${one.outcome}</p>` : nothing}
      ${one.stage === "over" ? after(one, again) : underWay(one)}
    </div>`;
}

/** What an agent told by itself. */
export function toldTemplate(one: Told): TemplateResult {
  return html`<div class="told ${TONES[one.status] ?? ""}">
    <p class="small"><b class="foreign">${t("tells", { name: one.from || "?" })}</b> <span class="muted">${moment(one.at)}</span></p>
    <wz-markdown .text=${one.text}></wz-markdown></div>`;
}

// What rules answer is no markdown; what models and agents of people write may be.
function isPlain(one: Exchange): boolean {
  return one.stage === "over" && !one.isCut && (one.source === "rules" || !one.source) && OWN.has(one.agent);
}

function progress(one: Exchange): TemplateResult {
  const isOver = one.stage === "over";
  const steps = html`<ol class="steps small">${one.progress.map((line, at) => {
    const isLast = at === one.progress.length - 1;
    return html`<li class=${isLast && !isOver ? "now" : "done"}><span class="mark" aria-hidden="true"></span><span class="foreign">${line}</span></li>`;
  })}</ol>`;
  if (!isOver || one.progress.length <= PLAIN_STEPS) return steps;
  return html`<details><summary class="small muted">${t("steps")} (${one.progress.length})</summary>${steps}</details>`;
}

function underWay(one: Exchange): TemplateResult {
  if (one.stage === "lost") {
    return html`<p class="small state warn" role="status">${icon("restart", 14)} ${t("lost")}</p>`;
  }
  const label = t(one.stage === "sending" ? "sending" : "thinking");
  return html`<p class="small muted state" role="status"><span class="typing" aria-hidden="true"><i></i><i></i><i></i></span>
    <span class=${one.text || one.progress.length ? "hidden" : ""}>${label}</span></p>`;
}

function after(one: Exchange, again: (text: string) => void): TemplateResult {
  const hasFailed = one.status === "failed" || one.status === "expired";
  return html`
    ${one.status === "stopped" && !one.outcome && (one.isCut || !one.text) ? html`<p class="muted">${t("stoppedText")}</p>` : nothing}
    <div class="row meta small muted">
      ${status(one)}
      ${SOURCES.has(one.source) ? source(one.source as "rules" | "local" | "cloud") : nothing}
      ${one.cost === null ? nothing : html`<span class="price">${dollars(one.cost)}</span>`}
      ${one.agent && one.agent !== "main" ? html`<a class="foreign reach" href="#/agents/${encodeURIComponent(one.agent)}">${one.agent}</a>` : nothing}
      <time>${moment(one.answeredAt)}</time>
      <span class="grow"></span>
      ${hasFailed ? button(t("again"), "restart", () => again(one.said)) : nothing}
      ${one.text && canSpeak() ? hearing(one) : nothing}
      ${one.text ? button(t("copy"), "copy", () => void copyAnswer(one.text)) : nothing}
    </div>`;
}

function status(one: Exchange): TemplateResult | typeof nothing {
  const tone = TONES[one.status];
  if (tone === undefined) return nothing;
  return html`<span class="badge ${tone}">${t(one.status as StatusKey)}</span>`;
}

function source(name: "rules" | "local" | "cloud"): TemplateResult {
  return html`<span class="badge ${name === "cloud" ? "accent" : ""}" title=${t(`${name}Title`)}>${t(name)}</span>`;
}

function hearing(one: Exchange): TemplateResult {
  const isOn = speaking.value === one.key;
  return button(t(isOn ? "hush" : "hear"), isOn ? "stop" : "speaker", () => speak(one.key, one.text));
}

function button(label: string, name: Parameters<typeof icon>[0], act: () => void): TemplateResult {
  return html`<button class="quiet icon little" title=${label} aria-label=${label} @click=${act}>${icon(name, 15)}</button>`;
}

async function copyAnswer(text: string): Promise<void> {
  if (await copy(text)) toast(t("copied"), "good");
}
