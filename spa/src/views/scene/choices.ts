import type { Grouping } from "../../scene/gather";
import { Preference, motion as wished } from "../../state/preferences";

/** Ways to show the same facts. */
export type Theme = "space" | "graph" | "cards" | "flat";

/** All ways, in the order of the switch. */
export const THEMES = ["space", "graph", "cards", "flat"] as const;
/** All ways to put agents together. */
export const GROUPINGS = ["node", "kind", "room"] as const;

const PHONE = "(max-width: 719px)";

/** The way a person chose; auto until then. */
export const chosenTheme = new Preference<Theme | "auto">("scene.theme", ["auto", ...THEMES], "auto");
/** How agents are put together. */
export const grouping = new Preference<Grouping>("scene.grouping", GROUPINGS, "node");
/** Whether the scene moves. */
export const motion = new Preference<"on" | "off">("scene.motion", ["on", "off"], "on");

/** The way to show things: what was chosen, else by what this browser can do. */
export function themeFor(chosen: Theme | "auto", canDraw: boolean): Theme {
  const needsDrawing = chosen === "space" || chosen === "graph";
  if (chosen !== "auto" && (canDraw || !needsDrawing)) return chosen;
  return canDraw && !window.matchMedia(PHONE).matches ? "space" : "flat";
}

/** Whether this browser draws WebGL at all. */
export function canDraw(): boolean {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

/** Whether nothing shall move by itself: the system or the settings ask for less motion. */
export function isStill(): boolean {
  return wished.value === "less" || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
