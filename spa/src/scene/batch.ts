import { Constants } from "@babylonjs/core/Engines/constants";
import { ShaderMaterial } from "@babylonjs/core/Materials/shaderMaterial";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import "@babylonjs/core/Meshes/thinInstanceMesh";
import type { Scene } from "@babylonjs/core/scene";
import { STRIDE } from "./frame";

const UNIFORMS = ["camera", "right", "up", "flatness", "gold", "ink", "ground", "shine", "pixel"];

/** Many copies of one small shape, drawn by one call; each copy is sixteen numbers for its shader. */
export class Batch {
  readonly material: ShaderMaterial;
  private readonly mesh: Mesh;
  private numbers = new Float32Array(STRIDE);
  private room = 0;

  /** `order`: what is drawn later lies above. */
  constructor(
    scene: Scene,
    name: string,
    code: { vertexSource: string; fragmentSource: string },
    shape: VertexData,
    order: number,
  ) {
    const options = { attributes: ["position"], uniforms: UNIFORMS, needAlphaBlending: true };
    this.material = new ShaderMaterial(name, scene, code, options);
    this.material.backFaceCulling = false;
    this.material.alphaMode = Constants.ALPHA_PREMULTIPLIED;
    this.material.disableDepthWrite = true;
    this.material.depthFunction = Constants.ALWAYS;
    this.mesh = new Mesh(name, scene);
    shape.applyToMesh(this.mesh);
    this.mesh.material = this.material;
    this.mesh.alphaIndex = order;
    this.mesh.alwaysSelectAsActiveMesh = true;
    this.mesh.doNotSyncBoundingInfo = true;
    this.mesh.isPickable = false;
    this.mesh.setEnabled(false);
  }

  /** Draw these from now on: sixteen numbers for each copy. */
  show(numbers: Float32Array): void {
    const count = numbers.length / STRIDE;
    this.mesh.setEnabled(count > 0);
    if (!count) return;
    if (count > this.room) {
      this.room = Math.max(32, 2 ** Math.ceil(Math.log2(count)));
      this.numbers = new Float32Array(this.room * STRIDE);
      this.numbers.set(numbers);
      this.mesh.thinInstanceSetBuffer("matrix", this.numbers, STRIDE, false);
    } else {
      this.numbers.set(numbers);
      this.mesh.thinInstanceBufferUpdated("matrix");
    }
    this.mesh.thinInstanceCount = count;
  }

  dispose(): void {
    this.mesh.dispose(false, true);
  }
}

/** A square from -1 to 1. */
export function square(): VertexData {
  return shapeOf([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0], [0, 1, 2, 0, 2, 3]);
}

/** A strip: x from 0 to 1 in so many steps, y from `low` to 1. */
export function strip(steps: number, low: number): VertexData {
  const points: number[] = [];
  const indices: number[] = [];
  for (let step = 0; step <= steps; step += 1) {
    points.push(step / steps, low, 0, step / steps, 1, 0);
    const first = step * 2;
    if (step < steps) indices.push(first, first + 1, first + 2, first + 1, first + 3, first + 2);
  }
  return shapeOf(points, indices);
}

function shapeOf(positions: number[], indices: number[]): VertexData {
  const data = new VertexData();
  data.positions = positions;
  data.indices = indices;
  return data;
}
