"""Returns: asked for, decided, received, inspected, talked about, closed. One file per thing that is done."""
