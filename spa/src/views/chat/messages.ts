import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { current } from "../../state/conversations";
import { language } from "../../state/preferences";
import { resumeAnswers, sayHere } from "../../state/saying";
import { may } from "../../state/session";
import type { Observable } from "../../state/store";
import { speaking } from "../../state/voice";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import "../../ui/markdown";
import { shared } from "../../ui/shared";
import { exchangeTemplate, toldTemplate } from "./exchange";
import { messageStyles } from "./message-styles";
import { examples, t } from "./texts";

const NEAR_END = 60;

/** What was said in the conversation that is shown; follows the newest while the person has not scrolled away. */
export class Messages extends Element {
  static override styles = [
    shared,
    messageStyles(),
    css`:host { min-height: 0; overflow: auto; overflow-anchor: none; }`,
  ];
  static override properties = { away: { state: true } };

  private away = false;
  private shown = "";
  private lastTop = 0;
  private sizes: ResizeObserver | null = null;

  protected override follows(): readonly Observable[] {
    return [current, speaking];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("scroll", this.scrolled, { passive: true });
    resumeAnswers();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes?.disconnect();
    this.sizes = null;
  }

  /** Go to the newest message. */
  toEnd(): void {
    this.away = false;
    this.scrollTop = this.scrollHeight;
  }

  protected override render(): TemplateResult {
    const { items } = current.value;
    if (!items.length) return this.hello();
    const isNew = items.every((one) => one.kind === "told");
    return html`<div class="items" role="log" aria-live="polite" aria-label=${t("chat")}>${repeat(
      items,
      (one) => one.key,
      (one) =>
        html`<div class="item">${one.kind === "told" ? toldTemplate(one) : exchangeTemplate(one, (text) => sayHere(text))}</div>`,
    )}</div>
    ${isNew ? this.hello() : nothing}
    ${this.away ? html`<button class="jump" @click=${() => this.toEnd()}>${icon("down", 16)} ${t("jump")}</button>` : nothing}`;
  }

  protected override updated(_: PropertyValues): void {
    const items = this.renderRoot.querySelector(".items");
    if (items && !this.sizes) this.sizes = new ResizeObserver(() => this.keepUp());
    if (items) this.sizes?.observe(items);
    if (current.value.id !== this.shown) {
      this.shown = current.value.id;
      resumeAnswers();
      this.toEnd();
    } else this.keepUp();
  }

  private hello(): TemplateResult {
    if (!may("user")) return html``;
    return html`<div class="hello">
      <h2>${t("hello")}</h2><p class="muted small">${t("helloText")}</p>
      <div class="stack">${examples(language.value).map(
        (text) =>
          html`<button class="example" @click=${() => sayHere(text)}>${icon("chat", 16)}<span>${text}</span></button>`,
      )}</div></div>`;
  }

  private keepUp(): void {
    if (!this.away) this.scrollTop = this.scrollHeight;
  }

  private readonly scrolled = (): void => {
    const isNear = this.scrollHeight - this.scrollTop - this.clientHeight <= NEAR_END;
    // only a person scrolls up; what grew meanwhile is followed
    if (isNear) this.away = false;
    else if (this.scrollTop < this.lastTop) this.away = true;
    this.lastTop = this.scrollTop;
  };
}

customElements.define("wz-chat-messages", Messages);
