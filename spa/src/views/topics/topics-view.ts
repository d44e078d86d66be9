import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `topics`. */
export class TopicsView extends Element {
  static override properties = { topic: { attribute: false } };

  topic = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.topic}</p>`;
  }
}

customElements.define("wz-topics-view", TopicsView);
