import { onSignal, type Signal } from "../state/flows";
import { Arcs } from "./arcs";
import { Bodies } from "./bodies";
import type { Facts } from "./facts";
import { Floor } from "./floor";
import { type GestureEvents, Gestures } from "./gestures";
import { Labels } from "./labels";
import { labelsOf, pick } from "./looking";
import { type FrameFigures, Loop } from "./loop";
import { type Palette, readPalette } from "./palette";
import { type Level, Quality } from "./quality";
import { Rig, type View } from "./rig";
import { Stage } from "./stage";

const BEATING_MS = 50;
const HANDLED_FOR_MS = 1_500;
const FIRST_STEP_S = 0.016;
const KEY_STEP_PX = 28;
const MARGIN = 1.6;
const SOFTWARE = /swiftshader|llvmpipe|software|microsoft basic/i;

/** What the scene tells its view. */
export interface WorldEvents {
  picked(key: string, isDouble: boolean): void;
  /** Detail was changed because frames come late, or in time again. */
  level(level: Level): void;
  /** The browser took the graphics away. */
  lost(): void;
}

/** The living scene in a canvas: draws only what changes, and only while somebody can see it. */
export class World {
  private readonly stage: Stage;
  private readonly loop: Loop;
  private readonly rig = new Rig();
  private readonly bodies: Bodies;
  private readonly arcs: Arcs;
  private readonly floor: Floor;
  private readonly labels: Labels;
  private readonly gestures: Gestures;
  private readonly ends: (() => void)[] = [];
  private facts: Facts = { bodies: [], areas: [], sectors: [], radius: 10 };
  private dim = new Set<string>();
  private palette: Palette;
  private selected = "";
  private hovered = "";
  private isStill = false;
  private isPaused = false;
  private handledAt = Number.NEGATIVE_INFINITY;
  /** A person has moved the camera: it is not moved for them any more. */
  private isTouched = false;
  private isFitted = false;
  /** Names lie where they belong. */
  private isNamed = false;

