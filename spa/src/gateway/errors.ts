/** The gateway refused a request, or could not be reached (status 0). */
export class GatewayError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly requestId = "",
  ) {
    super(detail);
    this.name = "GatewayError";
  }
}

const LOGIN_NEEDED = 401;
const CONFLICT = 409;
const UNKNOWN = [404, 422];

/** The sentence of a failure, for a person; empty for a session that has ended, as the login over the page says so. */
export function sentenceOf(error: unknown): string {
  if (error instanceof GatewayError && error.status === LOGIN_NEEDED) return "";
  return error instanceof Error ? error.message : String(error);
}

/** Whether the home is not read yet, as it is for some seconds after a start: worth another try. */
export function isNotYet(error: unknown): boolean {
  return (
    error instanceof GatewayError && error.status === CONFLICT && error.message.includes("getting to know the home")
  );
}

/** Whether what an address names is not there, or could not be. */
export function isUnknown(error: unknown): boolean {
  return error instanceof GatewayError && UNKNOWN.includes(error.status);
}
