import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { FiringReport, Rule, RuleResult } from "../../contracts/rest";
import { isUnknown, sentenceOf } from "../../gateway/errors";
import { moment } from "../../i18n/texts";
import {
  firings,
  followRules,
  grants,
  loadFirings,
  loadGrants,
  loadRules,
  revokeGrant,
  rules,
  showRule,
} from "../../state/rules";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { saveFile } from "../../ui/save-file";
import { shared } from "../../ui/shared";
import "./firing-strip";
import { loadEntities, type NamedEntity } from "./names";
import "./rule-chain";
import { approve, askGrant, attempt, remove, titleOf, toggle } from "./rule-deeds";
import "./rule-past";
import { stateOf, triggerWords, waitsFor } from "./rule-words";
import { t } from "./texts";

const DAY = 86_400;
const SPANS = { day: DAY, week: 7 * DAY, month: 30 * DAY } as const;

/** One rule: what it says, what it did and why, what it would have done. */
export class RuleDetail extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    ruleId: { attribute: false },
    shown: { state: true },
    problem: { state: true },
    open: { state: true },
    length: { state: true },
    known: { state: true },
  };

  ruleId = "";

  private shown: RuleResult | null = null;
  private problem = "";
  private open = "";
  private length: keyof typeof SPANS = "day";
  private known: ReadonlyMap<string, NamedEntity> = new Map();
  private end: () => void = () => {};

  protected override follows(): readonly Observable[] {
    return [rules, firings, grants, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.end = followRules();
    this.every(10_000, () => void this.names());
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("ruleId")) void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  protected override render(): TemplateResult {
    const back = html`<a class="row back reach" href="#/rules"><span class="turned">${icon("chevron", 16)}</span>${t("back")}</a>`;
    const rule = rules.get(this.ruleId) ?? this.shown?.rule;
    if (this.problem && !rule) return html`${back}<p class="error" role="alert">${this.problem}</p>`;
    if (!rule) return html`${back}<p class="empty" role="status">${t("loading")}</p>`;
    return html`${back}<div class="stack">
      ${this.head(rule)}${this.happened()}
      <wz-rule-past .ruleId=${this.ruleId}></wz-rule-past>
      ${this.yaml()}</div>`;
  }

  private head(rule: Rule): TemplateResult {
    const state = stateOf(rule);
    const facts = [state.why, waitsFor(rule, this.known, Date.now() / 1000), ...this.limits(rule)];
    return html`<section class="card stack">
      <div class="row spread"><span class="badge ${state.tone}"><span class="dot"></span>${state.label}</span>${this.buttons(rule)}</div>
      <h2 class="foreign">${titleOf(rule)}</h2>
      <p class="small muted foreign">${facts.filter(Boolean).join(" · ")}</p>
      ${rule.task && rule.task !== rule.summary ? html`<p class="small foreign"><span class="muted">${t("said")}:</span> “${rule.task}”</p>` : nothing}
      ${rule.note && rule.status === "paused" && rule.paused_by !== "person" ? html`<p class="small foreign">${rule.note}</p>` : nothing}
      ${rule.opens ? this.opens(rule) : nothing}
    </section>`;
  }

  private limits(rule: Rule): string[] {
    const { hours, cooldown_seconds: quiet = 0 } = rule.draft;
    const times = hours?.start || hours?.end ? t("hours", { hours: `${hours?.start}–${hours?.end}` }) : "";
    return [times, quiet ? t("cooldown", { time: `${quiet} s` }) : ""];
  }

  private opens(rule: Rule): TemplateResult {
    const grant = grants.get(rule.rule_id);
    const given = grant ? t("grantedBy", { who: grant.by || "?", when: moment(grant.at) }) : "";
    const button = rule.granted
      ? html`<button @click=${() => void attempt(() => revokeGrant(rule.rule_id))}>${t("revoke")}</button>`
      : html`<button @click=${() => void askGrant(rule)}>${t("grant")}</button>`;
    return html`<div class="opens row">${icon("lock", 18)}<span class="grow small foreign">${rule.granted ? given || t("granted") : t("opensText", { what: rule.opens ?? "" })}</span>
      ${may("user") ? button : nothing}</div>`;
  }

  private buttons(rule: Rule): TemplateResult | typeof nothing {
    if (!may("user")) return nothing;
    const edit = html`<a class="button" href="#/rules/${rule.rule_id}/edit">${icon("edit", 16)}${t("edit")}</a>`;
    const drop = html`<button @click=${() => void this.drop(rule)}>${icon("trash", 16)}${t("delete")}</button>`;
    if (rule.status === "proposed") {
      return html`<div class="row"><button class="primary" @click=${() => void approve(rule)}>${icon("check", 16)}${t("approve")}</button>${edit}${drop}</div>`;
    }
    const isPaused = rule.status === "paused";
    return html`<div class="row"><button class=${isPaused ? "primary" : ""} @click=${() => void toggle(rule)}>${icon(isPaused ? "play" : "pause", 16)}${t(isPaused ? "resume" : "pause")}</button>${edit}${drop}</div>`;
  }

  private happened(): TemplateResult {
    const rows = firings.get(this.ruleId) ?? [];
    const now = Date.now() / 1000;
    const marks = rows.map((one) => ({
      at: one.fired_at,
      verdict: one.verdict,
      value: triggerWords(one, this.known),
    }));
    return html`<section class="card stack">
      <div class="row spread"><h3>${t("happened")}</h3><div class="row chips" role="group">${(
        ["day", "week", "month"] as const
      ).map(
        (span) =>
          html`<button class="chip" aria-pressed=${span === this.length} @click=${() => {
            this.length = span;
          }}>${t(span)}</button>`,
      )}</div></div>
      <wz-firing-strip .marks=${marks} .start=${now - SPANS[this.length]} .end=${now}></wz-firing-strip>
      ${rows.length ? html`<ul class="firings">${rows.map((one) => this.firing(one))}</ul>` : html`<p class="muted">${t("happenedNone")}</p>`}
    </section>`;
  }

  private firing(one: FiringReport): TemplateResult {
    const key = `${one.trace_id}${one.fired_at}`;
    const isOpen = this.open === key;
    const tone = { fire: "good", suppressed: "", unmet: "", held_back: "warn", missed: "warn" }[one.verdict];
    return html`<li><button class="quiet firing" aria-expanded=${isOpen} @click=${() => {
      this.open = isOpen ? "" : key;
    }}><span class=${isOpen ? "turn open" : "turn"}>${icon("chevron", 14)}</span><span class="when">${moment(one.fired_at)}</span><span class="badge ${tone}">${t(one.verdict)}</span>
      <span class="foreign what">${triggerWords(one, this.known)}</span><span class="foreign outcome muted small">${one.outcome}</span></button>
      ${isOpen ? html`<wz-rule-chain .firing=${one} .known=${this.known}></wz-rule-chain>` : nothing}</li>`;
  }

  private yaml(): TemplateResult | typeof nothing {
    const text = this.shown?.yaml;
    if (!text) return nothing;
    return html`<details class="card"><summary>${t("yaml")}</summary><pre class="foreign">${text}</pre>
      <button class="export" @click=${() => saveFile(`rule-${this.ruleId}.yaml`, text, "application/yaml")}>${icon("download", 16)}${t("export")}</button></details>`;
  }

  private async load(): Promise<void> {
    Object.assign(this, { shown: null, problem: "", open: "" });
    try {
      this.shown = await showRule(this.ruleId);
      await Promise.all([
        loadFirings(this.ruleId),
        this.names(),
        loadGrants(),
        rules.size > 1 ? undefined : loadRules(),
      ]);
    } catch (error) {
      this.problem = isUnknown(error) ? t("notFound", { id: this.ruleId.slice(0, 40) }) : sentenceOf(error);
    }
  }

  private async names(): Promise<void> {
    this.known = await loadEntities().catch(() => this.known);
  }

  private async drop(rule: Rule): Promise<void> {
    if (await remove(rule)) location.hash = "#/rules";
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .back { color: var(--muted); text-decoration: none; margin-bottom: 10px; width: fit-content; gap: 4px; } .turned { transform: rotate(180deg); display: flex; }
    h2 { font-size: 20px; }
    .button { color: var(--text); }
    .opens { background: var(--warn-soft); color: var(--warn); padding: 8px 12px; border-radius: var(--radius-small); }
    .chips { gap: 4px; } .chip { min-height: 30px; padding: 0 10px; border-radius: 99px; font-size: 13px; } .chip[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
    .firings { list-style: none; margin: 0; padding: 0; } .firings > li { border-top: 1px solid var(--line); }
    .firing { width: 100%; justify-content: flex-start; text-align: start; gap: 10px; padding: 6px 4px; white-space: normal; flex-wrap: wrap; border-radius: 0; }
    .when { font-variant-numeric: tabular-nums; min-width: 84px; } .what { font-weight: 600; } .outcome { flex-basis: 200px; flex-grow: 1; }
    .turn { display: flex; transition: transform 0.15s; } .turn.open { transform: rotate(90deg); }
    wz-rule-chain { padding: 4px 8px 14px 24px; }
    summary { cursor: pointer; font-weight: 600; } details pre { margin-top: 10px; } .export { margin-top: 10px; }
  `;
}

customElements.define("wz-rule-detail", RuleDetail);
