import { html, type TemplateResult } from "lit";
import { say } from "../gateway/chat";
import { sentenceOf } from "../gateway/errors";
import { may } from "../state/session";
import { Element } from "../ui/element";
import { icon } from "../ui/icons";
import { t } from "./texts";

/** The red button: everything stops at once, also without a model or Home Assistant. */
export class HaltButton extends Element {
  static override properties = { problem: { state: true }, busy: { state: true } };

  private problem = "";
  private busy = false;

  protected override render(): TemplateResult {
    if (!may("user")) return html``;
    return html`<button class="danger" title=${this.problem || t("stopAllTitle")} ?disabled=${this.busy} @click=${() => void this.order("/stop all")}>
      ${icon("stop", 16)}<span>${t("stopAll")}</span></button>`;
  }

  private async order(command: string): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      for await (const _ of say({ message: command, session: "halt" }, crypto.randomUUID()));
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.busy = false;
  }
}

customElements.define("wz-halt-button", HaltButton);
