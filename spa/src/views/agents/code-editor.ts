import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";

const STEP = "    ";

/** What a key does to a text and its selection; null when the browser shall do what it always does. */
export function edited(
  text: string,
  start: number,
  end: number,
  key: "Tab" | "BackTab" | "Enter",
): { text: string; start: number; end: number } | null {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  if (key === "Enter") {
    const line = text.slice(lineStart, start);
    const indent = (/^ */.exec(line)?.[0] ?? "") + (/:\s*(#.*)?$/.test(line) ? STEP : "");
    const at = start + 1 + indent.length;
    return { text: `${text.slice(0, start)}\n${indent}${text.slice(end)}`, start: at, end: at };
  }
  if (key === "Tab" && start === end) {
    const gap = STEP.slice((start - lineStart) % STEP.length);
    return { text: text.slice(0, start) + gap + text.slice(end), start: start + gap.length, end: start + gap.length };
  }
  const block = text.slice(lineStart, end).split("\n");
  const moved = block.map((line) => (key === "Tab" ? (line ? STEP + line : line) : line.replace(/^ {1,4}/, "")));
  const change = moved.map((line, at) => line.length - (block[at] ?? "").length);
  const all = change.reduce((sum, one) => sum + one, 0);
  return {
    text: text.slice(0, lineStart) + moved.join("\n") + text.slice(end),
    start: Math.max(lineStart, start + (change[0] ?? 0)),
    end: end + all,
  };
}

/** A field for code: Tab indents, Enter keeps the indentation, lines have numbers. Fires `input`. */
export class CodeEditor extends Element {
  static override styles = [shared, styles()];
  static override properties = { value: {}, label: {}, wrong: { type: Boolean } };

  value = "";
  label = "";
  wrong = false;
  private leaves = false;

  protected override render(): TemplateResult {
    const count = this.value.split("\n").length;
    return html`<div class="frame ${this.wrong ? "wrong" : ""}">
      <div class="numbers" aria-hidden="true">${Array.from({ length: count }, (_, at) => at + 1).join("\n")}</div>
      <textarea spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" aria-label=${this.label} aria-invalid=${this.wrong}
        rows=${Math.min(30, Math.max(12, count + 1))} @input=${this.typed} @keydown=${this.pressed} @scroll=${this.scrolled}></textarea>
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    const field = this.field();
    if (changed.has("value") && field && field.value !== this.value) field.value = this.value;
  }

  private readonly typed = (event: Event): void => {
    event.stopPropagation();
    this.tell();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      this.leaves = true;
      return;
    }
    const isTab = event.key === "Tab" && !this.leaves;
    this.leaves = false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !(isTab || event.key === "Enter"))
      return;
    const field = event.target as HTMLTextAreaElement;
    const key = event.key === "Enter" ? "Enter" : event.shiftKey ? "BackTab" : "Tab";
    const next = edited(field.value, field.selectionStart, field.selectionEnd, key);
    if (!next) return;
    event.preventDefault();
    field.value = next.text;
    field.setSelectionRange(next.start, next.end);
    this.tell();
  };

  private readonly scrolled = (): void => {
    const numbers = this.renderRoot.querySelector(".numbers");
    if (numbers) numbers.scrollTop = this.field()?.scrollTop ?? 0;
  };

  private tell(): void {
    this.value = this.field()?.value ?? "";
    this.dispatchEvent(new Event("input"));
  }

  private field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .frame { display: grid; grid-template-columns: auto minmax(0, 1fr); border: 1px solid var(--line); border-radius: var(--radius-small); background: var(--sunken); overflow: hidden; }
    .frame:focus-within { outline: 2px solid var(--accent); outline-offset: 1px; } .wrong { border-color: var(--bad); }
    .numbers, textarea { font: 13px/1.55 var(--mono); padding: 8px 10px; }
    .numbers { white-space: pre; text-align: end; color: var(--muted); opacity: 0.75; user-select: none; overflow: hidden; min-width: 4.5ch; height: 0; min-height: 100%; }
    textarea { border: 0; border-radius: 0; background: var(--surface); outline: none; white-space: pre; overflow: auto; resize: vertical; tab-size: 4; direction: ltr; }
  `;
}

customElements.define("wz-code-editor", CodeEditor);
