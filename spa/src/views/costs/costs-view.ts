import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `costs`. */
export class CostsView extends Element {
  protected override render(): TemplateResult {
    return html`<p class="empty">${"costs"}</p>`;
  }
}

customElements.define("wz-costs-view", CostsView);
