import type { RoomEntity } from "../../contracts/rest";

const WARM = [255, 196, 92] as const;
const FULL = 255;
const LEAST = 0.35;

/** Red, green and blue of a lit lamp, and how strong it glows (0 to 1); null when it is dark. */
export function glowOf(entity: RoomEntity): { rgb: readonly [number, number, number]; strength: number } | null {
  if (entity.domain !== "light" || entity.state !== "on") return null;
  const brightness = Number(entity.attributes["brightness"] ?? FULL);
  const strength = LEAST + (1 - LEAST) * Math.min(1, Math.max(0, brightness / FULL));
  return { rgb: colorOf(entity.attributes), strength };
}

function colorOf(attributes: Record<string, unknown>): readonly [number, number, number] {
  const rgb = attributes["rgb_color"];
  if (Array.isArray(rgb) && rgb.length === 3 && rgb.every((one) => typeof one === "number")) {
    return rgb as unknown as readonly [number, number, number];
  }
  const kelvin = Number(attributes["color_temp_kelvin"] ?? 0);
  return kelvin > 0 ? ofKelvin(kelvin) : WARM;
}

/** The color of white light of a temperature: a straight line from candle to sky is near enough for a glow. */
export function ofKelvin(kelvin: number): readonly [number, number, number] {
  const [WARMEST, COLDEST] = [2_000, 6_500];
  const share = Math.min(1, Math.max(0, (kelvin - WARMEST) / (COLDEST - WARMEST)));
  const mix = (from: number, to: number): number => Math.round(from + (to - from) * share);
  return [mix(255, 214), mix(170, 230), mix(70, 255)];
}
