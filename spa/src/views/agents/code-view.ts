import { css, html, nothing, type TemplateResult } from "lit";
import { number } from "../../i18n/texts";
import { type DiffLine, shortened } from "../../ui/diff";
import { t } from "./detail-texts";
import { type Token, tokensOf } from "./python";

const MOST_LINES = 4_000;

/** Python code with line numbers and colors. */
export function codeView(code: string): TemplateResult {
  const lines = tokensOf(code.replace(/\n$/, ""));
  const left = lines.length - MOST_LINES;
  return html`<div class="code" tabindex="0">${lines
    .slice(0, MOST_LINES)
    .map(
      (tokens, index) =>
        html`<div class="code-line"><span class="no">${index + 1}</span><span class="src">${pieces(tokens)}</span></div>`,
    )}${left > 0 ? html`<p class="muted">${t("more", { count: number(left) })}</p>` : nothing}</div>`;
}

/** What changed between two texts, with some lines around each change. */
export function diffView(lines: readonly DiffLine[]): TemplateResult {
  if (lines.every((line) => line.kind === "same")) return html`<p class="empty">${t("sameText")}</p>`;
  const SIGNS = { same: " ", gone: "−", new: "+" } as const;
  return html`<div class="code" tabindex="0">${shortened(lines)
    .slice(0, MOST_LINES)
    .map((line) =>
      line
        ? html`<div class="code-line ${line.kind}"><span class="no">${line.old || ""}</span><span class="no">${line.new || ""}</span>
            <span class="src">${SIGNS[line.kind]} ${line.text}</span></div>`
        : html`<div class="cut small">${t("left")}</div>`,
    )}</div>`;
}

/** Styles of both. */
export const codeStyles = css`
  .code { font: 13px/1.55 var(--mono); background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius-small); padding: 8px 0; overflow: auto; max-height: 70dvh; direction: ltr; }
  .code-line { display: flex; width: max-content; min-width: 100%; padding-inline-end: 12px; content-visibility: auto; contain-intrinsic-size: auto 20px; }
  .no { flex: none; width: 5ch; padding-inline-end: 1.5ch; text-align: end; color: var(--muted); opacity: 0.75; user-select: none; }
  .src { white-space: pre; tab-size: 4; unicode-bidi: isolate; }
  .comment { color: var(--muted); font-style: italic; } .string { color: light-dark(#1c6b3c, #8fd3a5); } .keyword { color: light-dark(#8a2f9b, #d8a1e8); }
  .code .number { color: light-dark(#9a4b00, #f0b070); } .name { color: light-dark(#1a56b0, #8fbcff); }
  .gone { background: var(--bad-soft); } .new { background: var(--good-soft); }
  .cut { color: var(--muted); text-align: center; background: var(--surface); margin: 4px 0; }
`;

function pieces(tokens: readonly Token[]): (TemplateResult | string)[] {
  return tokens.map(([kind, text]) => (kind ? html`<span class=${kind}>${text}</span>` : text));
}
