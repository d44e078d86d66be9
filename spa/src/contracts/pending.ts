// Routes whose models are not generated yet; each line goes when `./just gen` knows it.
export {};
