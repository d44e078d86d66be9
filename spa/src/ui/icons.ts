import { html, svg, type TemplateResult } from "lit";

const PATHS = {
  scene: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5",
  house: "M3 11l9-8 9 8M5 9.5V20h14V9.5M10 20v-6h4v6",
  chat: "M4 5h16v11H9l-5 4z",
  agents:
    "M12 4a3 3 0 110 6 3 3 0 010-6zM5 14a2.5 2.5 0 110 5 2.5 2.5 0 010-5zM19 14a2.5 2.5 0 110 5 2.5 2.5 0 010-5zM10.5 9.5L6.5 14M13.5 9.5l4 4.5",
  rules: "M5 5h6v5H5zM13 14h6v5h-6zM8 10v6h5M11 7.5h8v6.5",
  costs: "M12 3v18M16.5 7.5c-1-1.5-2.5-2-4.5-2-2.5 0-4 1.2-4 3 0 4.5 9 2 9 6.5 0 2-1.8 3.5-5 3.5-2.3 0-4-.8-5-2.5",
  nodes: "M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01",
  topics: "M4 9h16M4 15h16M10 3L8 21M16 3l-2 18",
  alerts: "M12 4a5.5 5.5 0 015.5 5.500c0 5 2 6.5 2 6.500h-15s2-1.5 2-6.500A5.5 5.5 0 0112 4zM10 19.500a2 2 0 004 0",
  settings:
    "M12 9a3 3 0 110 6 3 3 0 010-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.600l2.1 2.100M16.3 16.300l2.1 2.100M18.4 5.600l-2.1 2.100M7.7 16.300l-2.1 2.1",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8z",
  send: "M4 12l16-8-6 16-3-6z",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.500l4.5 4.500L19 7.5",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 110 14 7 7 0 010-14zM20 20l-4-4",
  mic: "M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM6 11a6 6 0 0012 0M12 17v4",
  speaker: "M4 9h4l5-4v14l-5-4H4zM16 9a4 4 0 010 6M18.5 6.500a8 8 0 010 11",
  clip: "M8 12l6-6a3.5 3.5 0 015 5l-8 8a5 5 0 01-7-7l7-7",
  play: "M7 4l13 8-13 8z",
  pause: "M8 5v14M16 5v14",
  restart: "M20 12a8 8 0 11-2.5-5.800M20 3v5h-5",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  light: "M9 18h6M10 21h4M12 3a6 6 0 016 6c0 3-2.5 4-3 6H9c-.5-2-3-3-3-6a6 6 0 016-6z",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  filter: "M4 5h16l-6 8v6l-4-2v-4z",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  chevron: "M9 5l7 7-7 7",
} as const;

/** The icons there are. */
export type IconName = keyof typeof PATHS;

/** An icon in the color of its text; decoration only, so a label must stand beside it or on its button. */
export function icon(name: IconName, size = 20): TemplateResult {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name]}></path>`}</svg>`;
}
