// Pictures of the scene in all themes, light and dark, desktop and phone: `node scripts/scene-shots.mjs DIST OUT [AGENTS] [RATE]`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startGateway } from "./fake-gateway.mjs";

const [dist = "dist", out = "shots", count = "24", rate = "60", ...only] = process.argv.slice(2);
const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 1024, height: 768 },
  zoomed: { width: 720, height: 450 },
  phone: { width: 390, height: 844 },
};

mkdirSync(out, { recursive: true });
const gateway = await startGateway({ dist, count: Number(count), rate: Number(rate) });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
  ],
});
for (const theme of ["space", "graph", "cards", "flat"]) {
  for (const scheme of ["dark", "light"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const name = `${theme}-${scheme}-${size}`;
      if (only.length && !only.includes(name)) continue;
      const context = await browser.newContext({
        viewport,
        colorScheme: scheme,
        locale: scheme === "light" ? "de-DE" : "en-US",
      });
      await context.addInitScript((chosen) => {
        localStorage.setItem("wactorz.carrier", "ws");
        localStorage.setItem("wactorz.scene.theme", chosen);
        localStorage.setItem("wactorz.dock", "closed");
      }, theme);
      const page = await context.newPage();
      page.on("console", (line) => line.type() === "error" && process.stdout.write(`${name}: ${line.text()}\n`));
      page.on("pageerror", (error) => process.stdout.write(`${name}: ${error.stack}\n`));
      await page.goto(`${gateway.address}/#/scene`);
      await page.waitForTimeout(5_000);
      if (process.env.CLICK) await page.mouse.click(...process.env.CLICK.split(",").map(Number));
      if (process.env.KEYS && (theme === "space" || theme === "graph")) {
        await page.locator(".stage").focus();
        for (const key of process.env.KEYS.split(",")) await page.keyboard.press(key);
      }
      await page.waitForTimeout(1_500);
      await page.screenshot({ path: join(out, `${name}.png`) });
      await context.close();
    }
  }
}
await browser.close();
gateway.close();
