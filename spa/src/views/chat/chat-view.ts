import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { moment } from "../../i18n/texts";
import {
  current,
  type Heading,
  headings,
  newConversation,
  openConversation,
  removeConversation,
  renameConversation,
} from "../../state/conversations";
import type { Observable } from "../../state/store";
import { readAloud } from "../../state/voice";
import { confirmDialog } from "../../ui/dialog";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import "./composer";
import { onEscape, readingAloud } from "./habits";
import "./messages";
import { t } from "./texts";

const BESIDE_COMPOSER = "238px"; // short messages stay below the list of conversations

/** The chat as a page, with all conversations. */
export class ChatView extends Element {
  static override styles = [shared, styles()];
  static override properties = { conversation: { attribute: false }, naming: { state: true }, list: { state: true } };

  conversation = "";
  private naming = "";
  private list = false;

  protected override follows(): readonly Observable[] {
    return [current, headings, readAloud];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("keydown", onEscape);
    document.documentElement.style.setProperty("--toast-width", BESIDE_COMPOSER);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.documentElement.style.removeProperty("--toast-width");
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("conversation") && this.conversation) openConversation(this.conversation);
  }

  protected override firstUpdated(): void {
    if (matchMedia("(pointer: fine)").matches) this.renderRoot.querySelector("wz-chat-composer")?.focus();
  }

  protected override render(): TemplateResult {
    const { id, title } = current.value;
    return html`
      <aside class=${this.list ? "open" : ""} aria-label=${t("conversations")}>
        <button class="new" @click=${this.begin}>${icon("plus", 18)} ${t("newChat")}</button>
        <ul>${headings.value.map((one) => this.entry(one, one.id === id))}</ul>
      </aside>
      <section aria-label=${title || t("untitled")}>
        <div class="row head">
          <button class="icon quiet lister" aria-label=${t("conversations")} aria-expanded=${this.list} @click=${() => {
            this.list = !this.list;
          }}>${icon("list", 19)}</button>
          <h2 class="grow clip foreign">${title || t("untitled")}</h2>${readingAloud()}
          <button class="icon quiet lister" aria-label=${t("newChat")} title=${t("newChat")} @click=${this.begin}>${icon("plus", 19)}</button>
        </div>
        <wz-chat-messages></wz-chat-messages>
        <wz-chat-composer @said=${() => this.renderRoot.querySelector("wz-chat-messages")?.toEnd()}></wz-chat-composer>
      </section>`;
  }

  private entry(one: Heading, isCurrent: boolean): TemplateResult {
    if (this.naming === one.id) return this.rename(one);
    return html`<li class="row ${isCurrent ? "current" : ""}">
      <button class="quiet grow pick" aria-current=${isCurrent ? "true" : nothing} @click=${() => this.open(one.id)}>
        <span class="clip foreign">${one.title || t("untitled")}</span><time class="small muted">${moment(one.changedAt)}</time></button>
      <button class="quiet icon" title=${t("rename")} aria-label=${t("rename")} @click=${() => {
        this.naming = one.id;
      }}>${icon("edit", 15)}</button>
      <button class="quiet icon" title=${t("remove")} aria-label=${t("remove")} @click=${() => void this.forget(one)}>${icon("trash", 15)}</button></li>`;
  }

  private rename(one: Heading): TemplateResult {
    const done = (event: Event): void => {
      event.preventDefault();
      const input = (event.currentTarget as HTMLElement).querySelector("input");
      renameConversation(one.id, input?.value ?? "");
      this.naming = "";
    };
    const keys = (event: KeyboardEvent): void => {
      if (event.key === "Escape") this.naming = "";
      event.stopPropagation();
    };
    return html`<li><form @submit=${done} @focusout=${done} @keydown=${keys}>
      <input aria-label=${t("rename")} maxlength="60" .value=${one.title} autofocus></form></li>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("naming") && this.naming) this.renderRoot.querySelector<HTMLInputElement>("li input")?.select();
  }

  private begin(): void {
    newConversation();
    this.list = false;
    this.renderRoot.querySelector("wz-chat-composer")?.focus();
  }

  private open(id: string): void {
    openConversation(id);
    this.list = false;
  }

  private async forget(one: Heading): Promise<void> {
    const question = { title: t("remove"), text: `${one.title || t("untitled")}\n${t("removeText")}`, danger: true };
    if (await confirmDialog({ ...question, confirm: t("remove") })) removeConversation(one.id);
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; grid-template-columns: 270px minmax(0, 1fr); margin: -16px -18px; height: calc(100% + 32px); }
    aside { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); gap: 8px; padding: 12px; border-inline-end: 1px solid var(--line); background: var(--surface); min-height: 0; }
    ul { margin: 0; padding: 0; list-style: none; overflow: auto; display: grid; gap: 2px; align-content: start; }
    li { flex-wrap: nowrap; gap: 0; border-radius: var(--radius-small); } li.current { background: var(--accent-soft); }
    li .icon { opacity: 0; color: var(--muted); width: 30px; } li:hover .icon, li:focus-within .icon, li.current .icon { opacity: 1; }
    @media (hover: hover) { li:not(:hover, :focus-within, .current) .icon { width: 0; border: 0; overflow: hidden; } }
    .pick { display: grid; grid-template-columns: minmax(0, 1fr); justify-content: stretch; justify-items: start; gap: 0; padding: 6px 10px; text-align: start; } .pick > * { max-width: 100%; }
    section { display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); min-height: 0; min-width: 0; }
    .head { padding: 8px 14px; min-height: 52px; flex-wrap: nowrap; } .lister { display: none; }
    wz-chat-messages, wz-chat-composer { width: 100%; max-width: 860px; margin-inline: auto; }
    @media (max-width: 899px) {
      :host { grid-template-columns: minmax(0, 1fr); position: relative; }
      .lister { display: inline-flex; } aside { display: none; }
      aside.open { display: grid; position: absolute; inset: 52px 0 0 0; z-index: 3; border: 0; }
      li .icon { opacity: 1; }
    }
    @media (max-width: 719px) { :host { margin: -12px; height: calc(100% + 24px); } }
  `;
}

customElements.define("wz-chat-view", ChatView);
