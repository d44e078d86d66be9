import { css, html, type TemplateResult } from "lit";
import { current, headings, newConversation, openConversation } from "../../state/conversations";
import type { Observable } from "../../state/store";
import { readAloud } from "../../state/voice";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import "./composer";
import { onEscape, readingAloud } from "./habits";
import "./messages";
import { t } from "./texts";

/** The chat beside the other views. */
export class ChatDock extends Element {
  static override styles = [shared, styles()];

  protected override follows(): readonly Observable[] {
    return [current, headings, readAloud];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", t("chat"));
    this.addEventListener("keydown", onEscape);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="row head">
        <select class="grow" aria-label=${t("conversations")} @change=${(event: Event) =>
          openConversation((event.target as HTMLSelectElement).value)}>${this.options()}</select>
        ${readingAloud()}
        <button class="quiet icon" title=${t("newChat")} aria-label=${t("newChat")} @click=${newConversation}>${icon("plus", 18)}</button>
        <a class="button quiet icon" href="#/chat" title=${t("fullPage")} aria-label=${t("fullPage")}>${icon("window", 18)}</a>
      </div>
      <wz-chat-messages></wz-chat-messages>
      <wz-chat-composer @said=${() => this.renderRoot.querySelector("wz-chat-messages")?.toEnd()}></wz-chat-composer>`;
  }

  protected override updated(): void {
    const select = this.renderRoot.querySelector("select");
    if (select) select.value = current.value.id;
  }

  private options(): TemplateResult[] {
    const { id, title } = current.value;
    const isListed = headings.value.some((one) => one.id === id);
    const all = isListed ? headings.value : [{ id, title, changedAt: 0 }, ...headings.value];
    return all.map((one) => html`<option value=${one.id}>${one.title || t("untitled")}</option>`);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "wz-chat-messages": import("./messages").Messages;
    "wz-chat-composer": import("./composer").Composer;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); }
    .head { padding: 10px 8px 10px 12px; min-height: 56px; gap: 2px; flex-wrap: nowrap; border-bottom: 1px solid var(--line); }
    select { border-color: transparent; background: none; font-weight: 600; text-overflow: ellipsis; padding-inline: 4px; }
    select:hover { border-color: var(--line); }
    a.icon { padding: 0; width: 36px; border: 0; background: none; color: var(--text); }
  `;
}

customElements.define("wz-chat-dock", ChatDock);
