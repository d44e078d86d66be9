import { html, type TemplateResult } from "lit";
import type { Fact, MemoryView, SecretEntry } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { moment } from "../../i18n/texts";
import { confirmDialog } from "../../ui/dialog";
import { icon } from "../../ui/icons";
import { Section } from "./section";
import { t } from "./texts";

/** What is remembered of the person here. */
export class Memory extends Section {
  private memory: MemoryView | null = null;

  protected override async load(): Promise<void> {
    this.memory = await call("GET /api/memory");
  }

  protected override body(): TemplateResult {
    const facts = this.memory?.facts ?? [];
    const secrets = this.memory?.secrets;
    return html`<section class="card"><div class="row spread"><h3>${t("facts")}</h3>
        ${facts.length ? html`<button @click=${() => void this.forgetAll()}>${t("forgetAll")}</button>` : ""}</div>
        ${facts.length ? facts.map((fact) => this.fact(fact)) : html`<p class="muted">${t("factsNone")}</p>`}</section>
      <section class="card"><h3>${t("secrets")}</h3><p class="small muted">${t("secretsText")}</p>
        ${secrets ? secrets.map((secret) => this.secret(secret)) : html`<p class="muted">${t("noVault")}</p>`}</section>`;
  }

  private fact(fact: Fact): TemplateResult {
    return html`<div class="rowline"><div class="grow"><p class="foreign">${fact.value}</p>
        <p class="small muted foreign">${moment(fact.at)}${fact.source ? ` · ${t("said", { source: fact.source })}` : ""}</p></div>
      ${this.button(fact.key)}</div>`;
  }

  private secret(secret: SecretEntry): TemplateResult {
    return html`<div class="rowline"><div class="grow"><code class="mono foreign">${secret.reference}</code>
        <p class="small muted foreign">${[secret.kind, secret.note, moment(secret.stored_at)].filter(Boolean).join(" · ")}</p></div>
      ${this.button(secret.reference)}</div>`;
  }

  private button(key: string): TemplateResult {
    const forget = (): Promise<boolean> => this.changing(() => call("DELETE /api/memory/{key}", { path: { key } }));
    return html`<button class="quiet icon" title=${t("forget")} aria-label=${t("forget")} ?disabled=${this.busy} @click=${() => void forget()}>${icon("trash", 18)}</button>`;
  }

  private async forgetAll(): Promise<void> {
    const sure = await confirmDialog({
      title: t("forgetTitle"),
      text: t("forgetText"),
      confirm: t("forgetAll"),
      danger: true,
    });
    if (sure) await this.changing(() => call("DELETE /api/memory"));
  }
}

customElements.define("wz-memory", Memory);
