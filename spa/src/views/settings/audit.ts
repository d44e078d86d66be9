import { html, nothing, type TemplateResult } from "lit";
import type { AuditEntry, AuditVerdict } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { moment } from "../../i18n/texts";
import { resultOf, whoOf } from "./audit-words";
import { t } from "./house-texts";
import { Section } from "./section";

const PAGE = 50;
const KINDS = ["", "actuation", "approval", "policy", "grant", "halt"] as const;

/** The log of everything that was done in the house, with its check. */
export class Audit extends Section {
  private lines: readonly AuditEntry[] = [];
  private verdict: AuditVerdict | null = null;
  private kind: (typeof KINDS)[number] = "";
  private entity = "";
  private isEnd = false;

  protected override async load(): Promise<void> {
    this.lines = await this.page();
  }

  protected override body(): TemplateResult {
    return html`<section class="card stack"><p class="small muted">${t("verifyText")}</p>
        <div class="row"><button ?disabled=${this.busy} @click=${() => void this.verify()}>${t("verify")}</button>
          ${this.verdict ? html`<span class="badge ${this.verdict.intact ? "good" : "bad"}" role="status"><span class="dot"></span><span class="foreign">${this.verdict.text}</span></span>` : nothing}</div></section>
      <section class="card stack">${this.filters()}
        ${this.lines.length ? this.table() : html`<p class="muted">${t("auditNone")}</p>`}
        ${this.isEnd ? nothing : html`<div class="row"><button ?disabled=${this.busy} @click=${() => void this.more()}>${t("older")}</button></div>`}</section>`;
  }

  private filters(): TemplateResult {
    return html`<div class="row fields"><label>${t("kind")}<select @change=${(event: Event) => {
      this.kind = (event.target as HTMLSelectElement).value as (typeof KINDS)[number];
      void this.changing(async () => {});
    }}>${KINDS.map((kind) => html`<option value=${kind}>${t(kind || "all")}</option>`)}</select></label>
      <label>${t("entity")}<input type="search" placeholder="light.kitchen_light" autocomplete="off" autocapitalize="none" spellcheck="false" @change=${(
        event: Event,
      ) => {
        this.entity = (event.target as HTMLInputElement).value.trim();
        void this.changing(async () => {});
      }}></label></div>`;
  }

  private table(): TemplateResult {
    return html`<div class="wide"><table class="log"><thead><tr><th class="number">#</th><th>${t("when")}</th><th>${t("what")}</th><th>${t("who")}</th><th>${t("result")}</th></tr></thead>
      <tbody>${this.lines.map((line) => this.line(line))}</tbody></table></div>`;
  }

  private line(line: AuditEntry): TemplateResult {
    const detail = line.detail ?? {};
    const words = String(detail["text"] ?? detail["summary"] ?? detail["reason"] ?? "");
    return html`<tr><td class="number">${line.number}</td><td>${moment(line.at)}</td>
      <td><span class="badge">${t(line.kind)}</span> <span class="foreign">${(line.entity_ids ?? []).join(", ")}</span><div class="small muted foreign">${words}</div></td>
      <td><span class="foreign">${whoOf(line)}</span>${line.rule_id ? html`<div class="small"><a class="reach" href="#/rules/${line.rule_id}">${line.rule_id}</a></div>` : nothing}</td>
      <td class="foreign">${resultOf(line)}</td></tr>`;
  }

  private async page(before?: number): Promise<AuditEntry[]> {
    const query = { kind: this.kind, entity_id: this.entity, limit: PAGE, ...(before ? { before } : {}) };
    const rows = await call("GET /api/audit", { query });
    this.isEnd = rows.length < PAGE;
    return rows;
  }

  private async more(): Promise<void> {
    await this.doing(async () => {
      this.lines = [...this.lines, ...(await this.page(this.lines.at(-1)?.number))];
    });
  }

  private async verify(): Promise<void> {
    await this.doing(async () => {
      this.verdict = await call("GET /api/audit/verify");
    });
  }
}

customElements.define("wz-audit", Audit);
