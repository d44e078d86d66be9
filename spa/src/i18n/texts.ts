import { type Language, language } from "../state/preferences";

/** Values for `{name}` places of a text. */
export type Values = Record<string, string | number>;

/** Texts of one part of the page in every language, with the same keys in each; the result looks one up. */
export function defineTexts<K extends string>(
  texts: Record<Language, Record<K, string>>,
): (key: K, values?: Values) => string {
  return (key, values = {}) =>
    texts[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A number as the language writes it. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(value);
}

/** US dollars; small sums with more digits. */
export function dollars(value: number): string {
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : 2;
  return new Intl.NumberFormat(language.value, {
    style: "currency",
    currency: "USD",
    maximumFractionDigits: digits,
  }).format(value);
}

/** A moment (epoch seconds): the time today, else with the date. */
export function moment(seconds: number): string {
  const date = new Date(seconds * 1000);
  const sameDay = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(
    language.value,
    sameDay ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" },
  ).format(date);
}

/** How long ago a moment was, or how long something lasts, in the coarsest unit that says enough. */
export function span(seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? [seconds, "second"]
      : seconds < 3600
        ? [seconds / 60, "minute"]
        : seconds < 172_800
          ? [seconds / 3600, "hour"]
          : [seconds / 86_400, "day"];
  return new Intl.NumberFormat(language.value, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: 0,
  }).format(Math.max(0, Math.floor(value as number)));
}
