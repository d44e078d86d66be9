import { css } from "lit";

/** How a question that waits for a yes looks. */
export function approvalStyles(): ReturnType<typeof css> {
  return css`
    :host { display: contents; }
    dialog { width: min(560px, calc(100vw - 24px)); max-height: calc(100dvh - 24px); padding: 0; border: 1px solid var(--warn); border-top: 5px solid var(--warn); border-radius: var(--radius); background: var(--surface); color: var(--text); box-shadow: 0 12px 48px rgb(0 0 0 / 35%); }
    dialog[open] { display: grid; grid-template-rows: auto minmax(0, 1fr) auto auto auto; animation: in 0.18s ease-out; }
    dialog::backdrop { background: rgb(0 0 0 / 50%); }
    .asked { padding: 14px 18px 10px; flex-wrap: nowrap; align-items: flex-start; gap: 14px; }
    h2 { font-size: 21px; margin: 2px 0 4px; } h2:focus { outline: none; }
    .body { padding: 0 18px 12px; overflow: auto; }
    .lines { margin: 0; padding: 0; list-style: none; display: grid; gap: 6px; }
    .lines li { padding: 8px 12px; border-radius: var(--radius-small); background: var(--sunken); overflow-wrap: anywhere; }
    .told { white-space: pre-line; }
    details pre { max-height: 34vh; margin-top: 6px; } summary { cursor: pointer; color: var(--muted); font-size: 13px; }
    .error { margin: 0 18px 10px; }
    .answers { padding: 12px 18px; gap: 10px; border-top: 1px solid var(--line); align-items: flex-end; }
    .answers button { min-height: 52px; font-size: 17px; flex: 1 1 130px; } .pin { flex: 1 1 100%; } .pin input { min-height: 48px; font-size: 20px; letter-spacing: 0.25em; }
    .end { padding: 4px 10px 8px 18px; } .end .row { gap: 2px; } .back svg { transform: scaleX(-1); }
    dialog > p.muted { padding: 10px 18px; }
    .ring { flex: none; } .ring circle { fill: none; stroke-width: 5; } .whole { stroke: var(--line); }
    .left { stroke: var(--accent); transform: rotate(-90deg); transform-origin: 30px 30px; transition: stroke-dashoffset 0.5s linear; stroke-linecap: round; } .late .left { stroke: var(--bad); }
    .ring text { font: 600 14px var(--font); fill: var(--text); font-variant-numeric: tabular-nums; }
    .pill { display: flex; margin: 6px auto; max-width: calc(100% - 24px); min-height: 44px; border-radius: 99px; background: var(--warn-soft); border-color: var(--warn); color: var(--warn); font-weight: 600; box-shadow: var(--shadow); font-variant-numeric: tabular-nums; }
    @keyframes in { from { opacity: 0; transform: translateY(10px) scale(0.98); } }
  `;
}
