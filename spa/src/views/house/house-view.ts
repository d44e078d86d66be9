import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `house`. */
export class HouseView extends Element {
  static override properties = { room: { attribute: false } };

  room = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.room}</p>`;
  }
}

customElements.define("wz-house-view", HouseView);
