import { html, type TemplateResult } from "lit";
import type { Role } from "../state/session";
import type { IconName } from "../ui/icons";
import type { t } from "./texts";

/** A view of the page: where it is found, what it needs, and how it is loaded when it is first shown. */
export interface Route {
  path: string;
  label: Parameters<typeof t>[0];
  icon: IconName;
  /** Who may see it; everybody when left out. */
  role?: Role;
  load: () => Promise<unknown>;
  render: (rest: string) => TemplateResult;
}

/** All views, in the order of the navigation. `rest` is what follows the path in the address. */
export const ROUTES: readonly Route[] = [
  {
    path: "scene",
    label: "scene",
    icon: "scene",
    load: () => import("../views/scene/scene-view"),
    render: () => html`<wz-scene-view></wz-scene-view>`,
  },
  {
    path: "house",
    label: "house",
    icon: "house",
    load: () => import("../views/house/house-view"),
    render: (rest) => html`<wz-house-view .room=${rest}></wz-house-view>`,
  },
  {
    path: "chat",
    label: "chat",
    icon: "chat",
    load: () => import("../views/chat/chat-view"),
    render: (rest) => html`<wz-chat-view .conversation=${rest}></wz-chat-view>`,
  },
  {
    path: "agents",
    label: "agents",
    icon: "agents",
    load: () => import("../views/agents/agents-view"),
    render: (rest) => html`<wz-agents-view .agent=${rest}></wz-agents-view>`,
  },
  {
    path: "rules",
    label: "rules",
    icon: "rules",
    load: () => import("../views/rules/rules-view"),
    render: (rest) => html`<wz-rules-view .rule=${rest}></wz-rules-view>`,
  },
  {
    path: "costs",
    label: "costs",
    icon: "costs",
    load: () => import("../views/costs/costs-view"),
    render: () => html`<wz-costs-view></wz-costs-view>`,
  },
  {
    path: "nodes",
    label: "nodes",
    icon: "nodes",
    load: () => import("../views/nodes/nodes-view"),
    render: (rest) => html`<wz-nodes-view .node=${rest}></wz-nodes-view>`,
  },
  {
    path: "topics",
    label: "topics",
    icon: "topics",
    load: () => import("../views/topics/topics-view"),
    render: (rest) => html`<wz-topics-view .topic=${rest}></wz-topics-view>`,
  },
  {
    path: "alerts",
    label: "alerts",
    icon: "alerts",
    load: () => import("../views/alerts/alerts-view"),
    render: () => html`<wz-alerts-view></wz-alerts-view>`,
  },
  {
    path: "settings",
    label: "settings",
    icon: "settings",
    load: () => import("../views/settings/settings-view"),
    render: (rest) => html`<wz-settings-view .section=${rest}></wz-settings-view>`,
  },
];

/** The route and rest of an address's hash, such as `#/agents/main`. */
export function routeOf(hash: string): { route: Route; rest: string } {
  const [path = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  const fallback = ROUTES[0] as Route;
  return { route: ROUTES.find((one) => one.path === path) ?? fallback, rest: decoded(rest.join("/")) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % of somebody who typed the address
  }
}
