import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** Stands for what comes here. */
export class ChatDock extends Element {
  protected override render(): TemplateResult {
    return html``;
  }
}

customElements.define("wz-chat-dock", ChatDock);
