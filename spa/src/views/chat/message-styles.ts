import { css } from "lit";

/** How messages look. */
export function messageStyles(): ReturnType<typeof css> {
  return css`
    .items, .item, .theirs { grid-template-columns: minmax(0, 1fr); }
    .items { display: grid; gap: 18px; padding: 14px 14px 8px; align-content: start; }
    .item { display: grid; gap: 8px; min-width: 0; }
    .mine { justify-self: end; display: grid; justify-items: end; gap: 4px; max-width: 88%; min-width: 0; }
    .bubble { padding: 8px 13px; border-radius: 16px 16px 4px 16px; background: var(--accent-soft); white-space: pre-wrap; unicode-bidi: plaintext; max-height: 40vh; overflow: auto; }
    .files .clip { max-width: 180px; }
    .theirs { min-width: 0; display: grid; gap: 6px; padding-inline-start: 12px; border-inline-start: 3px solid var(--line); }
    .theirs.bad { border-color: var(--bad); } .theirs.warn { border-color: var(--warn); } .theirs.over:not(.bad, .warn) { border-color: var(--accent); }
    .plain { display: grid; gap: 8px; min-width: 0; } .plain p { white-space: pre-wrap; unicode-bidi: plaintext; } .plain ul { margin: 0; padding-inline-start: 1.2em; } .plain li { margin-block: 2px; }
    .code { position: relative; min-width: 0; } .code button { position: absolute; inset: 6px 6px auto auto; width: 28px; background: var(--surface); color: var(--muted); }
    .outcome { font-weight: 600; }
    .told { display: grid; gap: 4px; padding: 9px 12px; border-radius: var(--radius); background: var(--warn-soft); }
    .told.bad { background: var(--bad-soft); }
    .meta { gap: 8px; min-height: 26px; } .meta .little { min-height: 26px; width: 28px; color: var(--muted); }
    .price { font-variant-numeric: tabular-nums; }
    .state { display: flex; align-items: center; gap: 8px; min-height: 22px; } .state svg { flex: none; } .state.warn { color: var(--warn); }
    .steps { list-style: none; margin: 0; padding: 0; display: grid; gap: 4px; color: var(--muted); }
    .steps li { display: flex; gap: 8px; align-items: baseline; }
    .mark { flex: none; width: 9px; height: 9px; border-radius: 50%; border: 2px solid var(--good); background: var(--good); }
    .now { color: var(--text); } .now .mark { background: none; border-color: var(--accent); border-top-color: transparent; animation: turn 0.9s linear infinite; }
    details summary { cursor: pointer; } details[open] .steps { margin-top: 6px; }
    .typing { display: inline-flex; gap: 4px; } .typing i { width: 6px; height: 6px; border-radius: 50%; background: var(--accent); animation: hop 1s ease-in-out infinite; }
    .typing i:nth-child(2) { animation-delay: 0.15s; } .typing i:nth-child(3) { animation-delay: 0.3s; }
    .hello { display: grid; gap: 10px; align-content: end; min-height: 100%; padding: 20px 14px 10px; }
    .items + .hello { min-height: 0; } .hello .stack { gap: 8px; }
    .example { justify-content: flex-start; text-align: start; white-space: normal; min-height: 44px; padding: 8px 12px; border-radius: 12px; line-height: 1.35; }
    .example svg { flex: none; color: var(--accent); }
    .jump { position: sticky; bottom: 8px; left: 50%; transform: translateX(-50%); width: max-content; border-radius: 99px; box-shadow: var(--shadow); font-size: 13px; min-height: 32px; }
    @keyframes turn { to { transform: rotate(1turn); } }
    @keyframes hop { 30% { transform: translateY(-4px); opacity: 0.6; } 60% { transform: none; } }
  `;
}
