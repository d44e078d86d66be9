import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `settings`. */
export class SettingsView extends Element {
  static override properties = { section: { attribute: false } };

  section = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.section}</p>`;
  }
}

customElements.define("wz-settings-view", SettingsView);
