// Loads the scene with many agents and messages in a headless browser without a GPU, and measures: does the page's own
// thread ever stand still, do frames come, does memory stay flat. Ends with 1 when a bar is missed.
// node scripts/scene-load.mjs [--dist dist] [--minutes 10] [--agents 200] [--rate 500] [--theme space]
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { startGateway } from "./fake-gateway.mjs";

const BARS = { blockedMs: 100, growthMb: 3, growthShare: 0.1, growthNodes: 200 };
const TRACED_MS = 20_000;
const SAMPLE_MS = 15_000;
const WARM_UP_MS = 15_000;
const MB = 2 ** 20;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];
const { values } = parseArgs({
  options: {
    dist: { type: "string", default: "dist" },
    minutes: { type: "string", default: "2" },
    agents: { type: "string", default: "200" },
    rate: { type: "string", default: "500" },
    theme: { type: "string", default: "space" },
  },
});

const say = (text) => process.stdout.write(`${text}\n`);
const percentile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Runs in the page: notes long tasks. */
function observe() {
  globalThis.noted = [];
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) globalThis.noted.push({ at: task.startTime, ms: task.duration });
  }).observe({ type: "longtask" });
}

async function heap(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / MB;
}

/** The longest tasks of the page's thread: by the clock, and by the processor time they had. */
async function traced(browser, page) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const config = { includedCategories: ["toplevel"] };
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: config });
  await page.waitForTimeout(TRACED_MS);
  const complete = new Promise((resolve) => session.on("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
  const mains = new Set(
    events
      .filter(({ ph, name, args }) => ph === "M" && name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid}:${tid}`),
  );
  const tasks = events.filter(
    ({ ph, name, pid, tid }) => ph === "X" && name.endsWith("RunTask") && mains.has(`${pid}:${tid}`),
  );
  const most = (field) => tasks.reduce((longest, task) => Math.max(longest, task[field] ?? 0), 0) / 1000;
  const busy = tasks.reduce((sum, task) => sum + (task.tdur ?? 0), 0) / 1000;
  return { wall: most("dur"), cpu: most("tdur"), share: busy / TRACED_MS };
}

const gateway = await startGateway({ dist: values.dist, count: Number(values.agents), rate: Number(values.rate) });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
await context.addInitScript((theme) => {
  localStorage.setItem("wactorz.carrier", "ws");
  localStorage.setItem("wactorz.scene.theme", theme);
  localStorage.setItem("wactorz.dock", "closed");
}, values.theme);
const page = await context.newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));
await page.goto(`${gateway.address}/#/scene`);
await page.waitForTimeout(WARM_UP_MS);
await page.evaluate(observe);
const session = await context.newCDPSession(page);
await session.send("HeapProfiler.enable");

const drawn = () =>
  page.evaluate(() => {
    const view = document.querySelector("wz-app")?.shadowRoot?.querySelector("wz-scene-view");
    const canvas = view?.shadowRoot?.querySelector("wz-scene-canvas");
    return canvas ? { ...canvas.figures, level: canvas.level } : { drawn: 0, slowest: 0, intervals: [], level: 0 };
  });

const began = Date.now();
const sentBefore = gateway.world.sent;
const before = await drawn();
const heaps = [await heap(session)];
const collections = [];
const elements = [];
const loads = [];
say("  time   heap MB   elements   messages/s   drawn/s   level");
for (
  let last = { at: began, sent: sentBefore, drawn: before.drawn };
  Date.now() - began < Number(values.minutes) * 60_000;
) {
  await page.waitForTimeout(SAMPLE_MS);
  const startedAt = await page.evaluate(() => performance.now());
  heaps.push(await heap(session));
  collections.push([startedAt, await page.evaluate(() => performance.now())]);
  const now = { at: Date.now(), sent: gateway.world.sent, ...(await drawn()) };
  const seconds = (now.at - last.at) / 1000;
  const { nodes } = await session.send("Memory.getDOMCounters");
  elements.push(nodes);
  loads.push(loadavg()[0]);
  const cells = [
    `${Math.round((now.at - began) / 1000)} s`,
    heaps.at(-1).toFixed(2),
    nodes,
    ((now.sent - last.sent) / seconds).toFixed(0),
    ((now.drawn - last.drawn) / seconds).toFixed(1),
    now.level,
  ];
  say(cells.map((cell, index) => String(cell).padStart([6, 10, 11, 13, 10, 8][index])).join(""));
  last = now;
}

const tasks = await page.evaluate(() => globalThis.noted);
const after = await drawn();
const cpu = await traced(browser, page);
await browser.close();
gateway.close();

// what the measuring itself stops the page for is not the page's
const own = tasks.filter(({ at, ms }) => !collections.some(([from, to]) => at + ms > from - 20 && at < to + 20));
const longest = own.reduce((most, { ms }) => Math.max(most, ms), 0);
const blocked = own.filter(({ ms }) => ms > BARS.blockedMs);
const frames = after.intervals.sort((a, b) => a - b);
// the least of each half: what is really kept, without what was just not yet collected
const half = Math.floor(heaps.length / 2);
const settled = heaps.slice(Math.min(2, half));
const early = Math.min(...settled.slice(0, Math.ceil(settled.length / 2)));
const late = Math.min(...settled.slice(Math.floor(settled.length / 2)));
const growth = late - early;
const nodes = elements.slice(Math.min(2, elements.length - 1));
const newNodes = (nodes.at(-1) ?? 0) - (nodes[0] ?? 0);
const isFlat = newNodes <= BARS.growthNodes && growth <= Math.max(BARS.growthMb, early * BARS.growthShare);
say("");
say(`tasks over 50 ms: ${own.length}, longest ${longest.toFixed(0)} ms; over ${BARS.blockedMs} ms: ${blocked.length}`);
say(
  `between scene frames: median ${percentile(frames, 0.5).toFixed(1)} ms, p95 ${percentile(frames, 0.95).toFixed(1)} ms, p99 ${percentile(frames, 0.99).toFixed(1)} ms`,
);
say(
  `scene frames: ${after.drawn - before.drawn}, slowest on the page's thread ${after.slowest.toFixed(1)} ms, level ${after.level}`,
);
say(`heap after collection: ${early.toFixed(2)} MB early, ${late.toFixed(2)} MB late, growth ${growth.toFixed(2)} MB`);
say(`nodes of the page: ${nodes[0]} early, ${nodes.at(-1)} late`);
say(
  `processor time of the page's thread, over ${TRACED_MS / 1000} s: longest task ${cpu.cpu.toFixed(0)} ms, busy ${(cpu.share * 100).toFixed(0)} %`,
);
const load = loads.reduce((sum, one) => sum + one, 0) / loads.length;
// where others take the processors, a task is long by the clock although it did little: then its processor time counts
const isCrowded = load > 2 * availableParallelism();
say(
  `load of this machine while measuring: ${load.toFixed(1)}${isCrowded ? " (crowded: processor time counts, not the clock)" : ""}`,
);
for (const problem of problems.slice(0, 5)) say(`problem: ${problem}`);
const isBlocked = isCrowded ? cpu.cpu > BARS.blockedMs : blocked.length > 0;
const passed = !isBlocked && isFlat && problems.length === 0;
say(passed ? "passed" : "missed");
process.exit(passed ? 0 : 1);
