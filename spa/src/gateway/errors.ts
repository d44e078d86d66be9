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

/** The sentence of a failure, for a person. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
