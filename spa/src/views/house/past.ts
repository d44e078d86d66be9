/** A state that a thing took, at a moment (epoch seconds). */
export interface Change {
  t: number;
  state: string;
}

/** What was recorded of a thing: every change, and its values where it has numbers. */
export interface Past {
  changes: readonly Change[];
  numbers: readonly (readonly [number, number])[];
}

const SHOWN = 40;
const HALF = 2;

/** Read what the gateway tells of the past; nothing when it does not. */
export function pastOf(answer: unknown): Past {
  const given = (answer as { points?: unknown } | null)?.points;
  const changes = (Array.isArray(given) ? given : []).filter(isChange);
  const numbers = changes
    .filter((one) => one.state !== "" && !Number.isNaN(Number(one.state)))
    .map((one) => [one.t, Number(one.state)] as const);
  return { changes, numbers: numbers.length * HALF >= changes.length ? numbers : [] };
}

/** The last changes of the state, newest first; the same state twice is one. */
export function steps(changes: readonly Change[]): readonly Change[] {
  return changes
    .filter((one, at) => one.state !== changes[at - 1]?.state)
    .slice(-SHOWN)
    .reverse();
}

function isChange(value: unknown): value is Change {
  const one = value as Change | null;
  return typeof one?.t === "number" && typeof one.state === "string";
}
