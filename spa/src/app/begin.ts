import { setLanguage } from "../gateway/rest";
import { followActivity } from "../state/activity";
import { followAgents } from "../state/agents";
import { followApprovals } from "../state/approvals";
import { start, stop } from "../state/bus";
import { followHistory } from "../state/chat-history";
import { followFeed } from "../state/feed";
import { followFlows } from "../state/flows";
import { followHalt } from "../state/halt";
import { followHouse } from "../state/house";
import { awaitInstall } from "../state/installed";
import { carrier, language, motion, theme } from "../state/preferences";
import { followNotices } from "../state/saying";
import { loadSession, session } from "../state/session";
import { shared } from "../ui/shared";
import { keepShell } from "./worker";

const UNHURRIED_MS = 10_000;
const STILL = "animation-duration: 1ms !important; transition-duration: 1ms !important;";

/** Follow what the page is to show, ask who is here, and connect. */
export async function begin(): Promise<void> {
  dress();
  theme.subscribe(dress);
  language.subscribe(dress);
  motion.subscribe(still);
  still();
  awaitInstall();
  followAgents();
  followApprovals();
  followHalt();
  followHouse();
  followNotices();
  followHistory();
  followFeed();
  followFlows();
  followActivity();
  let connected = "";
  const connect = (): void => {
    const role = session.value?.role ?? "";
    if (role === connected) return;
    connected = role;
    if (role) start(carrier.value);
    else stop();
  };
  session.subscribe(connect);
  carrier.subscribe(() => start(carrier.value));
  await untilKnown();
  // What the page needs now comes first.
  setTimeout(() => void keepShell().catch(() => undefined), UNHURRIED_MS); // without it the page works all the same
}

function dress(): void {
  const root = document.documentElement;
  root.lang = language.value;
  setLanguage(language.value); // what agents answer is in the language of the page too
  if (theme.value === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme.value;
}

// All shadow roots share one sheet, so a rule in it reaches every element.
function still(): void {
  const sheet = shared.styleSheet;
  if (!sheet) return;
  const [last] = [...sheet.cssRules].slice(-1);
  if (last?.cssText.includes(STILL)) sheet.deleteRule(sheet.cssRules.length - 1);
  if (motion.value === "less") sheet.insertRule(`*, *::before, *::after { ${STILL} }`, sheet.cssRules.length);
}

async function untilKnown(): Promise<void> {
  const AGAIN_MS = 2_000;
  for (;;) {
    try {
      await loadSession();
      return;
    } catch {
      // the shell says that the gateway is away; ask again until it is back
      await new Promise((resume) => setTimeout(resume, AGAIN_MS));
    }
  }
}
