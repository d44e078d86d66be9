import { css } from "lit";

/** How the parts of the scene view lie over and beside each other. */
export function styles(): ReturnType<typeof css> {
  return css`
    :host { position: absolute; inset: 0; overflow: hidden; }
    .over { position: absolute; inset: 0; padding: 12px 14px; display: grid; gap: 8px; }
    .drawn { pointer-events: none; grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr) minmax(0, 320px); grid-template-areas: "bar bar" "notices notices" ". inspector" "lower lower"; }
    .drawn > wz-scene-toolbar { grid-area: bar; z-index: 3; } .notices { display: flex; gap: 8px; flex-wrap: wrap; } .notices:empty { display: none; }
    .drawn .notices { grid-area: notices; } .notices > * { pointer-events: auto; white-space: normal; }
    .offer { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; padding: 8px 12px; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); }
    .drawn .lower { grid-area: lower; } .lower { display: flex; align-items: end; min-width: 0; }
    .drawn .strip { max-width: min(420px, 100%); min-width: 0; padding: 8px 12px; border-radius: var(--radius); background: color-mix(in srgb, var(--surface) 88%, transparent); }
    .counts { font-size: 12px; color: var(--muted); margin-bottom: 4px; font-variant-numeric: tabular-nums; }
    .drawn .inspector { grid-area: inspector; pointer-events: auto; min-height: 0; max-height: 100%; align-self: start; display: grid; }
    .read { overflow: auto; display: flex; flex-direction: column; }
    .read > wz-scene-toolbar { position: sticky; top: -12px; z-index: 3; margin: -12px -14px 0; padding: 12px 14px 8px; background: var(--bg); }
    .read .lower { align-items: stretch; } .read .strip { width: 100%; padding: 10px 14px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); }
    .read .inspector { position: fixed; z-index: 4; inset-inline-end: 16px; top: 120px; width: min(340px, calc(100% - 32px)); max-height: calc(100% - 150px); overflow: auto; border-radius: var(--radius); }
    @media (max-height: 760px) { .drawn .strip { max-height: 93px; overflow: hidden; } }
    @media (max-height: 520px) { .drawn .strip { max-height: 47px; padding: 4px 10px; } }
    @media (max-width: 719px) {
      .over { padding: 8px; } .read > wz-scene-toolbar { margin: -8px -8px 0; padding: 8px; top: -8px; }
      .drawn { grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr); grid-template-areas: "bar" "notices" "." "lower"; }
      .drawn .inspector { grid-area: lower; max-height: 55dvh; overflow: auto; z-index: 2; }
      .drawn .strip { max-height: 110px; overflow: hidden; }
      .read .inspector { inset: auto 8px 72px; width: auto; max-height: 60dvh; }
    }`;
}
