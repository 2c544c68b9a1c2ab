"""`ddpg` on tasks of continuous control, beside the best there is: with the settings and seeds of the example."""

import dataclasses
import importlib.util
import pathlib
import shutil
import sys

import pytest

pytestmark = pytest.mark.shown

SCRIPT = pathlib.Path(__file__).parents[2] / "examples" / "continuous_control.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("continuous_control", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def learned(request, example):
    if shutil.which("g++") is None:
        pytest.skip("there is no C++ compiler, without which learning takes several times as long")
    return example.learn(example.TASKS[request.param])


slow = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]  # of torch's compiler


def of(name):
    return pytest.mark.parametrize("learned", [pytest.param(name, marks=slow)], indirect=True)


@of("pendulum")
def test_pendulum_within_20000_steps(learned):
    """The mean of ten seeds and 100 episodes each; RL Zoo reports -152 for its single run."""
    assert len(learned.scores) == 10
    assert learned.scores.mean() >= -160


@of("mountain-car")
def test_mountain_car_within_150000_steps(learned):
    """RL Zoo reports 93.5 after 300,000 steps, for its single run."""
    assert len(learned.scores) == 10
    assert learned.scores.mean() >= 92


@of("linear-quadratic")
def test_the_cost_of_a_linear_system_is_near_riccatis(learned):
    assert (learned.scores <= 0.02).sum() >= 9
    assert (learned.gains < 1).all()


@of("continuous-grid")
def test_the_way_through_the_gap_is_near_the_best(learned):
    """Half of the starts are behind the wall: whoever does not find the gap loses several times the optimum."""
    assert len(learned.scores) == 5
    assert (learned.scores <= 0.05).all()


@pytest.mark.parametrize("name", ["pendulum", "mountain-car", "linear-quadratic", "continuous-grid"])
def test_every_task_is_learned_and_judged(example, name):
    """Sixty steps teach nothing, and cost more than the optimum."""
    task = example.TASKS[name]
    assert task.learned_on.keys() <= {"max_episode_steps"}  # of the world itself nothing may be changed
    settings = {**task.settings, "hidden": (8, 8), "batch_size": 8, "learning_starts": 20}
    short = dataclasses.replace(task, steps=60, episodes=2, seeds=2, settings=settings)
    learned = example.learn(short, compiled=False)
    assert learned.scores.shape == (2,)
    known = name in {"linear-quadratic", "continuous-grid"}
    assert (learned.scores > 0.02).all() if known else (learned.scores < 0.1).all()
    assert (learned.gains is not None) == (name == "linear-quadratic")


def test_an_unknown_task_is_refused(example, capsys):
    assert example.main(["pendulm"]) == 2
    assert "there is no task 'pendulm': choose among pendulum, mountain-car" in capsys.readouterr().err


def test_help_is_help_and_no_task(example, capsys):
    with pytest.raises(SystemExit) as end:
        example.main(["--help"])
    assert end.value.code == 0
    assert "pendulum, mountain-car, linear-quadratic" in " ".join(capsys.readouterr().out.split())
