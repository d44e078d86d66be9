import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { TopicSeen } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { number } from "../../i18n/texts";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { followTopics, loadTopics, loadWirings, topics, wirings } from "../../state/topics";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { TableWindow } from "../../ui/table-window";
import "./publish-form";
import { fittingTopics } from "./search";
import { t } from "./texts";
import "./topic-detail";

const AGAIN_MS = 10_000;
const ROW = 48;

/** The view `topics`: a browser of the bus. */
export class TopicsView extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    topic: { attribute: false },
    search: { state: true },
    byName: { state: true },
    problem: { state: true },
  };

  topic = "";
  private search = "";
  private byName = false;
  private problem = "";
  private unfollow: (() => void) | null = null;
  private readonly view = new TableWindow(this, () => this.renderRoot.querySelector<HTMLElement>(".rows"));

  protected override follows(): readonly Observable[] {
    return [topics, wirings, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unfollow = followTopics();
    this.every(AGAIN_MS, () => document.visibilityState === "visible" && void this.load());
    void this.load();
    loadWirings().catch(() => undefined); // without proposals the view says that there are none
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  protected override updated(changed: PropertyValues): void {
    const isNarrow = matchMedia("(max-width: 719px)").matches;
    if (isNarrow && changed.has("topic") && changed.get("topic") !== undefined) this.scrollIntoView({ block: "start" });
  }

  protected override render(): TemplateResult {
    return html`<div class="panes ${this.topic ? "one" : ""}">
      <section class="list">${this.list()}</section>
      <section class="shown stack">
        ${
          this.topic
            ? html`<a class="back reach small" href="#/topics">${icon("chevron", 14)}${t("all")}</a>
          <wz-topic-detail .topic=${this.topic}></wz-topic-detail>`
            : html`<p class="hint muted">${t("choose")}</p>${this.proposals()}`
        }
        ${may("admin") ? html`<wz-publish-form .topic=${this.topic}></wz-publish-form>` : nothing}
      </section></div>`;
  }

  private list(): TemplateResult {
    const report = topics.value;
    const found = fittingTopics(report?.topics ?? [], this.search, this.byName);
    const sums = {
      shown: number(found.length),
      total: number(report?.total ?? 0),
      rate: number(report?.messages_per_second ?? 0, 1),
    };
    const part = this.view.rows(found.length, ROW);
    return html`<div class="row tools" role="search">
        <input type="search" class="grow" placeholder=${t("search")} aria-label=${t("search")} .value=${this.search} @input=${(
          event: Event,
        ) => {
          this.search = (event.target as HTMLInputElement).value;
        }}>
        <select aria-label=${t("sort")} @change=${(event: Event) => {
          this.byName = (event.target as HTMLSelectElement).value === "name";
        }}><option value="lively">${t("liveliest")}</option><option value="name">${t("byName")}</option></select></div>
      ${this.problem ? html`<p class="error">${t("problem", { problem: this.problem })}</p>` : nothing}
      ${report ? html`<p class="small muted sums">${t("sums", sums)}</p>` : nothing}
      ${report && !found.length ? html`<p class="empty">${t(report.topics.length ? "none" : "noneAtAll")}</p>` : nothing}
      <div class="rows">${space(part.before)}${repeat(
        found.slice(part.from, part.to),
        (one) => one.topic,
        (one) => this.row(one),
      )}${space(part.after)}</div>`;
  }

  private row(one: TopicSeen): TemplateResult {
    const rate = one.per_minute ?? 0;
    return html`<a class="topic" href="#/topics/${encodeURIComponent(one.topic)}" aria-current=${one.topic === this.topic ? "true" : nothing}>
      <span class="grow"><span class="name mono clip foreign">${nameOf(one.topic, 300)}</span>
        <span class="by small muted clip foreign">${nameOf((one.publishers ?? []).join(", "))}</span></span>
      <span class="small rate ${rate ? "lively" : "muted"}">${t("perMinute", { count: number(rate, rate < 10 ? 1 : 0) })}</span></a>`;
  }

  private proposals(): TemplateResult {
    const found = wirings.value;
    return html`<section class="card"><h3>${t("wirings")}</h3>
      ${found.length ? nothing : html`<p class="small muted">${t("noWirings")}</p>`}
      ${found.map(
        (
          one,
        ) => html`<div class="wiring"><p class="foreign">${t("fits", { producer: nameOf(one.producer), consumer: nameOf(one.consumer) })}
            <span class="badge accent">${number(one.score * 100)} %</span></p>
          <a class="mono small foreign reach" href="#/topics/${encodeURIComponent(one.topic)}">${nameOf(one.topic, 300)}</a>
          ${one.note ? html`<p class="small muted foreign">${one.note.slice(0, 500)}</p>` : nothing}</div>`,
      )}</section>`;
  }

  private async load(): Promise<void> {
    try {
      await loadTopics();
      this.problem = "";
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

function space(height: number): TemplateResult | typeof nothing {
  return height ? html`<svg aria-hidden="true" width="1" height=${height} display="block"></svg>` : nothing;
}

function styles(): ReturnType<typeof css> {
  return css`
    .panes { display: grid; grid-template-columns: minmax(260px, 5fr) minmax(0, 7fr); gap: 16px; align-items: start; }
    .shown { position: sticky; top: 0; min-width: 0; } .list { min-width: 0; }
    .tools { margin-bottom: 8px; } .tools input { flex: 1 1 150px; } .tools select { width: auto; } .sums { margin-bottom: 6px; }
    .rows { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; } .rows:empty { display: none; }
    .topic { display: flex; align-items: center; gap: 10px; height: 48px; padding: 0 12px; border-bottom: 1px solid var(--line); color: var(--text); text-decoration: none; }
    .topic:last-child { border: 0; } .topic:hover { background: var(--sunken); } .topic[aria-current] { background: var(--accent-soft); }
    .topic:focus-visible { outline-offset: -2px; }
    .name, .by { display: block; line-height: 1.35; } .by:empty { display: none; }
    .rate { white-space: nowrap; font-variant-numeric: tabular-nums; } .lively { color: var(--good); }
    .back { display: none; align-items: center; gap: 2px; text-decoration: none; } .back .icon { transform: rotate(180deg); }
    .wiring { padding: 8px 0; border-top: 1px solid var(--line); } h3 { margin-bottom: 6px; }
    @media (max-width: 1240px) and (min-width: 720px) { .panes { grid-template-columns: minmax(230px, 1fr) minmax(0, 1fr); } }
    @media (max-width: 719px) {
      .panes { grid-template-columns: minmax(0, 1fr); } .shown { position: static; } .hint { display: none; }
      .one .list { display: none; } .one .back { display: inline-flex; }
    }
  `;
}

customElements.define("wz-topics-view", TopicsView);
