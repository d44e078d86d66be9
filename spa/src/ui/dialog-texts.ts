import { defineTexts } from "../i18n/texts";

/** Texts of dialogs and toasts. */
export const t = defineTexts({
  en: {
    yes: "Yes, do it",
    cancel: "Cancel",
    close: "Close",
    type: "Type {word} to confirm",
  },
  de: {
    yes: "Ja, ausführen",
    cancel: "Abbrechen",
    close: "Schließen",
    type: "Zum Bestätigen {word} eingeben",
  },
});
