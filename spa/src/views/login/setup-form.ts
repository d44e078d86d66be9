import { html, nothing, type TemplateResult } from "lit";
import { setUp } from "../../state/session";
import { Element } from "../../ui/element";
import { toast } from "../../ui/toast";
import { entryStyles } from "./entry-styles";
import type { PasswordField } from "./password-field";
import "./password-field";
import { passwordProblem, refusalOf } from "./refusal";
import { t } from "./texts";

/** Makes the owner's account with the code that the server printed. Fires `done`. */
export class SetupForm extends Element {
  static override styles = entryStyles();
  static override properties = { problem: { state: true }, busy: { state: true }, left: { state: true } };

  private problem = "";
  private busy = false;
  private left = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(1_000, () => {
      if (this.left > 0) this.left -= 1;
    });
  }

  protected override render(): TemplateResult {
    return html`<form class="stack" @submit=${this.submit}>
      <label>${t("code")}<input name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" required maxlength="64" placeholder="XXXX-XXXX-XXXX"></label>
      <p class="small muted">${t("whereCode")}</p>
      <label>${t("name")}<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="64"></label>
      <wz-password-field .label=${t("passwordNew")} autocomplete="new-password"></wz-password-field>
      <wz-password-field .label=${t("repeat")} autocomplete="new-password"></wz-password-field>
      ${this.problem || this.left ? html`<p class="error foreign" role="alert">${this.left ? t("locked", { seconds: this.left }) : this.problem}</p>` : nothing}
      <button class="primary wide" ?disabled=${this.busy || this.left > 0}>${t(this.busy ? "entering" : "make")}</button>
    </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const fields = [...this.renderRoot.querySelectorAll<PasswordField>("wz-password-field")];
    const [password = "", again = ""] = fields.map((field) => field.value);
    this.problem = passwordProblem(password, again);
    if (this.problem) return;
    this.busy = true;
    try {
      const now = await setUp(String(form.get("code")).trim(), String(form.get("username")).trim(), password);
      toast(t("done", { name: now.person }), "good");
      this.dispatchEvent(new Event("done"));
    } catch (error) {
      const { sentence, seconds } = refusalOf(error);
      Object.assign(this, { problem: sentence, left: seconds });
    }
    this.busy = false;
  }
}

customElements.define("wz-setup-form", SetupForm);
