import { html, nothing, type TemplateResult } from "lit";
import type { Change } from "../../contracts/rest";
import { moment } from "../../i18n/texts";
import { loadChanges } from "../../state/people";
import { t } from "./account-texts";
import { Section } from "./section";

const PAGE = 50;
const FINE_BELOW = 400;

/** Every change that somebody made through the gateway, and what was refused. */
export class Changes extends Section {
  private changes: readonly Change[] = [];
  private isEnd = false;

  protected override async load(): Promise<void> {
    const rows = await loadChanges(PAGE);
    this.changes = rows;
    this.isEnd = rows.length < PAGE;
  }

  protected override body(): TemplateResult {
    if (!this.changes.length) return html`<p class="empty">${t("changesNone")}</p>`;
    return html`<section class="card wide"><table><thead><tr><th>${t("when")}</th><th>${t("who")}</th><th>${t("what")}</th><th>${t("result")}</th></tr></thead>
        <tbody>${this.changes.map((change) => this.change(change))}</tbody></table></section>
      ${this.isEnd ? nothing : html`<div class="row"><button ?disabled=${this.busy} @click=${() => void this.more()}>${t("older")}</button></div>`}`;
  }

  private change(change: Change): TemplateResult {
    return html`<tr><td>${moment(change.timestamp)}</td>
      <td><b class="foreign">${change.person || t("nobody")}</b><div class="small muted foreign">${t("from", { address: change.address })}</div></td>
      <td><span class="mono foreign">${change.method} ${change.route}</span><div class="small muted foreign">${[change.target, change.detail].filter(Boolean).join(" · ")}</div></td>
      <td><span class="badge ${change.status < FINE_BELOW ? "good" : "bad"}" title=${change.request_id}>${change.status}</span></td></tr>`;
  }

  private async more(): Promise<void> {
    await this.doing(async () => {
      const rows = await loadChanges(PAGE, this.changes.at(-1)?.id);
      this.changes = [...this.changes, ...rows];
      this.isEnd = rows.length < PAGE;
    });
  }
}

customElements.define("wz-changes", Changes);
