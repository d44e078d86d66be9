import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The rows of a long list that are worth drawing, and the pixels that stand for the others. */
export interface Visible {
  from: number;
  to: number;
  before: number;
  after: number;
}

const ALWAYS_DRAWN = 200;
const OVERSCAN = 12;

/** Which rows of equal height lie in view; short lists are drawn whole. `top`: pixels of the list above the view. */
export function visible(count: number, rowHeight: number, top: number, height: number): Visible {
  if (count <= ALWAYS_DRAWN) return { from: 0, to: count, before: 0, after: 0 };
  const from = Math.min(count - 1, Math.max(0, Math.floor(top / rowHeight) - OVERSCAN));
  const to = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  const end = Math.max(to, from + 1);
  return { from, to: end, before: from * rowHeight, after: (count - end) * rowHeight };
}

/** Draws an element again when its list is scrolled, in whatever scrolls around it. */
export class TableWindow implements ReactiveController {
  private scroller: HTMLElement | null = null;
  private asked = 0;

  /** `list` finds the list within the element. */
  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly list: () => HTMLElement | null,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.scroller = scrollerOf(this.host);
    (this.scroller ?? window).addEventListener("scroll", this.moved, { passive: true });
    window.addEventListener("resize", this.moved);
  }

  hostDisconnected(): void {
    (this.scroller ?? window).removeEventListener("scroll", this.moved);
    window.removeEventListener("resize", this.moved);
    cancelAnimationFrame(this.asked);
    this.asked = 0;
  }

  /** The rows to draw now. */
  rows(count: number, rowHeight: number): Visible {
    const list = this.list();
    const height = this.scroller?.clientHeight || window.innerHeight;
    const viewTop = this.scroller?.getBoundingClientRect().top ?? 0;
    const top = list ? viewTop - list.getBoundingClientRect().top : 0;
    return visible(count, rowHeight, Math.max(0, top), height);
  }

  private readonly moved = (): void => {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.host.requestUpdate();
    });
  };
}

function scrollerOf(element: HTMLElement): HTMLElement | null {
  let at: Node | null = element;
  while (at) {
    if (at instanceof HTMLElement && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
    at = (at as Element).assignedSlot ?? at.parentNode ?? (at as ShadowRoot).host ?? null;
  }
  return null;
}
