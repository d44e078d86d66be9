import { sentenceOf } from "../../gateway/errors";
import { request } from "../../gateway/rest";
import type { Attachment } from "../../state/conversations";
import { t } from "./texts";

/** Files that one message may carry. */
export const MAX_FILES = 5;
/** Bytes that one file may have. */
export const MAX_BYTES = 25 * 1024 * 1024;

/** A file that is being attached. */
export interface Draft {
  name: string;
  size: number;
  /** There once it is uploaded. */
  done: Attachment | null;
  problem: string;
  cancel: () => void;
}

/** Why a file cannot be attached; empty when it can. */
export function refusalOf(file: { name: string; size: number }, attached: number): string {
  if (attached >= MAX_FILES) return t("limit", { count: MAX_FILES, size: size(MAX_BYTES) });
  if (file.size > MAX_BYTES) return t("tooLarge", { name: file.name, size: size(MAX_BYTES) });
  return file.size === 0 ? t("empty", { name: file.name }) : "";
}

/** Upload a file; `changed` is called when it is there or has failed. */
export function attach(file: File, changed: () => void): Draft {
  const controller = new AbortController();
  const draft: Draft = { name: file.name, size: file.size, done: null, problem: "", cancel: () => controller.abort() };
  void upload(file, controller.signal).then(
    (done) => {
      draft.done = done;
      changed();
    },
    (error: unknown) => {
      draft.problem = sentenceOf(error);
      changed();
    },
  );
  return draft;
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

async function upload(file: File, signal: AbortSignal): Promise<Attachment> {
  const response = await request("/api/blobs", {
    method: "POST",
    body: file,
    headers: { "content-type": file.type || "application/octet-stream", "x-filename": encodeURIComponent(file.name) },
    signal,
  });
  const kept = (await response.json()) as Attachment;
  return { id: kept.id, name: kept.name, size: kept.size };
}
