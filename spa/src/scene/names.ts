const CONTROL = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]+/gu;
const LOOKED_AT = 400;

/** A foreign text for one short line: without control and direction marks, cut to so many characters. */
export function shortText(text: string, most = 32): string {
  const letters = plain(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : letters.join("");
}

/** A foreign name for one short line, shortened in the middle: names that begin alike end differently. */
export function shortName(text: string, most: number): string {
  const letters = plain(text);
  if (letters.length <= most) return letters.join("");
  const end = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - end).join("")}…${letters.slice(-end).join("")}`;
}

function plain(text: string): string[] {
  return [...text.slice(0, LOOKED_AT).replace(CONTROL, " ").replace(/\s+/g, " ").trim()];
}
