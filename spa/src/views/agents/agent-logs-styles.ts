import { css } from "lit";

/** Styles of an agent's log. */
export const logStyles = css`
  .tools { margin-bottom: 8px; } .tools select { width: auto; } .tools input { flex: 1 1 160px; }
  .frame { position: relative; }
  .lines { height: clamp(220px, calc(100dvh - 390px), 900px); overflow: auto; overscroll-behavior: contain; background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius-small); padding: 6px 0; font: 13px/1.5 var(--mono); }
  .line { display: grid; grid-template-columns: 8.5ch 8ch minmax(0, 1fr); gap: 0 10px; padding: 1px 12px; }
  .line:hover { background: var(--surface); }
  time { color: var(--muted); } .level { color: var(--muted); }
  .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; min-width: 0; }
  .is-warning .level { color: var(--warn); } .is-error .level, .is-error .text { color: var(--bad); } .is-debug .text { color: var(--muted); }
  .event { font-family: var(--font); color: var(--accent); } .event .text { font-weight: 600; }
  .trace { margin: 4px 0; background: var(--surface); color: var(--text); max-height: 240px; }
  .whole, .earlier { min-height: 24px; padding: 0 6px; color: var(--accent); font-size: 12px; }
  .earlier { display: block; margin: 0 auto 4px; }
  .below { position: absolute; bottom: 12px; left: 50%; translate: -50% 0; box-shadow: var(--shadow); border-radius: 99px; } .below .icon { transform: rotate(90deg); }
  .count { margin-top: 6px; }
  .empty { font-family: var(--font); }
  @media (max-width: 719px) {
    .lines { height: calc(100dvh - 340px); min-height: 260px; font-size: 12px; }
    .line { grid-template-columns: auto 1fr; padding: 3px 8px; border-bottom: 1px solid var(--line); } .text { grid-column: 1 / 3; }
  }
`;
