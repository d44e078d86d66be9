import { GatewayError } from "./errors";

/** Send a file and hear how much of it went (0 to 1); the answer as text. */
export function upload(
  address: string,
  file: Blob,
  headers: Readonly<Record<string, string>>,
  progress: (share: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how much was sent.
    const call = new XMLHttpRequest();
    call.open("POST", address);
    for (const [name, value] of Object.entries(headers)) if (value) call.setRequestHeader(name, value);
    call.upload.addEventListener("progress", (event) => progress(event.total ? event.loaded / event.total : 0));
    call.addEventListener("error", () => reject(new GatewayError(0, "The gateway cannot be reached")));
    call.addEventListener("load", () => {
      if (call.status >= 200 && call.status < 300) resolve(call.responseText);
      else reject(new GatewayError(call.status, detailOf(call.responseText) || call.statusText));
    });
    call.send(file);
  });
}

function detailOf(text: string): string {
  try {
    return String((JSON.parse(text) as { detail?: unknown }).detail ?? "");
  } catch {
    return "";
  }
}
