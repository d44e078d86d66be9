import { css, html, nothing, type TemplateResult } from "lit";
import { t } from "./dialog-texts";
import { Element } from "./element";
import { icon } from "./icons";
import { shared } from "./shared";

/** A question to the person here. */
export interface Question {
  title: string;
  text: string;
  /** What it does cannot be taken back. */
  danger?: boolean;
  /** Label of the button that does it. */
  confirm?: string;
  /** What has to be typed before it can be done, such as the name of what goes. */
  typed?: string;
  /** Things to choose from; the chosen one's value is the answer. */
  choices?: readonly { value: string; label: string }[];
  /** Label above the choices. */
  choose?: string;
}

/** A dialog above the page with a heading; what stands in it is slotted. Fires `close` when it was closed. */
export class Dialog extends Element {
  static override styles = [shared, styles()];
  static override properties = { heading: {}, open: { type: Boolean, reflect: true } };

  heading = "";
  open = false;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", this.left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.left);
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @close=${this.closed} @click=${this.clicked}>
      <header class="row spread"><h2 id="heading" class="grow foreign">${this.heading}</h2>
        <button class="quiet icon" aria-label=${t("close")} @click=${() => this.shut()}>${icon("close", 18)}</button></header>
      <div class="body"><slot></slot></div>
    </dialog>`;
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector("dialog");
    if (this.open && dialog && !dialog.open) dialog.showModal();
    if (!this.open && dialog?.open) dialog.close();
  }

  /** Close it. */
  shut(): void {
    this.open = false;
  }

  // Whoever goes to another view, such as with the button Back, has left it.
  private readonly left = (): void => this.shut();

  private closed(event: Event): void {
    event.stopPropagation();
    this.open = false;
    this.dispatchEvent(new Event("close"));
  }

  private clicked(event: MouseEvent): void {
    if (event.target === this.renderRoot.querySelector("dialog")) this.shut();
  }
}

/** Asks one question and waits for the answer. */
class Ask extends Element {
  static override styles = [shared, askStyles()];
  static override properties = { question: { attribute: false }, value: { state: true }, word: { state: true } };

  question: Question = { title: "", text: "" };
  answered: (answer: string | null) => void = () => {};
  private value = "";
  private word = "";

  protected override render(): TemplateResult {
    const { question } = this;
    const isTyped = !question.typed || this.word.trim() === question.typed;
    return html`<wz-dialog open .heading=${question.title} @close=${() => this.answered(null)}>
      <form class="stack" @submit=${this.submit}>
        <p class="foreign text">${question.text}</p>
        ${question.choices ? this.choices(question) : nothing}
        ${question.typed ? this.typing(question.typed) : nothing}
        <div class="row actions">
          <button type="button" ?autofocus=${question.danger && !question.typed} @click=${() => this.answered(null)}>${t("cancel")}</button>
          <button class=${question.danger ? "danger" : "primary"} ?disabled=${!isTyped}>${question.confirm ?? t("yes")}</button>
        </div>
      </form></wz-dialog>`;
  }

  private choices(question: Question): TemplateResult {
    return html`<label>${question.choose ?? question.title}
      <select @change=${(event: Event) => {
        this.value = (event.target as HTMLSelectElement).value;
      }}>${question.choices?.map((one) => html`<option value=${one.value}>${one.label}</option>`)}</select></label>`;
  }

  private typing(word: string): TemplateResult {
    return html`<label class="foreign">${t("type", { word })}
      <input autocomplete="off" autocapitalize="off" spellcheck="false" autofocus .value=${this.word} @input=${(
        event: Event,
      ) => {
        this.word = (event.target as HTMLInputElement).value;
      }}></label>`;
  }

  private submit(event: Event): void {
    event.preventDefault();
    const { choices, typed } = this.question;
    if (typed && this.word.trim() !== typed) return;
    this.answered(choices ? this.value || (choices[0]?.value ?? "") : "yes");
  }
}

/** Ask whether something shall be done; false when the person closes the dialog. */
export async function confirmDialog(question: Omit<Question, "choices" | "choose">): Promise<boolean> {
  return (await ask(question)) !== null;
}

/** Ask for one of some choices; null when the person closes the dialog. */
export function chooseDialog(question: Question & Required<Pick<Question, "choices">>): Promise<string | null> {
  return ask(question);
}

function ask(question: Question): Promise<string | null> {
  const before = focused();
  const element = document.createElement("wz-ask") as Ask;
  element.question = question;
  return new Promise((resolve) => {
    element.answered = (answer) => {
      element.remove();
      before?.focus();
      resolve(answer);
    };
    document.body.append(element);
  });
}

function focused(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active as HTMLElement | null;
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: contents; }
    dialog { width: min(520px, calc(100vw - 24px)); max-height: calc(100dvh - 32px); padding: 0; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); color: var(--text); box-shadow: var(--shadow); overflow: hidden; }
    dialog[open] { display: flex; flex-direction: column; animation: in 0.15s ease-out; }
    dialog::backdrop { background: rgb(0 0 0 / 45%); }
    header { padding: 12px 10px 8px 16px; flex-wrap: nowrap; } .body { padding: 4px 16px 16px; overflow: auto; }
    @keyframes in { from { opacity: 0; transform: translateY(6px); } }
  `;
}

function askStyles(): ReturnType<typeof css> {
  return css`
    :host { display: contents; }
    .text { white-space: pre-wrap; }
    .actions { justify-content: flex-end; margin-top: 4px; } label > * { margin-top: 5px; }
  `;
}

customElements.define("wz-dialog", Dialog);
customElements.define("wz-ask", Ask);
