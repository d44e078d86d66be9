import { type CSSResult, html, type TemplateResult, unsafeCSS } from "lit";
import type { RoomEntity } from "../../contracts/rest";
import type { Act } from "./controls";
import { t } from "./texts";

const COLORS = [
  [255, 80, 60],
  [255, 150, 40],
  [255, 214, 80],
  [120, 220, 90],
  [60, 200, 220],
  [80, 120, 255],
  [170, 90, 255],
  [255, 110, 190],
] as const;

/** The colors of the buttons, as rules: the page takes no inline style. */
export function colorStyles(): CSSResult {
  const rules = COLORS.map((rgb, at) => `.colors button:nth-child(${at + 1}) { background: rgb(${rgb.join(" ")}); }`);
  return unsafeCSS(rules.join("\n"));
}

/** A few colors to choose from; everything between can be said in the chat. */
export function colors(entity: RoomEntity, act: Act, disabled: boolean): TemplateResult {
  return html`<div class="colors" role="group" aria-label="${t("color")}: ${entity.name}">${COLORS.map(
    (rgb) => html`<button aria-label="${t("color")} ${rgb.join(" ")}" ?disabled=${disabled}
      @click=${() => act("set_color", { rgb_color: [...rgb] })}></button>`,
  )}</div>`;
}
