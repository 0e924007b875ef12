"""The second hop: a FastAPI service that runs the model for whoever holds the key, and for nobody else."""
