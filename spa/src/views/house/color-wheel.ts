import { html, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";
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

/** A few colors to choose from; everything between can be said in the chat. */
export function colors(entity: RoomEntity, act: Act, disabled: boolean): TemplateResult {
  return html`<div class="colors" role="group" aria-label="${t("color")}: ${entity.name}">${COLORS.map(
    (rgb) =>
      html`<button aria-label="${t("color")} ${rgb.join(" ")}" ?disabled=${disabled} style=${styleMap({ background: `rgb(${rgb.join(" ")})` })}
        @click=${() => act("set_color", { rgb_color: [...rgb] })}></button>`,
  )}</div>`;
}
