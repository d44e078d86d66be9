import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera";
import { Engine } from "@babylonjs/core/Engines/engine";
import { Color4 } from "@babylonjs/core/Maths/math.color";
import { Matrix, Vector2, Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Scene } from "@babylonjs/core/scene";
import { Batch, square, strip } from "./batch";
import type { Frame } from "./frame";
import { ARC, BAND, BODY } from "./shaders";

const ARC_STEPS = 26;
const BAND_STEPS = 72;

/** Draws frames into a canvas; knows nothing but numbers. Works on the page's thread and on one of its own. */
export class Painter {
  private readonly engine: Engine;
  private readonly scene: Scene;
  private readonly floor: Batch;
  private readonly arcs: Batch;
  private readonly bodies: Batch;
  private readonly matrix = new Matrix();

  /** `lost` is called when the browser takes the graphics away. Throws where there is no WebGL. */
  constructor(canvas: OffscreenCanvas | HTMLCanvasElement, lost: () => void) {
    this.engine = new Engine(canvas, false, {
      stencil: false,
      depth: false,
      audioEngine: false,
      powerPreference: "low-power",
      premultipliedAlpha: true,
      alpha: true,
      doNotHandleTouchAction: true,
    });
    this.scene = new Scene(this.engine);
    this.scene.clearColor = new Color4(0, 0, 0, 0);
    this.scene.detachControl();
    new FreeCamera("eye", Vector3.Zero(), this.scene).inputs.clear();
    this.floor = new Batch(this.scene, "floor", BAND, strip(BAND_STEPS, 0), 1);
    this.arcs = new Batch(this.scene, "arcs", ARC, strip(ARC_STEPS, -1), 2);
    this.bodies = new Batch(this.scene, "bodies", BODY, square(), 3);
    this.engine.onContextLostObservable.add(lost);
  }

  /** Name of what draws, as far as the browser tells. */
  get renderer(): string {
    return this.engine.getGlInfo().renderer ?? "";
  }

  /** Draw so many pixels from now on. */
  size(width: number, height: number): void {
    this.engine.setSize(Math.max(1, width), Math.max(1, height), true);
  }

  /** Draw a frame. */
  paint(frame: Frame): void {
    if (frame.floor) this.floor.show(frame.floor);
    this.arcs.show(frame.arcs);
    this.bodies.show(frame.bodies);
    for (const batch of [this.floor, this.arcs, this.bodies]) this.light(batch, frame);
    this.engine.beginFrame();
    this.scene.render();
    this.engine.endFrame();
  }

  dispose(): void {
    for (const batch of [this.floor, this.arcs, this.bodies]) batch.dispose();
    this.scene.dispose();
    this.engine.dispose();
  }

  private light({ material }: Batch, { camera, right, up, pixel, isFlat, colors }: Frame): void {
    Matrix.FromArrayToRef(camera, 0, this.matrix);
    material.setMatrix("camera", this.matrix);
    material.setVector3("right", Vector3.FromArray(right as number[]));
    material.setVector3("up", Vector3.FromArray(up as number[]));
    material.setVector2("pixel", new Vector2(...pixel));
    material.setVector3("gold", Vector3.FromArray(colors.lit as unknown as number[]));
    material.setVector3("ink", Vector3.FromArray(colors.text as unknown as number[]));
    material.setVector3("ground", Vector3.FromArray(colors.bg as unknown as number[]));
    material.setFloat("shine", colors.isDark ? 1 : 0);
    material.setFloat("flatness", isFlat ? 0 : 1);
  }
}
