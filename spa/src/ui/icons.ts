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
  more: "M4.6 12a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0M11.6 12a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0M18.6 12a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0",
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
  cards: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  graph:
    "M6 4a2 2 0 110 4 2 2 0 010-4zM18 5a2 2 0 110 4 2 2 0 010-4zM11 16a2 2 0 110 4 2 2 0 010-4zM8 6l8 1M7 8l3.500 8M17 9l-5 7",
  frame: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  window: "M4 5h16v14H4zM4 9h16",
  star: "M12 4l2.500 5.200 5.500.7-4 3.900 1 5.700-5-2.800-5 2.800 1-5.700-4-3.900 5.500-.7z",
  thermometer: "M10 4a2 2 0 014 0v9.500a4 4 0 11-4 0zM12 9v8",
  drop: "M12 3c4 5 6 7.500 6 11a6 6 0 01-12 0c0-3.500 2-6 6-11z",
  blinds: "M4 4h16M6 4v14M18 4v14M6 8h12M6 12h12M6 16h12M12 18v3",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 01-12 0zM12 17v4",
  fan: "M12 12m-2 0a2 2 0 104 0 2 2 0 10-4 0M12 10c-3-2-3-6 0-7 3 1 2 5 0 7M14 12c2-3 6-3 7 0-1 3-5 2-7 0M12 14c3 2 3 6 0 7-3-1-2-5 0-7M10 12c-2 3-6 3-7 0 1-3 5-2 7 0",
  motion:
    "M13 4a1.500 1.500 0 110 3 1.500 1.500 0 010-3zM8 21l3-6-2-3 2-4 3 2 3 1M14 21l-1-5-2-2M18 5c1.500 1.500 1.500 4 0 5.500",
  door: "M6 21V3h12v18M3 21h18M14.500 12h.01",
  unlock: "M6 11h12v9H6zM8.500 11V7.500a3.500 3.500 0 016.800-1.200",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  camera: "M4 7h4l2-3h4l2 3h4v12H4zM12 10a3 3 0 110 6 3 3 0 010-6z",
  bell: "M12 4a5.500 5.500 0 015.500 5.500c0 5 2 6.500 2 6.500h-15s2-1.500 2-6.500A5.500 5.500 0 0112 4zM10 19.500a2 2 0 004 0",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z",
  gauge: "M4 17a8 8 0 1116 0M12 17l4-5",
  sun: "M12 8a4 4 0 110 8 4 4 0 010-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  tv: "M3 5h18v12H3zM8 21h8",
  skip: "M6 5l9 7-9 7zM18 5v14",
  previous: "M18 5l-9 7 9 7zM6 5v14",
  mute: "M4 9h4l5-4v14l-5-4H4zM17 9.500l5 5M22 9.500l-5 5",
  up: "M6 14l6-6 6 6",
  down: "M6 10l6 6 6-6",
  question: "M9 9a3 3 0 115 2.200c-1.300.9-2 1.500-2 2.800M12 17.500h.01",
  chevron: "M9 5l7 7-7 7",
} as const;

/** The icons there are. */
export type IconName = keyof typeof PATHS;

/** An icon in the color of its text; decoration only, so a label must stand beside it or on its button. */
export function icon(name: IconName, size = 20): TemplateResult {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name]}></path>`}</svg>`;
}
