import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `agents`. */
export class AgentsView extends Element {
  static override properties = { agent: { attribute: false } };

  agent = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.agent}</p>`;
  }
}

customElements.define("wz-agents-view", AgentsView);
