import type { Area, Seat, Sector } from "../state/layout";
import type { Tone } from "./palette";

/** What stands at a place. */
export type BodyKind = "agent" | "device" | "bus" | "person" | "ghost";

/** How a body is drawn, so that its state is readable without color too. */
export type Style = "solid" | "hollow" | "paused" | "cross" | "dashed";

/** Everything that is drawn of one place. */
export interface Body {
  key: string;
  kind: BodyKind;
  label: string;
  seat: Seat;
  size: number;
  tone: Tone;
  style: Style;
  /** Share of the highest cost, 0 to 1. */
  cost: number;
  /** It works on something, or a device is on. */
  isActive: boolean;
  /** A filter or search leaves it out. */
  isDim: boolean;
}

/** A group with the name that people read. */
export interface NamedArea extends Area {
  label: string;
}

/** A room of the ring with its name. */
export interface NamedSector extends Sector {
  label: string;
}

/** All that the scene shows at a moment, without what moves. */
export interface Facts {
  bodies: readonly Body[];
  areas: readonly NamedArea[];
  sectors: readonly NamedSector[];
  /** Radius of the rooms' ring. */
  ring: number;
  /** Radius of the circle around everything. */
  radius: number;
}
