import { css, html, nothing, type TemplateResult } from "lit";
import "../../ui/dialog";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import "./setup-form";
import { t } from "./texts";

/** Invites whoever is at the machine to make an account: a line above the page, or a card in it. Fires `close` when it is put away. */
export class SetupCard extends Element {
  static override styles = [shared, styles()];
  static override properties = { isOpen: { state: true }, still: { type: Boolean } };

  /** It stands in a page as a card and cannot be put away. */
  still = false;

  private isOpen = false;

  protected override render(): TemplateResult {
    return html`<section class=${this.still ? "card stack" : "line"} aria-label=${t("invite")}>
        ${this.still ? html`<h3>${t("invite")}</h3>` : nothing}
        <p class="small grow">${t(this.still ? "inviteText" : "inviteLine")}</p>
        <div class="row"><button class="primary" @click=${() => this.turn(true)}>${icon("lock", 16)}${t("invite")}</button>
          ${this.still ? nothing : html`<button class="quiet" @click=${() => this.dispatchEvent(new Event("close"))}>${t("later")}</button>`}</div>
      </section>
      ${this.isOpen ? html`<wz-dialog open .heading=${t("invite")} @close=${() => this.turn(false)}><wz-setup-form @done=${() => this.turn(false)}></wz-setup-form></wz-dialog>` : nothing}`;
  }

  private turn(isOpen: boolean): void {
    this.isOpen = isOpen;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .card { border-color: var(--accent); max-width: 520px; }
    .line { display: flex; align-items: center; gap: 6px 14px; flex-wrap: wrap; padding: 7px 18px; background: var(--accent-soft); border-bottom: 1px solid var(--line); }
    .line .grow { flex-basis: 220px; } .line button { min-height: 32px; }
    @media (max-width: 719px) { .line { padding: 7px 12px; } }
  `;
}

customElements.define("wz-setup-card", SetupCard);
