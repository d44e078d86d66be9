import { css, html, nothing, type TemplateResult } from "lit";
import type { AuditEntry, FiringReport } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { moment } from "../../i18n/texts";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { type NamedEntity, nameOf, unitOf } from "./names";
import { triggerWords, withUnit } from "./rule-words";
import { t } from "./texts";

/** Why a firing did what it did: trigger, conditions, actions, outcome, as links of a chain. */
export class RuleChain extends Element {
  static override styles = [shared, styles()];
  static override properties = { firing: { attribute: false }, known: { attribute: false }, lines: { state: true } };

  firing: FiringReport | null = null;
  known: ReadonlyMap<string, NamedEntity> = new Map();

  private lines: readonly AuditEntry[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render(): TemplateResult {
    const { firing } = this;
    if (!firing) return html``;
    return html`<ol>
      ${this.link("trigger", html`<b class="foreign">${triggerWords(firing, this.known)}</b> <span class="muted">${moment(firing.fired_at)}</span>`)}
      ${this.conditions(firing)}
      ${this.actions()}
      ${this.link("outcome", html`<span class="badge ${firing.verdict === "fire" ? "good" : ""}">${t(firing.verdict)}</span> <span class="foreign">${firing.outcome}</span>`)}
    </ol>
    ${firing.trace_id ? this.trace(firing.trace_id) : nothing}`;
  }

  private link(kind: "trigger" | "conditions" | "actions" | "outcome", body: unknown): TemplateResult {
    return html`<li><span class="small muted">${t(kind)}</span><div>${body}</div></li>`;
  }

  private conditions(firing: FiringReport): TemplateResult {
    const rows = firing.conditions ?? [];
    if (!rows.length) return this.link("conditions", html`<span class="muted">${t("noConditions")}</span>`);
    return this.link(
      "conditions",
      rows.map((row) => {
        const id = String(row["entity_id"] || row["topic"] || "");
        const unit = unitOf(this.known, id);
        const actual = withUnit(String(row["actual"] ?? "?"), unit);
        const wanted = `${row["operator"]} ${withUnit(String(row["value"] ?? ""), unit)}`;
        return html`<p class="row condition"><span class=${row["held"] ? "yes" : "no"}>${icon(row["held"] ? "check" : "close", 16)}</span>
          <span class="foreign">${t("condition", { name: nameOf(this.known, id), actual })}</span>
          <span class="small muted foreign">${t("wanted", { wanted })}</span></p>`;
      }),
    );
  }

  private actions(): TemplateResult | typeof nothing {
    const calls = this.lines.flatMap((line) => (line.detail?.["calls"] as Record<string, unknown>[] | undefined) ?? []);
    if (!calls.length) return nothing;
    return this.link(
      "actions",
      calls.map((one) => {
        const ids = (one["entity_id"] as string[] | undefined) ?? [];
        const names = ids.map((id) => nameOf(this.known, id)).join(", ");
        return html`<p><code class="foreign">${one["domain"]}.${one["service"]}</code> <span class="foreign">${names}</span>
          <span class="small muted foreign">${this.change(one, ids)}</span></p>`;
      }),
    );
  }

  private change(one: Record<string, unknown>, ids: readonly string[]): string {
    const state = (side: unknown, id: string): string =>
      String((side as Record<string, { state?: string }> | undefined)?.[id]?.state ?? "");
    return ids
      .map((id) => `${state(one["before"], id)} → ${state(one["after"], id)}`)
      .filter((text) => text.trim() !== "→")
      .join(", ");
  }

  private trace(id: string): TemplateResult {
    return html`<p class="row small muted">${t("trace")} <code class="foreign">${id}</code>
      <button class="quiet small" @click=${() => void navigator.clipboard.writeText(id).then(() => toast(t("copied")))}>${t("copy")}</button></p>`;
  }

  private async load(): Promise<void> {
    const trace = this.firing?.trace_id;
    if (!trace || this.firing?.verdict !== "fire") return;
    this.lines = await call("GET /api/audit", { query: { trace_id: trace } }).catch(() => []);
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    ol { list-style: none; margin: 0; padding: 0; display: grid; }
    li { display: grid; grid-template-columns: 110px minmax(0, 1fr); gap: 10px; padding: 6px 0 6px 18px; position: relative; }
    li::before { content: ""; position: absolute; inset-inline-start: 3px; top: 12px; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); }
    li:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: 6px; top: 24px; bottom: -8px; width: 2px; background: var(--line); }
    .condition { gap: 6px; } .yes { color: var(--good); } .no { color: var(--bad); } .yes, .no { display: flex; }
    button.small { min-height: 28px; padding: 0 8px; } code { font-family: var(--mono); font-size: 12.5px; }
    @media (max-width: 600px) { li { grid-template-columns: 1fr; gap: 0; } }
  `;
}

customElements.define("wz-rule-chain", RuleChain);
