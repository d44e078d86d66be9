import type { Restored } from "../contracts/rest";
import { send } from "../gateway/rest";
import { upload } from "../gateway/upload";
import { session } from "./session";

/** The state of every agent as one tar file. */
export async function downloadBackup(): Promise<Blob> {
  const response = await send("GET /api/backup", { headers: { accept: "application/x-tar" } });
  return response.blob();
}

/** Put a backup back; `progress` hears how much was sent (0 to 1). */
export async function restoreBackup(file: Blob, progress: (share: number) => void): Promise<Restored> {
  const headers = { "content-type": "application/x-tar", "x-csrf-token": session.value?.csrf ?? "" };
  return JSON.parse(await upload("/api/restore", file, headers, progress)) as Restored;
}
