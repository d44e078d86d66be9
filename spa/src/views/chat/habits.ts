import { html, type TemplateResult } from "lit";
import type { Exchange } from "../../state/conversations";
import { answered, stopHere } from "../../state/saying";
import { canSpeak, readAloud, speak, stopSpeaking } from "../../state/voice";
import { icon } from "../../ui/icons";
import { t } from "./texts";

/** Escape stops the answer that is being made. */
export function onEscape(event: KeyboardEvent): void {
  if (event.key === "Escape" && stopHere()) event.preventDefault();
}

/** The switch for reading answers aloud; nothing where the browser cannot speak. */
export function readingAloud(): TemplateResult {
  if (!canSpeak()) return html``;
  const isOn = readAloud.value === "on";
  return html`<button class="icon ${isOn ? "" : "quiet"}" title=${t("readAloud")} aria-label=${t("readAloud")} aria-pressed=${isOn}
    @click=${() => {
      readAloud.set(isOn ? "off" : "on");
      if (isOn) stopSpeaking();
    }}>${icon("speaker", 18)}</button>`;
}

answered.add((exchange: Exchange) => {
  const text = exchange.isCut ? exchange.outcome : exchange.text;
  if (readAloud.value === "on" && text) speak(exchange.key, text);
});
