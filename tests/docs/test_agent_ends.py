"""What the pages of sarsa and mc-epsilon-greedy say of where these end holds for the runs that it is said of."""

import numpy as np
import pytest

GAP = 0.09968784571
"""Of the best epsilon-soft policy, epsilon 0.3, once it explores no more: `oracle` solves for it."""


@pytest.mark.parametrize("agent_id", ["sarsa", "mc-epsilon-greedy"])
def test_they_end_where_their_pages_say(agent_id):
    import agent_ends

    page = agent_ends.section(agent_id)
    assert agent_ends.judge().optimum - agent_ends.soft(0.3).greedy == pytest.approx(GAP, abs=1e-10)
    assert agent_ends.soft(0.1).greedy == pytest.approx(agent_ends.judge().optimum, abs=1e-12)
    assert "a gap of 0.0997" in page
    rows = {(row.alpha, row.epsilon): row for row in agent_ends.rows(agent_id)}
    assert len(rows) == 7
    assert all(len(row.gaps) == agent_ends.SEEDS for row in rows.values())
    settled, scattered = rows["visits:10:9", 0.3], rows[0.1, 0.3]
    assert np.median(settled.gaps) == pytest.approx(GAP, abs=0.003)  # it learned what there is to learn
    assert max(settled.soft_gaps) < 0.01
    assert np.ptp(scattered.gaps) > 5 * np.ptp(settled.gaps)
    assert np.median(scattered.soft_gaps) > 10 * np.median(settled.soft_gaps)
    assert np.median(rows["visits:10:9", 0.1].gaps) < 1e-9  # little exploration is optimal here
    assert np.median(rows["visits", 0.3].soft_gaps) > np.median(settled.soft_gaps)  # 1 / n is slower
    assert not rows[0.1, agent_ends.FADING].soft_gaps
    assert np.median(rows[0.1, agent_ends.FADING].gaps) < np.median(scattered.gaps)
    assert f"| `visits:10:9` | `0.3` | {np.median(settled.gaps):.3g} (" in page


def test_other_agents_have_no_such_section():
    import agent_ends

    assert not agent_ends.section("q-learning")
