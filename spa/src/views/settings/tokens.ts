import { html, nothing, type TemplateResult } from "lit";
import type { MadeToken, NewToken, TokenView } from "../../contracts/rest";
import { moment } from "../../i18n/texts";
import { addToken, loadTokens, removeToken, SCOPES } from "../../state/people";
import { may, session } from "../../state/session";
import { confirmDialog } from "../../ui/dialog";
import { icon } from "../../ui/icons";
import { toast } from "../../ui/toast";
import { t } from "./account-texts";
import { Section } from "./section";

const DAY = 86_400;
const LASTING = [7, 30, 90, 365] as const;
const USUAL_DAYS = 90;
const NEEDS = { read: "viewer", talk: "user", control: "user", admin: "admin" } as const;

/** Tokens for programs. */
export class Tokens extends Section {
  private tokens: readonly TokenView[] = [];
  private made: MadeToken | null = null;

  protected override async load(): Promise<void> {
    this.tokens = await loadTokens();
  }

  protected override body(): TemplateResult {
    return html`${this.made ? this.shown(this.made) : nothing}
      <section class="card"><h3>${t("tokens")}</h3>${this.tokens.length ? this.tokens.map((token) => this.token(token)) : html`<p class="muted">${t("tokensNone")}</p>`}</section>
      ${this.making()}`;
  }

  private shown(token: MadeToken): TemplateResult {
    const copy = (): void => void navigator.clipboard.writeText(token.token).then(() => toast(t("copied"), "good"));
    return html`<section class="card stack" role="status"><p><b>${t("once")}</b></p><div class="secret"><code>${token.token}</code><button class="primary" @click=${copy}>${t("copy")}</button></div></section>`;
  }

  private token(token: TokenView): TemplateResult {
    const facts = [
      `${token.prefix}…`,
      token.scopes.map((scope) => t(scope === "admin" ? "adminScope" : scope)).join(", "),
      token.expires_at ? t("until", { when: moment(token.expires_at) }) : t("for_ever"),
      token.last_used ? t("used", { when: moment(token.last_used) }) : t("unused"),
    ];
    const isOther = token.person !== session.value?.person;
    return html`<div class="rowline"><div class="grow"><p><b class="foreign">${token.label}</b> ${isOther ? html`<span class="badge foreign">${token.person}</span>` : nothing}</p>
        <p class="small muted foreign">${facts.join(" · ")}</p></div>
      <button class="quiet icon" title=${t("revoke")} aria-label=${t("revoke")} ?disabled=${this.busy} @click=${() => void this.drop(token)}>${icon("trash", 18)}</button></div>`;
  }

  private making(): TemplateResult {
    const scopes = SCOPES.filter((scope) => may(NEEDS[scope]));
    return html`<form class="card stack" @submit=${this.submit}><h3>${t("make")}</h3><div class="row fields">
        <label>${t("label")}<input name="label" required maxlength="64" autocomplete="off"></label>
        <label>${t("lasts")}<select name="days">${LASTING.map((days) => html`<option value=${days} ?selected=${days === USUAL_DAYS}>${days === 365 ? t("year") : t("days", { count: days })}</option>`)}</select></label></div>
      <fieldset class="choices"><legend class="small muted">${t("scopes")}</legend>${scopes.map((scope) => html`<label class="row"><input type="checkbox" name="scopes" value=${scope} ?checked=${scope === "read"}>${t(scope === "admin" ? "adminScope" : scope)}</label>`)}</fieldset>
      <div class="row"><button class="primary" ?disabled=${this.busy}>${t("make")}</button></div></form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    const scopes = fields.getAll("scopes") as NewToken["scopes"];
    const body = { label: String(fields.get("label")).trim(), scopes, expires_in_s: Number(fields.get("days")) * DAY };
    const done = await this.changing(async () => {
      this.made = await addToken(body);
    });
    if (done) form.reset();
  }

  private async drop(token: TokenView): Promise<void> {
    const title = t("revokeTitle", { name: token.label });
    if (!(await confirmDialog({ title, text: t("revokeText"), confirm: t("revoke"), danger: true }))) return;
    await this.changing(() => removeToken(token.id));
    this.made = null;
  }
}

customElements.define("wz-tokens", Tokens);
