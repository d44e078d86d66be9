import { css } from "lit";

/** How the house is laid out. */
export function houseStyles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 18px; align-content: start; padding-bottom: 24px; }
    .top { gap: 10px; } .summary { min-width: 160px; }
    .find { position: relative; width: min(260px, 100%); color: var(--muted); } .find svg { position: absolute; inset: 0 auto 0 10px; margin-block: auto; } .find input { padding-inline-start: 34px; border-radius: 99px; }
    .chips { gap: 6px; flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; margin-inline: -4px; padding: 3px 4px; }
    .chip { border-radius: 99px; min-height: 36px; padding: 0 14px; font-size: 14px; border: 1px solid var(--line); display: inline-flex; align-items: center; gap: 5px; color: var(--text); text-decoration: none; flex: none; background: var(--raised); }
    .chip[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
    .stale { display: flex; align-items: center; gap: 8px; padding: 9px 12px; border-radius: var(--radius); background: var(--warn-soft); color: var(--warn); }
    .floor { margin: 10px 0 -2px; color: var(--muted); font-weight: 600; font-size: 14px; letter-spacing: 0.04em; text-transform: uppercase; }
    section { display: grid; gap: 8px; content-visibility: auto; contain-intrinsic-size: auto 220px; margin: -24px -12px; padding: 24px 12px; } .floor + section { margin-top: -32px; }
    h3 a { color: inherit; text-decoration: none; } h3 a:hover { text-decoration: underline; } h3.row { gap: 6px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(230px, 100%), 1fr)); gap: 12px; }
    .ghost { height: 108px; border-radius: 16px; background: var(--sunken); animation: wait 1.4s ease-in-out infinite; }
    @keyframes wait { 50% { opacity: 0.5; } }
    @media (max-width: 719px) { .find { width: 100%; order: 3; } .tiles { grid-template-columns: repeat(auto-fill, minmax(min(160px, 100%), 1fr)); gap: 9px; } }
  `;
}
