"""The figures of the safety bar, one module per row: run(engine, quick, seed) and negative_control()."""
