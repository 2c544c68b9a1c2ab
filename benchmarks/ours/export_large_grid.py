"""Write the large grid's model where a peer can read it, as arrays; ready means written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import worker
from large_grid import GAMMA, model

given = worker.arguments()
mdp = model(given["size"])
matrix, reward = mdp.to_sparse(absorbing=True)
np.savez(
    Path(given["folder"], "model.npz"),
    data=matrix.data,
    indices=matrix.indices.astype(np.int32),  # half the memory to read, for the peer's good
    indptr=matrix.indptr.astype(np.int32),
    reward=reward,
    gamma=GAMMA,
)
worker.serve(lambda: 1)
