"""Parts that tabular algorithms are put together from: tables, traces, learned models, queues, given policies."""
