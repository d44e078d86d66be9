import { css } from "lit";

/** Pixels of a row on wide pages and of a card on narrow ones; the styles below say the same. */
export const HEIGHTS = { wide: 52, narrow: 98 } as const;

/** Styles of the list of agents. */
export const listStyles = css`
  .tools { margin-bottom: 10px; }
  .tools input { flex: 1 1 180px; min-width: 0; } .tools select { width: auto; max-width: 46%; }
  .totals { gap: 4px 16px; margin-bottom: 8px; font-variant-numeric: tabular-nums; }
  .list { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; }
  .line { display: grid; grid-template-columns: minmax(150px, 2.2fr) minmax(104px, 1fr) 72px 76px 84px 56px 70px minmax(120px, 2.2fr); gap: 0 12px; align-items: center; height: 52px; padding: 0 14px; border-bottom: 1px solid var(--line); position: relative; overflow: hidden; }
  .line:last-child { border-bottom: 0; }
  .line:hover:not(.head, .heading) { background: var(--sunken); }
  .line > * { min-width: 0; }
  .head { height: 36px; font-size: 12px; color: var(--muted); }
  .head button { min-height: 28px; padding: 0; border: 0; background: none; color: inherit; font-weight: 600; font-size: 12px; gap: 3px; }
  .head .number { justify-self: end; }
  .heading { display: flex; align-items: end; gap: 8px; padding-bottom: 8px; background: var(--bg); }
  .heading h2 { font-size: 14px; }
  .number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
  .who a { display: block; color: var(--text); font-weight: 600; text-decoration: none; } .who a::after { content: ""; position: absolute; inset: 0; }
  .who a:focus-visible { outline: none; } .line:has(a:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; }
  .sub { font-size: 12px; color: var(--muted); line-height: 1.3; }
  .bad { color: var(--bad); }
  .sign { font-size: 9px; width: 0; overflow: visible; }
  .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  .narrow .tools { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .narrow .tools input { grid-column: span 5; } .narrow .tools select { max-width: none; width: 100%; grid-column: span 2; padding-inline: 6px; } .narrow .tools .button { grid-row: 1; grid-column: 6; padding: 0; } .narrow .tools .button span { display: none; }
  .only-narrow { display: none; }
  .narrow .head { display: none; } .narrow .only-narrow { display: block; }
  .narrow .line:not(.heading) { height: 98px; grid-template: auto auto auto 1fr / 1fr auto; gap: 1px 10px; align-content: center; padding: 8px 12px; }
  .narrow .line.heading { height: 98px; padding-bottom: 10px; }
  .narrow .short .line.heading { height: 44px; }
  .narrow .who { grid-area: 1 / 1; } .narrow .what { grid-area: 1 / 2; justify-self: end; }
  .narrow .figures { display: flex; flex-wrap: wrap; gap: 0 12px; grid-area: 3 / 1 / 4 / 3; font-size: 12px; color: var(--muted); max-height: 19px; overflow: hidden; }
  .narrow .did { grid-area: 4 / 1 / 5 / 3; }
  .narrow .line > .number { display: none; }
  .narrow .did { display: flex; align-items: baseline; gap: 8px; overflow: hidden; } .narrow .did .clip { flex: 0 1 auto; } .narrow .did .sub { flex: none; }
`;
