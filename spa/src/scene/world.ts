import { onSignal, type Signal } from "../state/flows";
import { Arcs } from "./arcs";
import { Bodies } from "./bodies";
import type { Box } from "./declutter";
import type { Facts } from "./facts";
import { floorOf } from "./floor";
import type { Frame } from "./frame";
import { Gestures } from "./gestures";
import { Labels } from "./labels";
import { labelsOf, pick } from "./looking";
import { type FrameFigures, Loop } from "./loop";
import { Painting } from "./painting";
import { type Palette, readPalette } from "./palette";
import { type Level, Quality } from "./quality";
import { Recent } from "./recent";
import type { View } from "./rig";
import { Sight } from "./sight";

const BEATING_MS = 50;
const SOFTWARE = /swiftshader|llvmpipe|software|microsoft basic/i;

/** What the scene tells its view. */
export interface WorldEvents {
  picked(key: string, isDouble: boolean): void;
  /** Detail was changed because frames come late, or in time again. */
  level(level: Level): void;
  /** The browser took the graphics away, or has none. */
  lost(): void;
}

/** The living scene in a canvas: draws only what changes, and only while somebody can see it. */
export class World {
  readonly sight: Sight;
  private readonly painting: Painting;
  private readonly loop: Loop;
  private readonly bodies = new Bodies();
  private readonly arcs = new Arcs();
  private readonly labels: Labels;
  private readonly gestures: Gestures;
  private readonly ends: (() => void)[] = [];
  private facts: Facts = { bodies: [], areas: [], sectors: [], ring: 8, radius: 10 };
  private dim = new Set<string>();
  private palette: Palette;
  private covered: readonly Box[] = [];
  private readonly recent = new Recent();
  private selected = "";
  private hovered = "";
  private isStill = false;
  private isPaused = false;
  /** Names lie where they belong. */
  private isNamed = false;
  private isFloorNew = true;

  /** Throws where canvases cannot be drawn by a thread of their own. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly labelHost: HTMLElement,
    view: View,
    private readonly events: WorldEvents,
  ) {
    this.palette = readPalette(labelHost);
    this.labels = new Labels(labelHost);
    this.painting = new Painting(canvas, {
      ready: (renderer) => this.ready(renderer),
      painted: () => this.loop.goOn(),
      lost: () => events.lost(),
    });
    const draw = (seconds: number, now: number): number => this.draw(seconds, now);
    this.loop = new Loop(
      new Quality(),
      () => this.painting.isBusy,
      draw,
      (level) => this.changeLevel(level),
    );
    this.sight = new Sight(view, () => this.wake());
    this.gestures = new Gestures(canvas, {
      turn: (dx, dy) => this.sight.turn(dx, dy),
      pan: (dx, dy) => this.sight.pan(dx, dy),
      zoom: (factor) => this.sight.zoom(factor),
      tap: (x, y, isDouble) => events.picked(this.find(x, y), isDouble),
      hover: (x, y) => this.hover(x < 0 ? "" : this.find(x, y)),
    });
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(canvas);
    this.ends.push(
      onSignal((signal) => this.hear(signal)),
      () => observer.disconnect(),
    );
  }

  get level(): Level {
    return this.loop.quality.level;
  }

  /** Figures of the frames drawn so far. */
  get figures(): FrameFigures {
    return this.loop.figures;
  }

  /** Show these facts from now on. */
  set(facts: Facts): void {
    this.facts = facts;
    this.dim = new Set(facts.bodies.filter((body) => body.isDim).map((body) => body.key));
    this.bodies.set(facts.bodies, this.rests);
    this.isFloorNew = true;
    if (facts.bodies.length) this.sight.fit(facts.radius, this.covered);
    this.wake();
  }

  /** Leave these parts of the screen free: something lies over them. */
  setCovered(covered: readonly Box[]): void {
    this.covered = covered;
    if (this.facts.bodies.length) this.sight.fit(this.facts.radius, covered);
    this.wake();
  }

  /** Whether motion is unwanted: no motion of the camera, no pulse; messages are lines that light up. */
  setStill(isStill: boolean): void {
    this.isStill = isStill;
    this.sight.setStill(isStill);
    this.wake();
  }

