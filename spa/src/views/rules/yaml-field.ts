import { css, html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";

/** A text field for YAML with numbered lines; the line of a problem is marked. Fires `input`. */
export class YamlField extends Element {
  static override styles = [shared, styles()];
  static override properties = { value: {}, line: { type: Number }, label: {} };

  value = "";
  /** The line with a problem, from 1; 0 for none. */
  line = 0;
  label = "";

  protected override render(): TemplateResult {
    const count = Math.max(this.value.split("\n").length, 8);
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    return html`<div class="field"><div class="lines" aria-hidden="true">${numbers.map(
      (number) => html`<span class=${number === this.line ? "wrong" : ""}>${number}</span>`,
    )}</div><textarea rows=${count + 1} wrap="off" spellcheck="false" autocapitalize="off" autocomplete="off" aria-label=${this.label} .value=${this.value}
      @input=${this.typed} @keydown=${this.key}></textarea></div>`;
  }

  /** Put the cursor on a line. */
  async goTo(line: number): Promise<void> {
    await this.updateComplete;
    const area = this.renderRoot.querySelector("textarea");
    const start = this.value
      .split("\n")
      .slice(0, line - 1)
      .reduce((sum, one) => sum + one.length + 1, 0);
    area?.focus();
    area?.setSelectionRange(start, start + (this.value.split("\n")[line - 1]?.length ?? 0));
  }

  private typed(event: Event): void {
    event.stopPropagation();
    this.value = (event.target as HTMLTextAreaElement).value;
    this.dispatchEvent(new Event("input"));
  }

  // Enter keeps the indentation, which YAML lives on; Tab goes on to the next field as everywhere.
  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing) return;
    const area = event.target as HTMLTextAreaElement;
    const line = area.value.slice(0, area.selectionStart).split("\n").at(-1) ?? "";
    const indent = /^ */.exec(line)?.[0] ?? "";
    if (!indent) return;
    event.preventDefault();
    area.setRangeText(`\n${indent}`, area.selectionStart, area.selectionEnd, "end");
    this.value = area.value;
    this.dispatchEvent(new Event("input"));
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .field { display: grid; grid-template-columns: auto minmax(0, 1fr); border: 1px solid var(--line); border-radius: var(--radius-small); background: var(--sunken); overflow: hidden; }
    .field:focus-within { outline: 2px solid var(--accent); outline-offset: 1px; }
    .lines { display: grid; align-content: start; padding: 10px 0; text-align: end; color: var(--muted); border-inline-end: 1px solid var(--line); user-select: none; }
    .lines span { padding: 0 8px; } .lines, textarea { font: 13px/20px var(--mono); }
    .wrong { background: var(--bad-soft); color: var(--bad); font-weight: 700; }
    textarea { border: 0; background: none; resize: none; padding: 10px; min-height: 180px; overflow-x: auto; overflow-y: hidden; outline: none; border-radius: 0; tab-size: 2; }
  `;
}

customElements.define("wz-yaml-field", YamlField);
