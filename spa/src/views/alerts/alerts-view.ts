import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `alerts`. */
export class AlertsView extends Element {
  protected override render(): TemplateResult {
    return html`<p class="empty">${"alerts"}</p>`;
  }
}

customElements.define("wz-alerts-view", AlertsView);
