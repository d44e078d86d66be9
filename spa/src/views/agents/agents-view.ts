import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";
import "./agent-list";
import { address } from "./address";

/** The view `agents`: the list, one agent, or the form for a new one. */
export class AgentsView extends Element {
  static override properties = { agent: { attribute: false } };

  agent = "";

  protected override render(): TemplateResult {
    const { name, part } = address(this.agent);
    if (!name) return html`<wz-agent-list></wz-agent-list>`;
    if (part === "new" || part === "edit") {
      void import("./spawn-page");
      return html`<wz-spawn-page .edited=${part === "edit" ? name : ""}></wz-spawn-page>`;
    }
    void import("./agent-detail");
    return html`<wz-agent-detail .name=${name} .tab=${part}></wz-agent-detail>`;
  }
}

customElements.define("wz-agents-view", AgentsView);
