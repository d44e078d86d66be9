import { html, nothing, type TemplateResult } from "lit";
import type { OneSession } from "../../contracts/rest";
import { moment } from "../../i18n/texts";
import { endSession, loadSessions } from "../../state/people";
import { confirmDialog } from "../../ui/dialog";
import { t } from "./account-texts";
import { browserName } from "./browsers";
import { Section } from "./section";

/** Where somebody is logged in. */
export class Sessions extends Section {
  private sessions: readonly OneSession[] = [];

  protected override async load(): Promise<void> {
    this.sessions = await loadSessions();
  }

  protected override body(): TemplateResult {
    const others = this.sessions.filter((one) => !one.current);
    return html`<section class="card"><div class="row spread"><h3>${t("sessions")}</h3>
        ${others.length > 1 ? html`<button ?disabled=${this.busy} @click=${() => void this.endAll(others)}>${t("endAll")}</button>` : nothing}</div>
      ${this.sessions.length ? this.sessions.map((one) => this.session(one)) : html`<p class="muted">${t("sessionsNone")}</p>`}</section>`;
  }

  private session(one: OneSession): TemplateResult {
    const facts = [
      t("from", { address: one.address }),
      t("since", { when: moment(one.created_at) }),
      t("seen", { when: moment(one.last_seen) }),
    ];
    return html`<div class="rowline"><div class="grow"><p><b class="foreign">${one.person}</b> <span class="foreign" title=${one.agent}>${browserName(one.agent)}</span> ${one.current ? html`<span class="badge good">${t("here")}</span>` : nothing}</p>
        <p class="small muted foreign">${facts.join(" · ")}</p></div>
      ${one.current ? nothing : html`<button ?disabled=${this.busy} @click=${() => void this.changing(() => endSession(one.id))}>${t("end")}</button>`}</div>`;
  }

  private async endAll(others: readonly OneSession[]): Promise<void> {
    const sure = await confirmDialog({ title: t("endTitle"), text: t("endText"), confirm: t("endAll"), danger: true });
    if (sure) await this.changing(() => Promise.all(others.map((one) => endSession(one.id))));
  }
}

customElements.define("wz-sessions", Sessions);
