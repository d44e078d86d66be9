// Draws the icons of the installed app from public/icon.svg: `node scripts/icons.mjs [CHROMIUM]`.
import { mkdir, readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const FOLDER = new URL("../public/icons/", import.meta.url);
const svg = await readFile(new URL("../public/icon.svg", import.meta.url), "utf8");
// A mask may cut everything but the inner 80 %, so the picture is smaller and its ground goes to the edge.
const masked = svg
  .replace(' rx="8"', "")
  .replace("<path", '<g transform="translate(4.8 4.8) scale(0.7)"><path')
  .replace("</svg>", "</g></svg>");
const PICTURES = [
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  ["maskable-192.png", 192, masked],
  ["maskable-512.png", 512, masked],
  ["apple-touch-icon.png", 180, svg.replace(' rx="8"', "")],
];

await mkdir(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [name, size, picture] of PICTURES) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const image = `data:image/svg+xml;base64,${Buffer.from(picture).toString("base64")}`;
  await page.setContent(
    `<body style="margin:0"><img src="${image}" width="${size}" height="${size}" style="display:block">`,
  );
  await page.screenshot({ path: new URL(name, FOLDER).pathname, omitBackground: true });
  await page.close();
}
await browser.close();
