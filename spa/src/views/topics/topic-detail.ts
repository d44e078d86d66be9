import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { FieldSeen, TopicSeen } from "../../contracts/rest";
import { number, span } from "../../i18n/texts";
import { loadTopic, shown, TopicTail } from "../../state/topics";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { t } from "./texts";

const AGAIN_MS = 5_000;
const MOST_FIELDS = 100;
const DRAWN = 60;
const FOLDED = 2_000;

/** One topic: who speaks and listens, its fields, the last message, and what is said right now. */
export class TopicDetail extends Element {
  static override styles = [shared, styles()];
  static override properties = { topic: {}, seen: { state: true }, asked: { state: true } };

  topic = "";
  private seen: TopicSeen | undefined;
  private asked = false;
  private tail: TopicTail | null = null;
  private of = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(AGAIN_MS, () => document.visibilityState === "visible" && void this.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.tail?.close();
    this.of = "";
  }

  protected override willUpdate(_: PropertyValues): void {
    if (!this.isConnected || this.of === this.topic) return;
    this.tail?.close();
    this.of = this.topic;
    this.seen = undefined;
    this.asked = false;
    this.tail = new TopicTail(this.topic);
    this.tail.subscribe(() => this.requestUpdate());
    this.tail.open();
    void this.load();
  }

  protected override render(): TemplateResult {
    const { seen } = this;
    return html`<section class="card">
        <h2 class="mono foreign">${nameOf(this.topic, 500)}</h2>
        ${seen ? this.facts(seen) : this.asked ? html`<p class="small muted">${t("unknown")}</p>` : nothing}
      </section>
      ${this.live()}
      ${seen?.fields?.length ? fieldTable(seen.fields) : nothing}
      ${
        seen?.sample === undefined || seen.sample === null
          ? nothing
          : html`<section class="card"><h3>${t("sample")}</h3>
        <pre class="foreign">${shown(seen.sample, 2)}</pre><p class="small muted">${t("covered")}</p></section>`
      }`;
  }

  private facts(seen: TopicSeen): TemplateResult {
    const now = Date.now() / 1000;
    return html`<p class="row small muted">
        <span>${t("perMinute", { count: number(seen.per_minute ?? 0, 1) })}</span>
        <span>${t("messages", { count: number(seen.messages ?? 0) })}</span>
        ${seen.last_seen_at ? html`<span>${t("last", { time: span(now - seen.last_seen_at) })}</span>` : nothing}
        ${seen.retained ? html`<span class="badge">${t("retained")}</span>` : nothing}</p>
      ${who(t("publishers"), seen.publishers ?? [])} ${who(t("subscribers"), seen.subscribers ?? [])}`;
  }

  private live(): TemplateResult {
    const passed = this.tail?.all() ?? [];
    const isPaused = this.tail?.paused ?? false;
    return html`<section class="card"><div class="row spread"><h3>${t("live")}</h3>
        <span class="row"><span class="small muted">${t("came", { count: number(this.tail?.total ?? 0) })}</span>
          <button aria-pressed=${isPaused} @click=${this.hold}>${icon(isPaused ? "play" : "pause", 16)}${t(isPaused ? "go" : "pause")}</button></span></div>
      ${passed.length ? nothing : html`<p class="small muted">${t(isVisible(this.topic) ? "waiting" : "hidden")}</p>`}
      <div class="tail" role="log" aria-live="off" tabindex=${passed.length ? 0 : -1}>${repeat(
        passed.slice(0, DRAWN),
        (one) => one.number,
        (one) => html`<div class="message"><time class="small muted">${clock(one.at)}</time>
          ${one.topic === this.topic ? nothing : html`<span class="mono small muted foreign">${one.topic.slice(0, 300)}</span>`}
          <pre class="foreign">${one.text.length > FOLDED ? `${one.text.slice(0, FOLDED)}…` : one.text}</pre></div>`,
      )}</div></section>`;
  }

  private readonly hold = (): void => {
    if (this.tail) this.tail.paused = !this.tail.paused;
    this.requestUpdate();
  };

  private async load(): Promise<void> {
    const { topic } = this;
    try {
      const seen = await loadTopic(topic);
      if (topic === this.topic) this.seen = seen;
    } catch {
      // the list beside says what is wrong; what is said live needs no answer
    }
    this.asked = true;
  }
}

/** Whether browsers get the messages of a topic as they come. */
export function isVisible(topic: string): boolean {
  return (
    /^(custom|home|sensors|synapse)\//.test(topic) ||
    /^homeassistant\/state_changes\//.test(topic) ||
    /^nodes\/[^/]+\/(heartbeat|events)$/.test(topic) ||
    /^system\/(health|halt|alerts|approvals|flows)$/.test(topic) ||
    /^agents\/[^/]+\/(spawn|heartbeat|status|metrics|logs|errors|alert|completed|manifest|actuations|notices)$/.test(
      topic,
    )
  );
}

function who(title: string, names: readonly string[]): TemplateResult {
  return html`<p class="who"><span class="small muted">${title}:</span> ${
    names.length
      ? names
          .slice(0, 50)
          .map(
            (name) =>
              html`<a class="badge foreign reach" href="#/agents/${encodeURIComponent(name)}">${nameOf(name)}</a> `,
          )
      : html`<span class="small muted">${t("nobody")}</span>`
  }</p>`;
}

function fieldTable(fields: readonly FieldSeen[]): TemplateResult {
  return html`<section class="card"><h3>${t("fields")}</h3><div class="scroll" tabindex="0"><table>
    <thead><tr><th>${t("field")}</th><th>${t("types")}</th><th>${t("unit")}</th><th>${t("example")}</th><th class="number">${t("share")}</th><th>${t("declared")}</th></tr></thead>
    <tbody>${fields.slice(0, MOST_FIELDS).map(
      (
        field,
      ) => html`<tr><td class="mono foreign">${field.name.slice(0, 200)}</td><td>${(field.types ?? []).join(", ")}</td>
        <td class="foreign">${field.unit ?? ""}</td>
        <td class="mono example foreign">${field.example === undefined || field.example === null ? "" : shown(field.example).slice(0, 120)}</td>
        <td class="number">${field.share === undefined ? "" : `${number(field.share * 100)} %`}</td><td class="small foreign">${(field.declared ?? "").slice(0, 300)}</td></tr>`,
    )}</tbody></table></div></section>`;
}

function clock(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; gap: var(--gap); }
    .card { min-width: 0; } h2 { font-size: 15px; overflow-wrap: anywhere; margin-bottom: 6px; } h3 { margin-bottom: 6px; }
    .who { margin-top: 6px; } .who .badge { text-decoration: none; } .who .badge:hover { color: var(--accent); }
    .scroll { overflow-x: auto; } td { font-size: 13px; } .example { overflow-wrap: anywhere; min-width: 90px; }
    .tail { max-height: 300px; overflow: auto; } .message { padding: 4px 0; border-top: 1px solid var(--line); } .message pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 4px 8px; max-height: 200px; }
    pre { max-height: 320px; } td.mono { white-space: nowrap; } th { white-space: nowrap; }
    @media (max-width: 719px) { table { min-width: 600px; } }
  `;
}

customElements.define("wz-topic-detail", TopicDetail);
