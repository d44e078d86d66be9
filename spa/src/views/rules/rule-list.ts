import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Rule } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { span } from "../../i18n/texts";
import { exportRules, firings, followRules, loadFirings, loadRules, rules, rulesKnown } from "../../state/rules";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { saveFile } from "../../ui/save-file";
import { shared } from "../../ui/shared";
import "./firing-strip";
import { loadEntities, type NamedEntity } from "./names";
import { approve, attempt, remove, titleOf, toggle } from "./rule-deeds";
import "./rule-maker";
import { stateOf, waitsFor } from "./rule-words";
import { t } from "./texts";

const DAY = 86_400;
const WITH_FIRINGS = 30;
const FILTERS = ["all", "running", "paused", "waiting"] as const;
const STATUS = { running: "active", paused: "paused", waiting: "proposed" } as const;

/** All rules as cards, and the place where new ones are made. */
export class RuleList extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    filter: { state: true },
    search: { state: true },
    problem: { state: true },
    known: { state: true },
  };

  private filter: (typeof FILTERS)[number] = "all";
  private search = "";
  private problem = "";
  private known: ReadonlyMap<string, NamedEntity> = new Map();
  private end: () => void = () => {};

  protected override follows(): readonly Observable[] {
    return [rules, rulesKnown, firings, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.end = followRules();
    this.every(10_000, () => void this.names());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  protected override render(): TemplateResult {
    const all = rules.all();
    const shown = all.filter((rule) => this.fits(rule));
    return html`<div class="stack">
      ${may("user") ? html`<wz-rule-maker ?welcome=${rulesKnown.value && !all.length}></wz-rule-maker>` : nothing}
      ${this.problem ? html`<p class="error" role="alert">${this.problem}</p>` : nothing}
      ${all.length ? this.bar(all) : nothing}
      ${rulesKnown.value ? this.cards(all, shown) : html`<p class="empty" role="status">${t("loading")}</p>`}
    </div>`;
  }

  private bar(all: readonly Rule[]): TemplateResult {
    const count = (filter: (typeof FILTERS)[number]): number =>
      filter === "all" ? all.length : all.filter((rule) => rule.status === STATUS[filter]).length;
    return html`<div class="row bar">
      <div class="row chips" role="group" aria-label=${t("rules")}>${FILTERS.map(
        (filter) =>
          html`<button class="chip" aria-pressed=${this.filter === filter} @click=${() => {
            this.filter = filter;
          }}>${t(filter)} <span class="muted">${count(filter)}</span></button>`,
      )}</div>
      <input class="grow find" type="search" placeholder=${t("search")} aria-label=${t("search")} @input=${(
        event: Event,
      ) => {
        this.search = (event.target as HTMLInputElement).value.toLocaleLowerCase();
      }}>
      <button @click=${() => void this.export()}>${icon("download", 16)}${t("export")}</button>
      ${may("user") ? html`<a class="button" href="#/rules/new">${icon("edit", 16)}${t("import")}</a>` : nothing}
    </div>`;
  }

  private cards(all: readonly Rule[], shown: readonly Rule[]): TemplateResult {
    if (!all.length) return html`<div class="empty"><h2>${t("none")}</h2><p>${t("noneText")}</p></div>`;
    if (!shown.length) return html`<p class="empty">${t("noneFound")}</p>`;
    return html`<ul class="cards">${repeat(
      shown,
      (rule) => rule.rule_id,
      (rule) => this.card(rule),
    )}</ul>`;
  }

  private card(rule: Rule): TemplateResult {
    const now = Date.now() / 1000;
    const state = stateOf(rule);
    const marks = (firings.get(rule.rule_id) ?? []).map((one) => ({ at: one.fired_at, verdict: one.verdict }));
    return html`<li class="card stack ${rule.status ?? ""}">
      <div class="row spread head"><span class="badge ${state.tone}" title=${rule.note ?? ""}><span class="dot"></span>${state.label}</span>
        ${rule.opens ? html`<span class="badge warn">${icon("lock", 14)}${t(rule.granted ? "granted" : "opens")}</span>` : nothing}
        <span class="grow"></span>${this.buttons(rule)}</div>
      <a class="title foreign reach" href="#/rules/${rule.rule_id}">${titleOf(rule)}</a>
      <p class="small muted foreign">${[state.why, rule.status === "proposed" ? rule.opens : "", waitsFor(rule, this.known, now)].filter(Boolean).join(" · ")}</p>
      ${
        rule.status === "proposed"
          ? this.question(rule)
          : html`<div class="foot">
        <wz-firing-strip .marks=${marks} .start=${now - DAY} .end=${now}></wz-firing-strip>
        <p class="small muted">${this.lately(rule, now)}</p>
      </div>`
      }
    </li>`;
  }

  private question(rule: Rule): TemplateResult | typeof nothing {
    if (!may("user")) return nothing;
    return html`<div class="row"><button class="primary" @click=${() => void approve(rule)}>${icon("check", 16)}${t("approve")}</button>
      <button @click=${() => void remove(rule)}>${t("decline")}</button></div>`;
  }

  private lately(rule: Rule, now: number): string {
    if (!rule.last_fired_at || !rule.firings) return t("never");
    const often = rule.firings === 1 ? t("once") : t("firings", { count: rule.firings });
    return `${often}, ${t("firedAgo", { time: span(now - rule.last_fired_at) })}`;
  }

  private buttons(rule: Rule): TemplateResult | typeof nothing {
    if (!may("user")) return nothing;
    if (rule.status === "proposed") return nothing;
    const label = t(rule.status === "paused" ? "resume" : "pause");
    return html`<button class="icon quiet" title=${label} aria-label=${label} @click=${() => void toggle(rule)}>${icon(rule.status === "paused" ? "play" : "pause", 18)}</button>
      <button class="icon quiet" title=${t("delete")} aria-label=${t("delete")} @click=${() => void remove(rule)}>${icon("trash", 18)}</button>`;
  }

  private fits(rule: Rule): boolean {
    if (this.filter !== "all" && rule.status !== STATUS[this.filter]) return false;
    return `${rule.task} ${rule.summary ?? ""} ${rule.rule_id}`.toLocaleLowerCase().includes(this.search);
  }

  private async load(): Promise<void> {
    try {
      await Promise.all([loadRules(), this.names()]);
      const lately = rules.all().filter((rule) => rule.last_fired_at);
      for (const rule of lately.slice(0, WITH_FIRINGS)) await loadFirings(rule.rule_id);
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  private async names(): Promise<void> {
    this.known = await loadEntities().catch(() => this.known);
  }

  private async export(): Promise<void> {
    await attempt(async () => saveFile("rules.yaml", await exportRules(), "application/yaml"));
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .bar { margin-top: 6px; } .bar .end { margin-inline-start: auto; } .bar input { max-width: 320px; min-width: 110px; }
    .chips { gap: 4px; } .chip { min-height: 32px; padding: 0 12px; border-radius: 99px; font-size: 13px; }
    .chip[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
    .cards { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); }
    .card { gap: 8px; grid-template-columns: minmax(0, 1fr); grid-template-rows: auto auto 1fr auto; } .card.paused .title { color: var(--muted); }
    .card:hover { border-color: var(--accent); }
    .head { min-height: 36px; }
    .title { color: var(--text); text-decoration: none; font-weight: 600; line-height: 1.35; } .title:hover { text-decoration: underline; }
    .foot { display: grid; gap: 4px; }
    .button { padding: 0 14px; color: var(--text); }
    @media (max-width: 959px) { .chip { padding: 0 8px; } }
  `;
}

customElements.define("wz-rule-list", RuleList);