  /** Throws where there is no WebGL. */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly labelHost: HTMLElement,
    view: View,
    private readonly events: WorldEvents,
  ) {
    this.stage = new Stage(canvas, () => events.lost());
    this.rig.view = view;
    this.palette = readPalette(labelHost);
    this.bodies = new Bodies(this.stage.scene);
    this.arcs = new Arcs(this.stage.scene);
    this.floor = new Floor(this.stage.scene);
    this.labels = new Labels(labelHost);
    const quality = new Quality(SOFTWARE.test(this.stage.renderer) ? 1 : 0);
    const draw = (seconds: number, now: number): number => this.draw(seconds, now);
    this.loop = new Loop(quality, draw, (level) => this.changeLevel(level));
    this.stage.scale(quality.detail.scaling);
    this.gestures = new Gestures(canvas, this.handed());
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

  /** Frames drawn so far. */
  get figures(): FrameFigures {
    return this.loop.figures;
  }

  /** Show these facts from now on. */
  set(facts: Facts): void {
    this.facts = facts;
    this.dim = new Set(facts.bodies.filter((body) => body.isDim).map((body) => body.key));
    this.bodies.set(facts.bodies, this.rests);
    this.floor.write(facts, this.palette);
    this.fit();
    this.wake();
  }

  /** Whether motion is unwanted: no motion of the camera, no pulse; messages are lines that light up. */
  setStill(isStill: boolean): void {
    this.isStill = isStill;
    this.rig.isStill = isStill;
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
    this.floor.write(this.facts, this.palette);
    this.wake();
  }

  /** Mark a place; `near`: look at it from near by. */
  select(key: string, near: boolean): void {
    this.selected = key;
    const seat = this.bodies.at(key);
    if (seat && near) {
      this.rig.focus(seat);
      this.isTouched = true;
    }
    this.wake();
  }

  /** See everything. */
  home(): void {
    this.isTouched = false;
    this.rig.goHome();
    this.wake();
  }

  /** Turn by steps of a key. */
  nudge(dx: number, dy: number): void {
    this.rig.turn(dx * KEY_STEP_PX, dy * KEY_STEP_PX);
    this.handled();
  }

  /** Come nearer or go away. */
  zoom(factor: number): void {
    this.rig.zoom(factor);
    this.handled();
  }

  dispose(): void {
    this.loop.dispose();
    for (const end of this.ends) end();
    for (const part of [this.gestures, this.labels, this.arcs, this.bodies, this.floor, this.stage]) part.dispose();
  }

  private get rests(): boolean {
    return this.isStill || this.isPaused;
  }

  private handed(): GestureEvents {
    const after = (act: () => void): void => {
      act();
      this.handled();
    };
    return {
      turn: (dx, dy) => after(() => this.rig.turn(dx, dy)),
      pan: (dx, dy) => after(() => this.rig.pan(dx, dy)),
      zoom: (factor) => after(() => this.rig.zoom(factor)),
      tap: (x, y, isDouble) => this.events.picked(this.find(x, y), isDouble),
      hover: (x, y) => this.hover(x < 0 ? "" : this.find(x, y)),
    };
  }

  private find(x: number, y: number): string {
    return pick(this.bodies.all(), this.stage, this.rig.view === "top", x, y);
  }

  private hover(key: string): void {
    if (key === this.hovered) return;
    this.hovered = key;
    this.wake();
  }

  private hear(signal: Signal): void {
    if (document.hidden || this.isPaused) return;
    if (signal.kind === "beat" || signal.kind === "trigger") {
      if (this.isStill || !this.bodies.beat(signal.from)) return;
    } else this.arcs.add(signal);
    this.loop.wake();
  }

  private handled(): void {
    this.isTouched = true;
    this.handledAt = performance.now();
    this.wake();
  }

  private resize(): void {
    this.stage.resize();
    this.fit();
    this.wake();
  }

  private fit(): void {
    const { width, height } = this.stage;
    if (!width || !height || !this.facts.bodies.length) return;
    this.rig.fit(this.facts.radius + MARGIN, width / height, !this.isFitted);
    if (this.isFitted && !this.isTouched) this.rig.goHome();
    this.isFitted = true;
  }

  /** Draw a frame; returns the milliseconds until the next one is wanted, 0 when nothing moves. */
  private draw(seconds: number, now: number): number {
    const { detail } = this.loop.quality;
    const isFlat = this.rig.view === "top";
    const turns = this.rig.step(seconds || FIRST_STEP_S);
    const { isMoving, isBeating } = this.bodies.step(seconds, this.rests);
    this.arcs.step(seconds, detail.arcs, this.rests);
    this.stage.aim(this.rig);
    for (const { batch } of [this.floor, this.arcs, this.bodies]) this.stage.light(batch, this.palette, isFlat);
    this.bodies.write(this.palette, (seat) => this.stage.distance(seat), this.selected, this.hovered);
    const isDim = (key: string): boolean => this.dim.has(key);
    this.arcs.write(this.palette, (key) => this.bodies.at(key), isDim, this.rests);
    this.stage.draw();
    if (turns || isMoving || !this.isNamed) this.name(isFlat);
    this.isNamed = !turns && !isMoving;
    if (turns) return detail.handled;
    if (isMoving || this.arcs.isBusy || now - this.handledAt < HANDLED_FOR_MS) return detail.flowing;
    return isBeating ? Math.max(BEATING_MS, detail.flowing) : 0;
  }

  private name(isFlat: boolean): void {
    const look = { isFlat, selected: this.selected, hovered: this.hovered };
    this.labels.show(labelsOf(this.facts, this.bodies, this.stage, look), this.loop.quality.detail.labels);
  }

  private wake(): void {
    this.isNamed = false;
    this.loop.wake();
  }

  private changeLevel(level: Level): void {
    this.stage.scale(this.loop.quality.detail.scaling);
    this.events.level(level);
  }
}
