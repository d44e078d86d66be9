import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `nodes`. */
export class NodesView extends Element {
  static override properties = { node: { attribute: false } };

  node = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.node}</p>`;
  }
}

customElements.define("wz-nodes-view", NodesView);
