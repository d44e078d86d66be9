import { html, type TemplateResult } from "lit";
import { icon } from "../../ui/icons";
import { copy } from "../../ui/markdown";
import { toast } from "../../ui/toast";
import { t } from "./texts";

/** A part of a plain answer: sentences, a list, or lines that must keep their shape. */
export interface Block {
  kind: "text" | "list" | "code";
  lines: readonly string[];
}

const KEY = /^[a-z_]+:(\s\S.*)?$/;
const INDENTED = /^ {2,}\S/;
const COLUMNS = /\S {3,}\S/;
const ENTRY = /^- /;
const LEAST_SHAPED = 3;

/** A plain answer in parts; what agents write without a model is laid out in lines, as for a terminal. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: { kind: Block["kind"]; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const last = blocks.at(-1);
    const kind = kindOf(line, last?.kind);
    if (last?.kind === kind) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  return blocks.map((one) => (one.kind === "code" && one.lines.length < LEAST_SHAPED ? { ...one, kind: "text" } : one));
}

/** A plain answer as it is shown. */
export function plainTemplate(text: string): TemplateResult {
  return html`<div class="plain foreign">${blocksOf(text).map((one) => {
    if (one.kind === "list") return html`<ul>${one.lines.map((line) => html`<li>${line.slice(2)}</li>`)}</ul>`;
    if (one.kind === "code") return shaped(one.lines.join("\n"));
    return html`<p>${one.lines.join("\n").trim()}</p>`;
  })}</div>`;
}

function shaped(text: string): TemplateResult {
  return html`<div class="code"><pre tabindex="0">${text}</pre><button class="quiet icon little" title=${t("copyThis")} aria-label=${t("copyThis")}
    @click=${() => void copied(text)}>${icon("copy", 15)}</button></div>`;
}

async function copied(text: string): Promise<void> {
  if (await copy(text)) toast(t("copied"), "good");
}

function kindOf(line: string, before: Block["kind"] | undefined): Block["kind"] {
  if (KEY.test(line) || INDENTED.test(line) || COLUMNS.test(line)) return "code";
  if (ENTRY.test(line)) return before === "code" ? "code" : "list";
  return "text";
}
