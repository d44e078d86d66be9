import { defineTexts } from "../i18n/texts";

/** Texts of rendered markdown. */
export const t = defineTexts({
  en: { copy: "Copy", copied: "Copied", notCopied: "The browser does not allow it" },
  de: { copy: "Kopieren", copied: "Kopiert", notCopied: "Der Browser erlaubt es nicht" },
});
