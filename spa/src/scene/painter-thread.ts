import type { Answer, Order } from "./frame";
import { Painter } from "./painter";

const tell = (answer: Answer): void => self.postMessage(answer);

let painter: Painter | null = null;

self.addEventListener("message", ({ data }: MessageEvent<Order>) => {
  try {
    obey(data);
  } catch (error) {
    tell({ kind: "lost", reason: String(error) });
  }
});

function obey(order: Order): void {
  if (order.kind === "begin") {
    painter = new Painter(order.canvas, () => tell({ kind: "lost", reason: "The graphics context is gone" }));
    tell({ kind: "ready", renderer: painter.renderer });
  } else if (order.kind === "size") painter?.size(order.width, order.height);
  else {
    painter?.paint(order.frame);
    tell({ kind: "painted" });
  }
}
