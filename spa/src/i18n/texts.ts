import { type Language, language } from "../state/preferences";

const PLACE = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

/** Values for `{name}` places of a text. */
export type Values = Record<string, string | number>;

/** Texts of one part of the page in every language, with the same keys in each; the result looks one up.
 * `{count|one|many}` takes the word that fits the number. */
export function defineTexts<K extends string>(
  texts: Record<Language, Record<K, string>>,
): (key: K, values?: Values) => string {
  return (key, values = {}) =>
    texts[language.value][key].replace(PLACE, (whole, name: string, one?: string, many?: string) =>
      one === undefined ? String(values[name] ?? whole) : String(String(values[name]) === "1" ? one : many),
    );
}

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** The format for these options in the page's language; making one costs far more than using it. */
function format<F extends Intl.NumberFormat | Intl.DateTimeFormat, O>(
  kind: new (locale: string, options: O) => F,
  options: O,
): F {
  const key = `${kind.name} ${language.value} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new kind(language.value, options);
  formats.set(key, known);
  return known as F;
}

/** A number as the language writes it. */
export function number(value: number, digits = 0): string {
  return format(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value);
}

/** US dollars; small sums with more digits. */
export function dollars(value: number): string {
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : 2;
  return format(Intl.NumberFormat, { style: "currency", currency: "USD", maximumFractionDigits: digits }).format(value);
}

/** A moment (epoch seconds): the time today, else with the date; of 24 hours, as the agents write it. */
export function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  const sameDay = date.toDateString() === new Date().toDateString();
  const options: Intl.DateTimeFormatOptions = sameDay
    ? { timeStyle: "medium", hourCycle: "h23" }
    : { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
  return format(Intl.DateTimeFormat, options).format(date);
}

/** How long ago a moment was, or how long something lasts, in the coarsest unit that says enough. */
export function span(seconds: number): string {
  const [value, unit]: [number, string] =
    seconds < 60
      ? [seconds, "second"]
      : seconds < 3600
        ? [seconds / 60, "minute"]
        : seconds < 172_800
          ? [seconds / 3600, "hour"]
          : [seconds / 86_400, "day"];
  const options: Intl.NumberFormatOptions = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 };
  return format(Intl.NumberFormat, options).format(Math.max(0, Math.floor(value)));
}
