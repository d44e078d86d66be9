import { css, html, nothing, type TemplateResult } from "lit";
import { login, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { entryStyles } from "./entry-styles";
import type { PasswordField } from "./password-field";
import "./password-field";
import { refusalOf } from "./refusal";
import "./setup-form";
import { t } from "./texts";

/** The door: login, or the first account. Over a page whose session ended it keeps what lies below. */
export class LoginView extends Element {
  static override styles = [entryStyles(), styles()];
  static override properties = {
    over: { type: Boolean, reflect: true },
    problem: { state: true },
    busy: { state: true },
    left: { state: true },
  };

  /** The page below stays as it is. */
  over = false;

  private problem = "";
  private busy = false;
  private left = 0;

  protected override follows(): readonly Observable[] {
    return [session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(1_000, () => {
      if (this.left > 0) this.left -= 1;
    });
  }

  protected override async firstUpdated(): Promise<void> {
    await this.renderRoot.querySelector<PasswordField>("wz-password-field")?.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(this.over ? "input[type=password]" : "input")?.focus();
  }

  protected override render(): TemplateResult {
    const isSetup = session.value?.setup_needed ?? false;
    const [title, text] = this.over
      ? (["again", "againText"] as const)
      : isSetup
        ? (["welcome", "welcomeText"] as const)
        : (["login", "loginText"] as const);
    const card = html`<section class="card stack">
      <header><img src="/icon.svg" alt="" width="48" height="48"><h1 id="title">${t(title)}</h1><p class="muted">${t(text)}</p></header>
      ${isSetup ? html`<wz-setup-form></wz-setup-form>` : this.form()}
    </section>`;
    if (!this.over) return html`<main>${card}</main>`;
    return html`<div class="veil" role="dialog" aria-modal="true" aria-labelledby="title">${card}</div>`;
  }

  private form(): TemplateResult {
    const known = this.over ? (session.value?.person ?? "") : "";
    return html`<form class="stack" @submit=${this.submit}>
      <label>${t("name")}<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="64" .value=${known}></label>
      <wz-password-field .label=${t("password")} autocomplete="current-password"></wz-password-field>
      ${this.problem || this.left ? html`<p class="error foreign" role="alert">${this.left ? t("locked", { seconds: this.left }) : this.problem}</p>` : nothing}
      <button class="primary wide" ?disabled=${this.busy || this.left > 0}>${t(this.busy ? "entering" : "enter")}</button>
    </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const before = session.value?.person ?? "";
    const name = String(new FormData(event.target as HTMLFormElement).get("username")).trim();
    const field = this.renderRoot.querySelector<PasswordField>("wz-password-field");
    Object.assign(this, { busy: true, problem: "" });
    try {
      const now = await login(name, field?.value ?? "");
      // What lies below was fetched for somebody else.
      if (this.over && now.person !== before) location.reload();
    } catch (error) {
      const { sentence, seconds } = refusalOf(error);
      Object.assign(this, { problem: sentence, left: seconds });
      this.renderRoot.querySelector<HTMLElement>("wz-password-field input")?.focus();
    }
    this.busy = false;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { grid-column: 1 / -1; grid-row: 1 / -1; min-height: 0; overflow: auto; }
    main, .veil { display: grid; place-items: center; min-height: 100%; padding: 20px; }
    :host([over]) { position: fixed; inset: 0; z-index: 20; }
    .veil { background: rgb(0 0 0 / 45%); backdrop-filter: blur(3px); }
    .card { width: min(400px, 100%); padding: 26px 24px; gap: 18px; box-shadow: var(--shadow); }
    header { display: grid; justify-items: center; text-align: center; gap: 8px; } img { border-radius: 12px; }
  `;
}

customElements.define("wz-login-view", LoginView);
