import { html, type TemplateResult } from "lit";
import { asDuration } from "./drafts";
import { t } from "./edit-texts";
import type { NamedEntity } from "./names";

/** Takes changed fields of one part of a rule. */
export type Field<T> = (change: Partial<T>) => void;

/** A text field. */
export function textField(label: string, value: string, put: (value: string) => void, more = ""): TemplateResult {
  return html`<label>${label}<input .value=${value} placeholder=${more} @change=${(event: Event) => put((event.target as HTMLInputElement).value)}></label>`;
}

/** A field for a number that may be left empty. */
export function numberField(label: string, value: number | null, put: (value: number | null) => void): TemplateResult {
  const changed = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value;
    put(text === "" ? null : Number(text));
  };
  return html`<label>${label}<input type="number" step="any" .value=${value === null ? "" : String(value)} @change=${changed}></label>`;
}

/** A choice of some values. */
export function choice<T extends string>(
  label: string,
  value: T,
  options: readonly { value: T; label: string }[],
  put: (value: T) => void,
): TemplateResult {
  return html`<label>${label}<select @change=${(event: Event) => put((event.target as HTMLSelectElement).value as T)}>
    ${options.map((one) => html`<option value=${one.value} ?selected=${one.value === value}>${one.label}</option>`)}</select></label>`;
}

/** How long, in the unit that reads best. */
export function duration(label: string, seconds: number, put: (seconds: number) => void): TemplateResult {
  const { amount, unit } = asDuration(seconds);
  const units = [
    [1, t("seconds")],
    [60, t("minutes")],
    [3600, t("hours")],
  ] as const;
  const number = (event: Event): void => put(Number((event.target as HTMLInputElement).value || 0) * unit);
  const other = (event: Event): void => put(amount * Number((event.target as HTMLSelectElement).value));
  return html`<label>${label}<span class="pair"><input type="number" min="0" step="any" .value=${String(amount)} @change=${number}>
    <select aria-label=${label} @change=${other}>${units.map(([value, words]) => html`<option value=${value} ?selected=${value === unit}>${words}</option>`)}</select></span></label>`;
}

/** A device of the house, found by typing. */
export function entityField(
  label: string,
  entityId: string,
  known: ReadonlyMap<string, NamedEntity>,
  put: (entityId: string) => void,
): TemplateResult {
  const name = known.get(entityId)?.name;
  return html`<label>${label}${name ? html`: <b class="foreign">${name}</b>` : ""}<input list="entities" autocomplete="off" spellcheck="false" .value=${entityId} @change=${(event: Event) => put((event.target as HTMLInputElement).value.trim())}></label>`;
}
