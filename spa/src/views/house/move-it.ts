import { html, type TemplateResult } from "lit";
import type { RoomEntity } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { number } from "../../i18n/texts";
import { moveSensor } from "../../state/house";
import { toast } from "../../ui/toast";
import { t } from "./texts";
import { stateText } from "./words";

const SPANS: Record<string, readonly [number, number, number]> = {
  temperature: [-10, 45, 0.5],
  humidity: [0, 100, 1],
  battery: [0, 100, 1],
  illuminance: [0, 2_000, 10],
};
const DOUBLE = 2;

/** A small control that moves a sensor of the demo home, so that rules can be seen to act. */
export function moveIt(entity: RoomEntity): TemplateResult {
  return entity.domain === "binary_sensor" ? flip(entity) : shift(entity);
}

function flip(entity: RoomEntity): TemplateResult {
  const next = entity.state === "on" ? "off" : "on";
  const label = stateText({ ...entity, state: next });
  return html`<div class="move"><button title=${t("moveHint")} @click=${() => void move(entity, next)}>${t("moveItTo", { state: label })}</button></div>`;
}

function shift(entity: RoomEntity): TemplateResult {
  const value = Number(entity.state) || 0;
  const top = Math.max(100, Math.abs(value) * DOUBLE);
  const [min, max, step] = SPANS[entity.device_class ?? ""] ?? [0, top, 1];
  return html`<label class="slide move" title=${t("moveHint")}><span class="small muted">${t("moveIt")}</span>
    <input type="range" aria-label=${t("moveTo", { name: entity.name })} min=${min} max=${max} step=${step} .value=${String(value)}
      @input=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const output = input.nextElementSibling;
        if (output) output.textContent = `${number(Number(input.value), 1)} ${entity.unit ?? ""}`;
      }} @change=${(event: Event) => void move(entity, String(Number((event.target as HTMLInputElement).value)))}>
    <output class="small"></output></label>`;
}

async function move(entity: RoomEntity, state: string): Promise<void> {
  try {
    await moveSensor(entity.entity_id, state);
  } catch (error) {
    toast(sentenceOf(error), "bad");
  }
}
