import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { FeedEntry } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { moment, number } from "../../i18n/texts";
import {
  alerts,
  type Folded,
  feed,
  isSeen,
  loadAlerts,
  loadFeed,
  markAllSeen,
  markSeen,
  seen,
  watchFeed,
} from "../../state/feed";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { chosen, SEVERITIES, type Severity, severityOf, type Wanted } from "./choose";
import { told } from "./telling";
import { kindText, t } from "./texts";

const EVERYTHING: Wanted = { least: "info", agent: "", kind: "", search: "", unseenOnly: false };
const LEAST = { info: "anySeverity", warning: "warning", error: "error", critical: "critical" } as const;
const IS = { info: "isInfo", warning: "isWarning", error: "isError", critical: "isCritical" } as const;
const TONES = { info: "", warning: "warn", error: "bad", critical: "bad" } as const;
const LONGEST = 1_000;
const DRAWN = 300;

/** The view `alerts`: what a person should know, and everything that happens. */
export class AlertsView extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    shows: { state: true },
    wanted: { state: true },
    hasMore: { state: true },
    problem: { state: true },
  };

  private shows: "alerts" | "activity" = "alerts";
  private wanted: Wanted = EVERYTHING;
  private hasMore = false;
  private problem = "";
  private unwatch: (() => void) | null = null;

  protected override follows(): readonly Observable[] {
    return [alerts, feed, seen];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = watchFeed();
    this.every(30_000, () => this.requestUpdate());
    void this.load(() => loadAlerts().then(() => false));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  protected override render(): TemplateResult {
    const entries = (this.shows === "alerts" ? alerts : feed).all();
    const wanted = this.shows === "alerts" ? { ...this.wanted, kind: "" } : { ...this.wanted, unseenOnly: false };
    const found = chosen(entries, wanted, seen.value).slice(0, DRAWN);
    return html`<div class="row ways" role="tablist" aria-label=${t("parts")}>${(["alerts", "activity"] as const).map(
      (part) =>
        html`<button role="tab" aria-selected=${part === this.shows} class=${part === this.shows ? "primary" : ""} @click=${() => this.show(part)}>${t(part)}</button>`,
    )}</div>
    ${this.tools(entries)}
    ${this.problem ? html`<p class="error">${t("problem", { problem: this.problem })}</p>` : nothing}
    ${
      found.length
        ? html`<ol class="entries" role="log" aria-live="polite">${repeat(
            found,
            (entry) => entry.id,
            (entry) => this.entry(entry),
          )}</ol>`
        : html`<p class="empty">${t(entries.length ? "noFit" : this.shows === "alerts" ? "noAlerts" : "noActivity")}</p>`
    }
    ${this.shows === "activity" && this.hasMore ? html`<button class="more" @click=${() => void this.load(() => loadFeed(feed.all().at(-1)?.id ?? ""))}>${t("more")}</button>` : nothing}`;
  }

  private tools(entries: readonly FeedEntry[]): TemplateResult {
    const names = [...new Set(entries.map((entry) => entry.agent).filter(Boolean))].sort();
    const kinds = [...new Set(entries.map((entry) => entry.kind))].sort();
    const isAlerts = this.shows === "alerts";
    return html`<div class="row tools" role="search">
      <input type="search" placeholder=${t("search")} aria-label=${t("search")} .value=${this.wanted.search} @input=${(event: Event) => this.want({ search: textIn(event) })}>
      ${pick(
        t("severity"),
        this.wanted.least,
        SEVERITIES.map((one) => [one, t(LEAST[one])] as const),
        (least) => this.want({ least: least as Severity }),
      )}
      ${pick(t("agent"), this.wanted.agent, [["", t("anyAgent")], ...names.map((name) => [name, nameOf(name, 60)] as const)], (agent) => this.want({ agent }))}
      ${isAlerts ? nothing : pick(t("kind"), this.wanted.kind, [["", t("anyKind")], ...kinds.map((kind) => [kind, kindText(kind)] as const)], (kind) => this.want({ kind }))}
      ${
        isAlerts
          ? html`<label class="row choice"><input type="checkbox" .checked=${this.wanted.unseenOnly} @change=${(event: Event) => this.want({ unseenOnly: (event.target as HTMLInputElement).checked })}>${t("unseenOnly")}</label>
            <button ?disabled=${entries.every((entry) => isSeen(entry))} @click=${markAllSeen}>${icon("check", 16)}${t("seeAll")}</button>`
          : nothing
      }</div>`;
  }

  private entry(entry: Folded): TemplateResult {
    const severity = severityOf(entry);
    const isNew = this.shows === "alerts" && !isSeen(entry);
    return html`<li class="entry ${severity} ${isNew ? "new" : ""}">
      <div class="meta row small muted"><span class="badge ${TONES[severity]}"><span class="dot"></span>${this.shows === "alerts" || severity !== "info" ? t(IS[severity]) : kindText(entry.kind)}</span>
        ${entry.agent ? html`<a class="foreign clip who reach" href="#/agents/${encodeURIComponent(entry.agent)}">${nameOf(entry.agent)}</a>` : nothing}
        <time>${moment(entry.timestamp)}</time>
        ${entry.count > 1 ? html`<span class="badge warn">${t("times", { count: number(entry.count), time: moment(entry.since) })}</span>` : nothing}
        ${isNew ? html`<span class="badge accent">${t("unseen")}</span>` : nothing}</div>
      <p class="foreign text">${told(entry).slice(0, LONGEST)}</p>
      ${isNew ? html`<button class="quiet icon see" title=${t("see")} aria-label=${t("see")} @click=${() => this.see(entry)}>${icon("check", 16)}</button>` : nothing}
    </li>`;
  }

  private see(entry: Folded): void {
    const isSame = (one: FeedEntry): boolean =>
      one.agent === entry.agent &&
      one.message === entry.message &&
      one.timestamp >= entry.since &&
      one.timestamp <= entry.timestamp;
    markSeen(alerts.all().filter(isSame));
  }

  private show(part: "alerts" | "activity"): void {
    this.shows = part;
    this.requestUpdate();
    if (part === "activity") void this.load(loadFeed);
  }

  private want(change: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...change };
  }

  private async load(fetch: () => Promise<boolean>): Promise<void> {
    try {
      this.hasMore = await fetch();
      this.problem = "";
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

function pick(
  label: string,
  value: string,
  options: readonly (readonly [string, string])[],
  take: (value: string) => void,
): TemplateResult {
  return html`<select aria-label=${label} title=${label} @change=${(event: Event) => take(textIn(event))}>
    ${options.map(([one, text]) => html`<option value=${one} ?selected=${one === value}>${text}</option>`)}</select>`;
}

function textIn(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

function styles(): ReturnType<typeof css> {
  return css`
    .ways { margin-bottom: 10px; } .tools { margin-bottom: 12px; } .tools input[type="search"] { flex: 1 1 160px; } .tools select { width: auto; max-width: 190px; }
    .choice { color: var(--text); font-size: 14px; flex-wrap: nowrap; }
    .entries { list-style: none; margin: 0; padding: 0; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; }
    .entry { position: relative; padding: 8px 14px; border-bottom: 1px solid var(--line); border-inline-start: 3px solid transparent; content-visibility: auto; contain-intrinsic-size: auto 58px; }
    .entry:last-child { border-bottom: 0; } .entry.warning { border-inline-start-color: var(--warn); } .entry.error, .entry.critical { border-inline-start-color: var(--bad); }
    .entry.new { background: color-mix(in srgb, var(--accent-soft) 45%, transparent); padding-inline-end: 52px; }
    .meta { gap: 4px 10px; } .who { color: var(--text); font-weight: 600; text-decoration: none; max-width: 60%; } .who:hover { text-decoration: underline; }
    .text { margin-top: 2px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 9em; overflow: auto; }
    .see { position: absolute; top: 8px; inset-inline-end: 8px; }
    .more { display: flex; margin: 12px auto 0; }
    @media (max-width: 719px) { .tools select { flex: 1 1 36%; max-width: none; } .tools input[type="search"] { flex-basis: 100%; } .choice { flex: 1 1 auto; } }
  `;
}

customElements.define("wz-alerts-view", AlertsView);
