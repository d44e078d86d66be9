import { css } from "lit";

/** Styles that every element has: buttons, fields, tables, badges, cards. */
export const shared = css`
  :host { display: block; }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3 { margin: 0; line-height: 1.25; font-weight: 650; }
  h1 { font-size: 22px; } h2 { font-size: 17px; } h3 { font-size: 15px; }
  p { margin: 0; }
  a { color: var(--accent); }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
  button, .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 36px; padding: 0 14px;
    border: 1px solid var(--line); border-radius: var(--radius-small); background: var(--raised); color: var(--text);
    font: inherit; cursor: pointer; text-decoration: none; white-space: nowrap;
  }
  button:hover:not(:disabled) { border-color: var(--accent); }
  button:disabled { opacity: 0.55; cursor: not-allowed; }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  button.danger { background: var(--bad-soft); border-color: var(--bad); color: var(--bad); }
  button.quiet { background: none; border-color: transparent; }
  button.icon { padding: 0; width: 36px; }
  input, select, textarea {
    width: 100%; min-height: 36px; padding: 6px 10px; border: 1px solid var(--line); border-radius: var(--radius-small);
    background: var(--surface); color: var(--text); font: inherit;
  }
  input[type="checkbox"], input[type="radio"], input[type="range"] { width: auto; min-height: 0; padding: 0; accent-color: var(--accent); }
  textarea { min-height: 90px; resize: vertical; }
  label { display: block; font-size: 13px; color: var(--muted); }
  .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 14px 16px; }
  .row { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
  .spread { justify-content: space-between; }
  .stack { display: grid; gap: var(--gap); align-content: start; }
  .grow { flex: 1; min-width: 0; }
  .muted { color: var(--muted); } .small { font-size: 13px; } .mono { font-family: var(--mono); font-size: 13px; }
  .clip { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .foreign { unicode-bidi: isolate; overflow-wrap: anywhere; }
  .badge { display: inline-flex; align-items: center; gap: 5px; padding: 1px 8px; border-radius: 99px; font-size: 12px; background: var(--sunken); color: var(--muted); white-space: nowrap; }
  .badge.good { background: var(--good-soft); color: var(--good); } .badge.warn { background: var(--warn-soft); color: var(--warn); }
  .badge.bad { background: var(--bad-soft); color: var(--bad); } .badge.accent { background: var(--accent-soft); color: var(--accent); }
  .dot { width: 8px; height: 8px; border-radius: 50%; background: currentColor; flex: none; }
  .empty { color: var(--muted); padding: 24px; text-align: center; }
  .error { color: var(--bad); background: var(--bad-soft); border-radius: var(--radius-small); padding: 8px 12px; }
  table { width: 100%; border-collapse: collapse; font-size: 14px; }
  th { text-align: start; font-weight: 600; color: var(--muted); font-size: 12px; }
  th, td { padding: 7px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
  td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; }
  pre { margin: 0; overflow: auto; font: 13px/1.5 var(--mono); background: var(--sunken); padding: 10px 12px; border-radius: var(--radius-small); }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  /* For fingers no control is smaller than 44 pixels; ".reach" is a link that stands alone, ".little" a button whose room reaches beyond it. */
  @media (max-width: 719px), (pointer: coarse) {
    button, .button, .chip, select, textarea, input:not([type="checkbox"], [type="radio"]) { min-height: 44px !important; }
    button, .button, .chip, .reach { min-width: 44px; }
    summary { padding-block: 11px !important; min-height: 44px; }
    label:has(> :is([type="checkbox"], [type="radio"])) { min-height: 44px !important; align-items: center; }
    :is([type="checkbox"], [type="radio"]) { flex: none; width: 20px !important; height: 20px; }
    .reach { display: inline-flex; align-items: center; min-height: 44px; margin-block: -10px !important; }
    :is(td, li, .row) > .reach, h2 .reach, h3 .reach { margin-block: -6px !important; }
    button.little { min-height: 26px !important; position: relative; }
    button.little::after { content: ""; position: absolute; inset: -11px 0; }
  }
  @media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
`;
