import { css } from "lit";

/** How a thing of the house looks. */
export function tileStyles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; grid-template-columns: minmax(0, 1fr); min-width: 0; }
    .tile { position: relative; display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; align-content: start; min-height: 92px; padding: 10px; border: 1px solid var(--line); border-radius: 16px; background: var(--surface); transition: background 0.25s, border-color 0.25s, box-shadow 0.25s; }
    .head { display: flex; gap: 2px; align-items: flex-start; min-width: 0; }
    .tap { position: static; flex: 1; min-width: 0; min-height: 64px; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; align-items: center; justify-content: stretch; justify-items: start; padding: 0 0 0 2px; border: 0; background: none; text-align: start; white-space: normal; touch-action: manipulation; -webkit-touch-callout: none; user-select: none; }
    .tap::before { content: ""; position: absolute; inset: 0; border-radius: inherit; }
    .tap:focus-visible { outline: none; } .tap:focus-visible::before { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 16px; }
    .dots, .asks, .slide, .knobs, .target, .move { position: relative; z-index: 1; }
    .picture { display: grid; place-content: center; width: 48px; height: 48px; border-radius: 14px; background: var(--sunken); color: var(--muted); transition: background 0.25s, color 0.25s; }
    .words { display: grid; min-width: 0; } .name { font-weight: 600; line-height: 1.25; } .state { color: var(--muted); font-size: 14px; line-height: 1.35; } .state b { font-size: 19px; color: var(--text); font-weight: 650; font-variant-numeric: tabular-nums; }
    .dots { color: var(--muted); width: 32px; flex: none; margin: -4px -4px 0 0; } .asks { color: var(--warn); margin-top: 3px; }
    .on .picture { background: var(--accent-soft); color: var(--accent); } .on .state { color: var(--text); }
    .on { border-color: color-mix(in srgb, var(--accent) 45%, var(--line)); }
    .lock.on, .cover.garage.on { border-color: var(--warn); } .lock.on .picture { background: var(--warn-soft); color: var(--warn); }
    .binary_sensor.on .picture { background: var(--warn-soft); color: var(--warn); } .binary_sensor.on { border-color: color-mix(in srgb, var(--warn) 50%, var(--line)); }
    .alarm { border-color: var(--bad); background: var(--bad-soft); } .alarm .picture { background: var(--bad); color: var(--surface); animation: blink 1s infinite; }
    :host([lit]) .tile { border-color: rgb(var(--glow) / 0.85); background: linear-gradient(150deg, rgb(var(--glow) / calc(var(--strength) * 0.42)), rgb(var(--glow) / calc(var(--strength) * 0.1)) 70%), var(--surface); box-shadow: 0 0 calc(var(--strength) * 26px) rgb(var(--glow) / calc(var(--strength) * 0.55)); }
    :host([lit]) .picture { background: rgb(var(--glow)); color: #3a2a00; box-shadow: 0 0 calc(var(--strength) * 22px) rgb(var(--glow) / 0.9); }
    .gone { background: none; border-style: dashed; } .gone .name, .gone .state { color: var(--muted); } .gone .picture { opacity: 0.6; }
    .going .picture { animation: breathe 0.9s ease-in-out infinite; } .waiting { border-color: var(--warn); } .failed { border-color: var(--bad); }
    .told { position: relative; z-index: 1; padding: 3px 9px; border-radius: var(--radius-small); background: var(--sunken); width: max-content; max-width: 100%; }
    .told.waiting { background: var(--warn-soft); color: var(--warn); } .told.bad { background: var(--bad-soft); color: var(--bad); }
    .told.going { position: absolute; inset: auto 10px 8px auto; background: none; color: var(--muted); padding: 0; font-size: 12px; z-index: 0; }
    .slide { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 10px; min-height: 34px; } .slide > span:first-child { display: none; }
    .slide input { width: 100%; height: 30px; cursor: pointer; touch-action: pan-y; } .slide output { min-width: 44px; text-align: end; font-variant-numeric: tabular-nums; color: var(--muted); }
    :host([lit]) .slide input { accent-color: rgb(var(--glow)); } :host([lit]) :is(.state, .slide output, .dots) { color: var(--text); }
    .knobs { gap: 6px; } .knobs button { flex: 1 1 44px; min-height: 42px; padding: 0 8px; border-radius: 10px; white-space: normal; font-size: 13px; line-height: 1.2; } .alarm_control_panel .knobs button { flex-basis: 40%; justify-content: flex-start; }
    .target { gap: 8px; flex-wrap: nowrap; text-align: center; } .target button { width: 46px; min-height: 42px; padding: 0; font-size: 21px; border-radius: 10px; }
    .move { border-top: 1px dashed var(--line); padding-top: 6px; } .slide.move { grid-template-columns: auto minmax(0, 1fr) auto; } .slide.move > span:first-child { display: inline; } .slide.move output { min-width: 0; }
    .move button { min-height: 34px; white-space: normal; line-height: 1.25; padding: 3px 8px; font-size: 13px; width: 100%; border-style: dashed; background: none; }
    .spark { grid-column: 1 / -1; width: 100%; height: 28px; color: var(--accent); opacity: 0.8; }
    @media (max-width: 719px) {
      .tile { min-height: 128px; padding: 10px; } .tap { grid-template-columns: minmax(0, 1fr); gap: 8px; padding: 0; } .picture { width: 44px; height: 44px; }
      .asks { position: absolute; inset: 16px 50px auto auto; } .dots { position: absolute; inset: 4px 4px auto auto; margin: 0; } .name, .state { hyphens: auto; }
    }
    @keyframes breathe { 50% { opacity: 0.35; } } @keyframes blink { 50% { opacity: 0.5; } }
    @media (hover: hover) { .tile:hover { border-color: var(--accent); } }
  `;
}
