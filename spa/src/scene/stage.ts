import { Camera } from "@babylonjs/core/Cameras/camera";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera";
import { Engine } from "@babylonjs/core/Engines/engine";
import { Color4 } from "@babylonjs/core/Maths/math.color";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Scene } from "@babylonjs/core/scene";
import type { Seat } from "../state/layout";
import type { Batch } from "./batch";
import type { Palette } from "./palette";
import type { Rig } from "./rig";

const LENS = 0.8;
const ORTHO_REACH = 0.5;
const MOST_PIXEL_RATIO = 2;

/** A place as seen: CSS pixels, and how large one unit of the scene is there; null behind the camera. */
export interface Seen {
  x: number;
  y: number;
  scale: number;
}

/** Engine, camera and canvas: draws a frame when it is told to. */
export class Stage {
  readonly scene: Scene;
  /** How often a frame is drawn larger than its pixels. */
  private scaling = 1;
  private readonly engine: Engine;
  private readonly camera: FreeCamera;
  private readonly matrix = new Matrix();
  private readonly right = new Vector3();
  private readonly up = new Vector3();
  private readonly eye = new Vector3();
  private readonly target = new Vector3();

  /** `lost` is called when the browser takes the graphics away. Throws where there is no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    lost: () => void,
  ) {
    this.engine = new Engine(canvas, false, {
      stencil: false,
      depth: false,
      audioEngine: false,
      powerPreference: "low-power",
      premultipliedAlpha: true,
      alpha: true,
      doNotHandleTouchAction: true,
    });
    this.scene = new Scene(this.engine, { useGeometryUniqueIdsMap: true });
    this.scene.clearColor = new Color4(0, 0, 0, 0);
    this.scene.skipPointerMovePicking = true;
    this.scene.detachControl();
    this.camera = new FreeCamera("eye", Vector3.Zero(), this.scene);
    this.camera.minZ = 0.1;
    this.camera.maxZ = 600;
    this.camera.fov = LENS;
    this.camera.inputs.clear();
    this.engine.onContextLostObservable.add(lost);
    this.resize();
  }

  get width(): number {
    return this.canvas.clientWidth;
  }

  get height(): number {
    return this.canvas.clientHeight;
  }

  /** Name of what draws, as far as the browser tells. */
  get renderer(): string {
    return this.engine.getGlInfo().renderer ?? "";
  }

  /** Draw with larger pixels to be faster. */
  scale(scaling: number): void {
    this.scaling = scaling;
    this.resize();
  }

  /** Take the size that the page gives now. */
  resize(): void {
    const ratio = Math.min(MOST_PIXEL_RATIO, window.devicePixelRatio || 1);
    this.engine.setHardwareScalingLevel(this.scaling / ratio);
    this.engine.resize(true);
  }

  /** Put the camera where the rig says. */
  aim(rig: Rig): void {
    const { alpha, beta, radius, x, y, z } = rig.pose;
    this.target.set(x, y, z);
    if (rig.view === "top") {
      this.camera.mode = Camera.ORTHOGRAPHIC_CAMERA;
      const reach = radius * ORTHO_REACH;
      const aspect = this.width / Math.max(1, this.height);
      this.camera.orthoTop = reach;
      this.camera.orthoBottom = -reach;
      this.camera.orthoLeft = -reach * aspect;
      this.camera.orthoRight = reach * aspect;
      this.camera.upVector.set(0, 0, 1);
      this.eye.set(x, 200, z);
    } else {
      this.camera.mode = Camera.PERSPECTIVE_CAMERA;
      this.camera.upVector.set(0, 1, 0);
      const flat = Math.sin(beta) * radius;
      this.eye.set(x + Math.cos(alpha) * flat, y + Math.cos(beta) * radius, z + Math.sin(alpha) * flat);
    }
    this.camera.position.copyFrom(this.eye);
    this.camera.setTarget(this.target);
    const view = this.camera.getViewMatrix(true).m;
    this.camera.getViewMatrix(true).multiplyToRef(this.camera.getProjectionMatrix(true), this.matrix);
    this.right.set(view[0] as number, view[4] as number, view[8] as number);
    this.up.set(view[1] as number, view[5] as number, view[9] as number);
  }

  /** Tell a batch's shader where the camera is and which colors hold. */
  light(batch: Batch, palette: Palette, isFlat: boolean): void {
    const { material } = batch;
    material.setVector3("right", this.right);
    material.setVector3("up", this.up);
    material.setFloat("flatness", isFlat ? 0 : 1);
    material.setVector3("gold", Vector3.FromArray(palette.lit as unknown as number[]));
    material.setVector3("ink", Vector3.FromArray(palette.text as unknown as number[]));
    material.setVector3("ground", Vector3.FromArray(palette.bg as unknown as number[]));
    material.setFloat("shine", palette.isDark ? 1 : 0);
    material.setVector2("pixel", { x: 2 / Math.max(1, this.width), y: 2 / Math.max(1, this.height) });
  }

  /** Where a point of the scene is seen. */
  see(seat: Seat, isFlat: boolean): Seen | null {
    const { m } = this.matrix;
    const y = isFlat ? 0 : seat.y;
    const at = (column: number): number =>
      seat.x * (m[column] as number) +
      y * (m[4 + column] as number) +
      seat.z * (m[8 + column] as number) +
      (m[12 + column] as number);
    const depth = at(3);
    if (depth <= 0) return null;
    const { width, height } = this;
    const tall = isFlat ? 1 / (this.camera.orthoTop ?? 1) : 1 / (Math.tan(LENS / 2) * depth);
    return {
      x: (at(0) / depth + 1) * 0.5 * width,
      y: (1 - at(1) / depth) * 0.5 * height,
      scale: tall * height * 0.5,
    };
  }

  /** How far a point is from the camera. */
  distance(seat: Seat): number {
    return Math.hypot(seat.x - this.eye.x, seat.y - this.eye.y, seat.z - this.eye.z);
  }

  draw(): void {
    this.engine.beginFrame();
    this.scene.render();
    this.engine.endFrame();
  }

  dispose(): void {
    this.scene.dispose();
    this.engine.dispose();
  }
}
