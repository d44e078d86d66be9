import { html, nothing, type TemplateResult } from "lit";
import { Element } from "../../ui/element";
import { t } from "./texts";

/** A field for a password that can be shown, and says when Caps Lock is on. Fires `input`. */
export class PasswordField extends Element {
  static override properties = {
    label: {},
    autocomplete: {},
    value: {},
    isShown: { state: true },
    isCaps: { state: true },
  };

  label = "";
  autocomplete: "current-password" | "new-password" = "current-password";
  value = "";

  private isShown = false;
  private isCaps = false;

  // In the form itself, so that the browser and password managers find it.
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const caps = (event: KeyboardEvent): void => {
      this.isCaps = event.getModifierState?.("CapsLock") ?? false;
    };
    return html`<label>${this.label}<span class="password">
        <input type=${this.isShown ? "text" : "password"} name=${this.autocomplete} autocomplete=${this.autocomplete} required maxlength="256" .value=${this.value} @input=${this.typed} @keydown=${caps} @keyup=${caps}>
        <button type="button" class="quiet" aria-pressed=${this.isShown} @click=${() => {
          this.isShown = !this.isShown;
        }}>${t(this.isShown ? "hide" : "show")}</button></span></label>
      ${this.isCaps ? html`<p class="caps small" role="status">${t("capsLock")}</p>` : nothing}`;
  }

  private typed(event: Event): void {
    this.value = (event.target as HTMLInputElement).value;
  }
}

customElements.define("wz-password-field", PasswordField);
