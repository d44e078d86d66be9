import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `chat`. */
export class ChatView extends Element {
  static override properties = { conversation: { attribute: false } };

  conversation = "";

  protected override render(): TemplateResult {
    return html`<p class="empty">${this.conversation}</p>`;
  }
}

customElements.define("wz-chat-view", ChatView);
