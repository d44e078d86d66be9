const HIDDEN_MS = 250;

/** Resolves when what is drawn now has been painted; soon, where nobody sees the page. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    const rest = setTimeout(resolve, HIDDEN_MS);
    requestAnimationFrame(() => {
      clearTimeout(rest);
      setTimeout(resolve);
    });
  });
}
