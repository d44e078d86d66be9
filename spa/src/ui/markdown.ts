import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { Element } from "./element";
import { markdownStyles } from "./markdown-styles";
import { t } from "./markdown-texts";
import { shared } from "./shared";

type Render = (text: string) => DocumentFragment;

const MAX_CHARACTERS = 60_000;
const DRAW_EVERY_MS = 80;
const COPIED_MS = 1_600;

let render: Render | null = null;
let loading: Promise<void> | null = null;

/** Text with markdown; plain text until the code that reads markdown is there. */
export class Markdown extends Element {
  static override styles = [shared, css`:host { display: block; min-width: 0; }`, markdownStyles()];
  static override properties = { text: { attribute: false } };

  text = "";
  private drawn: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (!render) void load().then(() => this.draw());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  protected override render(): TemplateResult {
    return html`<div class="text foreign" @click=${this.clicked}></div>`;
  }

  protected override updated(_: PropertyValues): void {
    if (this.text === this.drawn) return;
    if (this.drawn === null || this.drawn === "") this.draw();
    else this.timer ??= setTimeout(() => this.draw(), DRAW_EVERY_MS);
  }

  private draw(): void {
    this.timer = undefined;
    const place = this.renderRoot.querySelector(".text");
    if (!place) return;
    const isRich = render !== null && this.text.length <= MAX_CHARACTERS;
    place.classList.toggle("plain", !isRich);
    if (isRich && render) place.replaceChildren(render(this.text));
    else place.textContent = this.text;
    this.drawn = render ? this.text : null;
  }

  private clicked(event: Event): void {
    const button = (event.target as HTMLElement).closest("button");
    const code = button?.parentElement?.querySelector("code");
    if (!button || !code) return;
    void copy(code.textContent ?? "").then((done) => {
      button.textContent = t(done ? "copied" : "notCopied");
      setTimeout(() => {
        button.textContent = t("copy");
      }, COPIED_MS);
    });
  }
}

/** Put a text on the clipboard; false when the browser does not let us. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function load(): Promise<void> {
  loading ??= import("./markdown-render").then((code) => {
    render = (text) => code.renderMarkdown(text, t("copy"));
  });
  return loading;
}

customElements.define("wz-markdown", Markdown);
