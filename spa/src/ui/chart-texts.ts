import { defineTexts } from "../i18n/texts";

/** Texts of charts. */
export const t = defineTexts({
  en: {
    nothing: "No values yet",
    summary: "{label}: now {last}, lowest {min}, highest {max}",
  },
  de: {
    nothing: "Noch keine Werte",
    summary: "{label}: jetzt {last}, niedrigster Wert {min}, höchster {max}",
  },
});