  /** Stand still until told otherwise. */
  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (isPaused) this.arcs.forget();
    this.wake();
  }

  /** Colors of the page have changed. */
  recolor(): void {
    this.palette = readPalette(this.labelHost);
    this.isFloorNew = true;
    this.wake();
  }

  /** Mark a place; `near`: look at it from near by. */
  select(key: string, near: boolean): void {
    this.selected = key;
    const seat = this.bodies.at(key);
    if (seat && near) this.sight.focus(seat);
    this.wake();
  }

  dispose(): void {
    this.loop.dispose();
    for (const end of this.ends) end();
    for (const part of [this.gestures, this.labels, this.painting]) part.dispose();
  }

  private get rests(): boolean {
    return this.isStill || this.isPaused;
  }

  private find(x: number, y: number): string {
    return pick(this.bodies.all(), this.sight.lens, x, y);
  }

  private hover(key: string): void {
    if (key === this.hovered) return;
    this.hovered = key;
    this.canvas.style.setProperty("cursor", key ? "pointer" : "");
    this.wake();
  }

  private hear(signal: Signal): void {
    if (document.hidden || this.isPaused) return;
    if (signal.kind === "died") {
      if (!this.isStill) this.bodies.fall(signal.from);
    } else if (signal.kind === "beat" || signal.kind === "trigger") {
      if (this.isStill || !this.bodies.beat(signal.from)) return;
    } else {
      this.recent.note(signal.from, performance.now());
      this.arcs.add(signal);
    }
    this.loop.wake();
  }

  private ready(renderer: string): void {
    if (SOFTWARE.test(renderer)) this.loop.quality.lower(1);
    this.events.level(this.level);
    this.resize();
    this.loop.goOn();
  }

  private resize(): void {
    const { lens } = this.sight;
    lens.size(this.canvas.clientWidth, this.canvas.clientHeight);
    this.painting.size(lens.width, lens.height, this.loop.quality.detail.scaling);
    if (this.facts.bodies.length) this.sight.fit(this.facts.radius, this.covered);
    this.wake();
  }

  /** Draw a frame; returns the milliseconds until the next one is wanted, 0 when nothing moves. */
  private draw(seconds: number, now: number): number {
    const { detail } = this.loop.quality;
    const turns = this.sight.step(seconds);
    const { isMoving, isBeating } = this.bodies.step(seconds, this.rests);
    this.arcs.step(seconds, detail.arcs, this.rests);
    this.painting.paint(this.frame());
    if (turns || isMoving || !this.isNamed) this.name(detail.labels);
    this.isNamed = !turns && !isMoving;
    if (turns) return detail.handled;
    if (isMoving || this.arcs.isBusy || this.sight.isHandled(now)) return detail.flowing;
    return isBeating ? Math.max(BEATING_MS, detail.flowing) : 0;
  }

  private frame(): Frame {
    const { palette } = this;
    const { lens } = this.sight;
    const isDim = (key: string): boolean => this.dim.has(key);
    const floor = this.isFloorNew ? floorOf(this.facts, palette) : null;
    this.isFloorNew = false;
    return {
      camera: lens.camera,
      right: lens.right,
      up: lens.up,
      pixel: [2 / lens.width, 2 / lens.height],
      isFlat: lens.isFlat,
      colors: { lit: palette.lit, text: palette.text, bg: palette.bg, isDark: palette.isDark },
      bodies: this.bodies.write(palette, (seat) => lens.distance(seat), this.selected, this.hovered),
      arcs: this.arcs.write(palette, (key) => this.bodies.at(key), isDim, this.rests),
      floor,
    };
  }

  private name(most: number): void {
    const { lens } = this.sight;
    const { selected, hovered, covered } = this;
    const lately = this.recent.within(performance.now());
    const { labels, discs } = labelsOf(this.facts, this.bodies, lens, { selected, hovered, lately });
    this.labels.show(labels, most, { width: lens.width, height: lens.height, discs, covered });
  }

  private wake(): void {
    this.isNamed = false;
    this.loop.wake();
  }

  private changeLevel(level: Level): void {
    this.resize();
    this.events.level(level);
  }
}
