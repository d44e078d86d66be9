import type { Box } from "./declutter";
import type { Share } from "./rig";

/** A free part of the screen, and how far its middle is from the screen's, in halves of the screen: right and up. */
export interface Free extends Share {
  shift: readonly [number, number];
}

const LEAST = 0.3;
const STEPS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Parts of the screen that leave out what lies along its upper edge, and more or less of what lies in a corner from the side and from below. */
export function freeParts(covered: readonly Box[], width: number, height: number): Free[] {
  const top = Math.max(0, ...covered.filter((box) => box.top <= 0).map((box) => box.bottom));
  const corners = covered.filter((box) => box.top > 0);
  const left = Math.max(0, ...corners.map((box) => box.right));
  const over = height - Math.min(height, ...corners.map((box) => box.top));
  const steps = corners.length ? STEPS : [0];
  return steps.flatMap((across) =>
    steps.map((up) => part({ left: left * across, top, right: width, bottom: height - over * up }, width, height)),
  );
}

function part(box: Box, width: number, height: number): Free {
  const share = { width: (box.right - box.left) / width, height: (box.bottom - box.top) / height };
  const shift = [(box.left + box.right) / width - 1, 1 - (box.top + box.bottom) / height] as const;
  return { width: Math.max(LEAST, share.width), height: Math.max(LEAST, share.height), shift };
}
