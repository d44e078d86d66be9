import { type CSSResultGroup, css } from "lit";
import { shared } from "../../ui/shared";

/** Styles of the forms at the door. */
export function entryStyles(): CSSResultGroup {
  return [
    shared,
    css`
      form { gap: 12px; }
      .password { display: grid; grid-template-columns: minmax(0, 1fr) auto; position: relative; }
      .password input { padding-inline-end: 88px; grid-area: 1 / 1 / 2 / 3; } .password button { grid-area: 1 / 2; font-size: 13px; min-height: 32px; margin: 2px; padding: 0 10px; color: var(--muted); z-index: 1; }
      input { min-height: 44px; font-size: 16px; } .wide { width: 100%; min-height: 44px; font-size: 16px; }
      .password input { min-height: 44px; } .password button { align-self: center; }
      .caps { color: var(--warn); }
    `,
  ];
}
