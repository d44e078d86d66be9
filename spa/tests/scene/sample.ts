import type { AgentView } from "../../src/contracts/rest";
import type { Body, Facts } from "../../src/scene/facts";
import type { Palette } from "../../src/scene/palette";

/** An agent that runs and beats at second 1000. */
export function agent(name: string, change: Partial<AgentView> = {}): AgentView {
  return {
    id: `id-${name}`,
    name,
    state: "running",
    protected: false,
    essential: false,
    agentType: "service",
    description: "",
    node: "",
    last_seen: 1000,
    ...change,
  };
}

/** A body that stands still. */
export function body(key: string, change: Partial<Body> = {}): Body {
  const seat = { x: 1, y: 1, z: 1 };
  const look = { size: 0.5, tone: "good", style: "solid", cost: 0, isActive: false, isDim: false } as const;
  return { key, kind: "agent", label: key, seat, ...look, ...change };
}

/** Facts with these bodies. */
export function factsOf(bodies: Body[]): Facts {
  return { bodies, areas: [], sectors: [], ring: 10, radius: 12 };
}

/** Every tone another gray. */
export const PALETTE: Palette = {
  good: [0.1, 0.1, 0.1],
  warn: [0.2, 0.2, 0.2],
  bad: [0.3, 0.3, 0.3],
  muted: [0.4, 0.4, 0.4],
  accent: [0.5, 0.5, 0.5],
  lit: [0.6, 0.6, 0.6],
  text: [0.7, 0.7, 0.7],
  line: [0.8, 0.8, 0.8],
  bg: [0.9, 0.9, 0.9],
  isDark: false,
};
