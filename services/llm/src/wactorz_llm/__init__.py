"""The only holder of model keys: providers, streaming, prices, budget."""
