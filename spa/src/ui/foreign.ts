const MOST = 200;
const HIDDEN = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]|\p{Cc}/gu;
const STAND_IN = "\ufffd";

/** A name from outside, fit for one line: not endless, and without marks that turn the direction of what is read. */
export function nameOf(text: string, most = MOST): string {
  const short = text.length > most ? `${text.slice(0, most)}…` : text;
  return short.replace(HIDDEN, STAND_IN);
}
