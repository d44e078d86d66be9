/** The gateway refused a request, or could not be reached (status 0). */
export class GatewayError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly requestId = "",
    /** What kind of problem it is; empty when nothing more is known than its status. */
    readonly kind = "",
    /** Seconds after which another try makes sense; 0 when nobody has said. */
    readonly retryAfter = 0,
  ) {
    super(detail);
    this.name = "GatewayError";
  }
}

const LOGIN_NEEDED = 401;
const NOT_READY = "/problems/not-ready";
const UNKNOWN = [404, 422];

/** The sentence of a failure, for a person; empty for a session that has ended, as the login over the page says so. */
export function sentenceOf(error: unknown): string {
  if (error instanceof GatewayError && error.status === LOGIN_NEEDED) return "";
  return error instanceof Error ? error.message : String(error);
}

/** Whether somebody has just started and does not know enough yet, such as the home: worth another try. */
export function isNotYet(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.kind === NOT_READY;
}

/** Whether what an address names is not there, or could not be. */
export function isUnknown(error: unknown): boolean {
  return error instanceof GatewayError && UNKNOWN.includes(error.status);
}
