"""Arguments and options that an environment does not have: what tools that offer them wait for, on every id."""

import warnings

import gymnasium as gym
import pytest

from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

IDS = [entry.id for entry in (*TABLE, *MODELS, *CONTINUOUS)]
MAKERS = {
    "single": gym.make,
    "vector": lambda id_, **arguments: gym.make_vec(id_, vectorization_mode="vector_entry_point", **arguments),
}


@pytest.fixture(params=sorted(MAKERS))
def make(request):
    """Return the function that makes single environments, or vector environments."""
    return MAKERS[request.param]


@pytest.mark.parametrize("id_", IDS)
def test_an_unknown_argument_is_a_type_error_as_everywhere_in_python(id_, make):
    with pytest.raises(TypeError, match="unexpected keyword argument 'frameskip'") as caught:
        make(id_, frameskip=1)
    assert isinstance(caught.value, ValueError)  # as every bad argument is


@pytest.mark.parametrize(
    ("id_", "wrong", "right"),
    [
        ("GridWorld-v0", "slipp", "slip"),
        ("GridWorld/Windy-v0", "winds", "wind"),
        ("Tabular-v0", "mpd", "mdp"),
        ("ContinuousGridWorld-v0", "nois", "noise"),
        ("LinearQuadratic-v0", "action_bounds", "action_bound"),
    ],
)
def test_an_unknown_argument_suggests_the_nearest(id_, wrong, right, make):
    with pytest.raises(TypeError, match=f"argument '{wrong}'; did you mean '{right}'"):
        make(id_, **{wrong: 1})


@pytest.mark.parametrize("id_", IDS)
def test_unknown_options_are_accepted_with_one_warning(id_, make):
    env, plain = make(id_), make(id_)
    env.reset()  # loads what is compiled, and that has Python forget which warnings it has shown
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        seen = [env.reset(seed=3, options={"strat": 0, "ok": 1})[0] for _ in range(3)]
    (warning,) = caught
    assert "ignores the options 'strat', 'ok'" in str(warning.message)
    assert "did you mean 'start'" in str(warning.message)
    expected = plain.reset(seed=3)[0]
    for observation in seen:
        assert env.observation_space.contains(observation)
        assert observation == pytest.approx(expected)


def test_known_options_beside_unknown_ones_count(make):
    with pytest.warns(UserWarning, match="'ok'"):
        observation, _ = make("GridWorld-v0").reset(options={"start": 7, "ok": 1})
    assert observation == 7
