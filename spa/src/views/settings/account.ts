import { html, type TemplateResult } from "lit";
import { moment } from "../../i18n/texts";
import { changePassword } from "../../state/people";
import { logout, session } from "../../state/session";
import { toast } from "../../ui/toast";
import "../login/setup-card";
import { t } from "./account-texts";
import { Section } from "./section";

const SHORTEST = 8;

/** Who one is, and one's password. */
export class Account extends Section {
  protected override body(): TemplateResult {
    const now = session.value;
    const role = (now?.role || "viewer") as "viewer" | "user" | "admin" | "owner";
    const isSession = Boolean(now?.csrf);
    const way = isSession
      ? t("expires", { when: now?.expires_at ? moment(now.expires_at) : "–" })
      : t(now?.has_owner ? "token" : "noAccount");
    return html`<section class="card stack"><div class="row spread"><h3 class="foreign">${t("you", { name: now?.person ?? "" })}</h3><span class="badge accent">${t(role)}</span></div>
        <p>${t(`${role}May`)}</p><p class="small muted">${way}</p>
        ${isSession ? html`<div class="row"><button @click=${() => void this.leave()}>${t("logout")}</button></div>` : ""}</section>
      ${now?.setup_needed ? html`<wz-setup-card still></wz-setup-card>` : ""}
      ${isSession ? this.password() : ""}`;
  }

  private password(): TemplateResult {
    const field = (name: string, label: string, complete: "current-password" | "new-password"): TemplateResult =>
      html`<label>${label}<input name=${name} type="password" autocomplete=${complete} required maxlength="256" minlength=${name === "old" ? 1 : SHORTEST}></label>`;
    return html`<form class="card stack" @submit=${this.submit}><h3>${t("password")}</h3>
      <input class="hidden" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${session.value?.person ?? ""}>
      <div class="row fields">${field("old", t("old"), "current-password")}${field("next", t("next"), "new-password")}${field("again", t("repeat"), "new-password")}
        <button class="primary" ?disabled=${this.busy}>${t("change")}</button></div></form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const again = form.elements.namedItem("again") as HTMLInputElement;
    const fields = new FormData(form);
    const [old, next] = [String(fields.get("old")), String(fields.get("next"))];
    again.setCustomValidity(next === again.value ? "" : t("repeat"));
    again.addEventListener("input", () => again.setCustomValidity(""), { once: true });
    if (!form.reportValidity()) return;
    if (await this.doing(() => changePassword(old, next))) {
      form.reset();
      toast(t("changed"), "good");
    }
  }

  // Nothing that one person saw stays in the page for the next one.
  private async leave(): Promise<void> {
    if (await this.doing(logout)) location.reload();
  }
}

customElements.define("wz-account", Account);
