import { css } from "lit";

/** How the place where people type looks. */
export function composerStyles(): ReturnType<typeof css> {
  return css`
    :host { padding: 8px 12px calc(10px + env(safe-area-inset-bottom)); }
    .reading { padding: 10px 12px; border-radius: var(--radius); background: var(--sunken); color: var(--muted); }
    form { position: relative; border: 1px solid var(--line); border-radius: 14px; background: var(--raised); padding: 4px; box-shadow: var(--shadow); }
    form:focus-within { border-color: var(--accent); } form.over { border-style: dashed; border-color: var(--accent); background: var(--accent-soft); }
    textarea { border: 0; background: none; resize: none; min-height: 38px; max-height: 220px; padding: 8px 10px 4px; outline-offset: -2px; }
    textarea:focus-visible { outline: none; }
    .tools { gap: 2px; flex-wrap: nowrap; padding: 0 2px 2px; } .tools .icon { border-radius: 10px; }
    .tool { display: inline-flex; align-items: center; justify-content: center; width: 36px; height: 36px; border-radius: 10px; color: var(--text); cursor: pointer; }
    .tool:hover { background: var(--sunken); } .tool:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
    .on { color: var(--bad); animation: beat 1.2s ease-in-out infinite; }
    ul { margin: 0; padding: 0; list-style: none; }
    #options { position: absolute; inset-inline: -1px; bottom: calc(100% + 6px); max-height: 300px; overflow: auto; padding: 4px; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); z-index: 4; }
    #options li { display: flex; gap: 10px; align-items: baseline; padding: 7px 10px; border-radius: var(--radius-small); cursor: pointer; }
    #options b { font-weight: 600; white-space: nowrap; } #options span { min-width: 0; font-size: 13px; }
    #options li:hover { background: var(--sunken); } #options li[aria-selected="true"] { background: var(--accent-soft); }
    .files { display: flex; flex-wrap: wrap; gap: 6px; padding: 6px 6px 2px; }
    .chip { display: inline-flex; align-items: center; gap: 6px; max-width: 100%; padding-inline-start: 10px; border: 1px solid var(--line); border-radius: 99px; background: var(--surface); }
    .chip .clip { max-width: 160px; } .chip button { width: 28px; min-height: 28px; } .chip.bad { border-color: var(--bad); color: var(--bad); }
    @keyframes beat { 50% { opacity: 0.45; } }
    @media (pointer: coarse) { textarea { font-size: 16px; } }
  `;
}
