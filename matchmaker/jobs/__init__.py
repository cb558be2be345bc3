"""Jobs as rows: asked for in a transaction, carried out under a run number, ended once. Who runs them: `worker`."""
