/** Tones that the scene draws with; each has the name of its CSS token. */
export const TONES = ["good", "warn", "bad", "muted", "accent", "lit", "text", "line", "bg"] as const;

/** A color by its meaning. */
export type Tone = (typeof TONES)[number];
/** Red, green and blue from 0 to 1. */
export type Rgb = readonly [number, number, number];
/** The colors of the page as it is now. */
export type Palette = Record<Tone, Rgb> & { isDark: boolean };

const BYTE = 255;
const MID_GRAY = 0.5;

/** Read the CSS tokens as the page shows them now, through a child of `host`. */
export function readPalette(host: ParentNode & Node): Palette {
  const probe = document.createElement("i");
  probe.hidden = true;
  host.appendChild(probe);
  const colors = Object.fromEntries(
    TONES.map((tone) => {
      probe.style.setProperty("color", `var(--${tone})`);
      return [tone, parseColor(getComputedStyle(probe).color)];
    }),
  ) as Record<Tone, Rgb>;
  probe.remove();
  return { ...colors, isDark: colors.bg[1] < MID_GRAY };
}

/** The numbers of `rgb(1, 2, 3)` or `color(srgb 0.1 0.2 0.3)`; gray for anything else. */
export function parseColor(text: string): Rgb {
  const [red, green, blue] = (text.match(/[\d.]+/g) ?? []).map(Number);
  if (red === undefined || green === undefined || blue === undefined) return [MID_GRAY, MID_GRAY, MID_GRAY];
  return text.startsWith("color(") ? [red, green, blue] : [red / BYTE, green / BYTE, blue / BYTE];
}
