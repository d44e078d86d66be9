import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `login`. */
export class LoginView extends Element {
  protected override render(): TemplateResult {
    return html`<p class="empty">${"login"}</p>`;
  }
}

customElements.define("wz-login-view", LoginView);
