import { css } from "lit";

/** How rendered markdown looks. */
export function markdownStyles(): ReturnType<typeof css> {
  return css`
    .text { unicode-bidi: plaintext; overflow-wrap: anywhere; }
    .plain { white-space: pre-wrap; }
    .text > * + * { margin-top: 0.55em; }
    .text :is(p, ul, ol, blockquote, pre, table, h3, h4, h5) { margin-bottom: 0; }
    .text > :first-child { margin-top: 0; }
    ul, ol { margin: 0; padding-inline-start: 1.35em; } li + li { margin-top: 0.15em; }
    h3 { font-size: 16px; } h4, h5 { font-size: 15px; }
    blockquote { margin-inline: 0; padding-inline-start: 12px; border-inline-start: 3px solid var(--line); color: var(--muted); }
    code { font-family: var(--mono); font-size: 0.9em; background: var(--sunken); padding: 1px 5px; border-radius: 4px; }
    pre code { padding: 0; background: none; font-size: inherit; }
    .code { position: relative; }
    .code pre { padding-top: 32px; direction: ltr; text-align: left; white-space: pre; }
    .code button { position: absolute; inset: 3px 4px auto auto; min-height: 26px; padding: 0 9px; font-size: 12px; color: var(--muted); background: var(--surface); }
    @media (max-width: 719px), (pointer: coarse) { .code pre { padding-top: 50px; } }
    .table { overflow-x: auto; } table { width: auto; min-width: 50%; }
    hr { border: 0; border-top: 1px solid var(--line); }
    a { overflow-wrap: anywhere; }
  `;
}
