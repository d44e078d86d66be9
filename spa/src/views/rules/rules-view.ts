import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `rules`. */
export class RulesView extends Element {
  static override properties = { rule: { attribute: false } };

  rule = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.rule}</p>`;
  }
}

customElements.define("wz-rules-view", RulesView);
