"""The knowledge graph: a store beside the gateway that speaks SPARQL."""
