const CONTROL = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]+/gu;
const LOOKED_AT = 400;

/** A foreign text for one short line: without control and direction marks, cut to so many characters. */
export function shortText(text: string, most = 32): string {
  const plain = text.slice(0, LOOKED_AT).replace(CONTROL, " ").replace(/\s+/g, " ").trim();
  const letters = [...plain];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : plain;
}
