"""`gridworld play`: the score that is kept, and playing in the terminal."""

import gymnasium as gym
import numpy as np
import pytest

from gridworld_agents.command_line.play import continuous_session, in_terminal
from gridworld_agents.command_line.play.continuous_session import DIRECTIONS, ContinuousSession
from gridworld_agents.command_line.play.session import COMMANDS, Session
from gridworld_env import TabularMDP, oracle

CORRIDOR = ["S..T"]


def session(layout=CORRIDOR, **arguments):
    made = {"gamma": 0.9, "seed": 0}
    return Session(gym.make("GridWorld-v0", layout=layout, render_mode="rgb_array", **arguments), **made)


def test_the_best_way_earns_the_optimum():
    played = session(reward_step=-1)
    for _ in range(3):
        assert played.do("right")
    assert played.over
    assert played.result == "return -1.00, best possible -1.00; discounted by 0.9: -1.090, best possible -1.090"
    assert played.message.startswith("The end: return -1.00, best -1.00")


def test_a_detour_earns_less_than_the_optimum():
    played = session(reward_step=-1)
    for command in ("right", "left", "right", "right", "right"):
        played.do(command)
    assert played.result.startswith("return -3.00, best possible -1.00; ")


def test_the_optimum_knows_the_time_limit():
    env = gym.make("GridWorld-v0", layout=CORRIDOR, render_mode="rgb_array", continuing=True, max_episode_steps=7)
    played = Session(env, 0.9, 0)
    expected = oracle.finite_horizon(TabularMDP.from_env(env), gamma=1.0, horizon=7).v[-1][0]
    assert expected == 5.0  # two steps to get there, then five that pay
    assert "best possible 5.00" in played.result
    for command in ["right"] * 3 + ["stay"] * 4:
        played.do(command)
    assert played.message.startswith("Out of time: return 5.00, best 5.00")


def test_an_episode_that_is_over_takes_no_more_steps():
    played = session()
    for _ in range(4):
        played.do("right")
    assert "The episode is over" in played.message
    assert "return 1.00" in played.result
    played.do("restart")
    assert not played.over
    assert "return so far 0.00" in played.result


def test_a_hint_names_the_best_actions_and_shows_the_values_until_the_next_move():
    played = session()
    played.do("hint")
    assert played.message == "Best: right, worth 0.810 at discount 0.9"
    scene = played.scene()
    np.testing.assert_allclose(scene.values[:3], [0.81, 0.9, 1.0])
    assert scene.policy[0].argmax() == 1
    played.do("right")
    assert played.scene().values is None


def test_overlays_stay_until_they_are_put_away():
    played = session()
    played.do("overlays")
    played.do("right")
    assert played.scene().values is not None
    played.do("overlays")
    assert played.scene().values is None


def test_an_action_that_there_is_not_changes_nothing():
    played = session(actions="cardinal")
    played.do("stay")
    assert "There is no action 'stay' here: up, right, down, left" in played.message
    assert "step 0 " in played.scene().heads_up


def test_the_seed_fixes_the_episode():
    places = [[session("book", slip=0.5).scene().agents for _ in range(2)] for _ in range(2)]
    assert places[0] == places[1]


def test_every_command_can_be_typed():
    assert {*in_terminal.KEYS.values()} == {*COMMANDS}


def test_keys_typed_quickly_are_told_apart():
    assert in_terminal.commands_in("\x1b[A\x1b[Ch\x1bOB X") == ["up", "right", "hint", "down", "stay"]
    assert in_terminal.commands_in("W") == ["up"]
    assert in_terminal.commands_in("\x1b") == ["quit"]


@pytest.mark.parametrize(
    ("typed", "total"), [(["\x1b[C", "dd", "\x1b"], "1.00"), (["d", "a", EOFError()], "so far 0.00")]
)
def test_the_terminal_shows_every_move_and_ends(typed, total, monkeypatch, capsys):
    waiting = iter(typed)

    def getchar():
        key = next(waiting)
        if isinstance(key, Exception):
            raise key
        return key

    monkeypatch.setattr(in_terminal.click, "getchar", getchar)
    played = session()
    in_terminal.play(played)
    out = capsys.readouterr().out
    assert "@..T" in out
    assert "S@.T" in out
    assert f"return {total}, best possible 1.00" in played.result


OPEN = ["....", ".S..", "...T"]


def point(env_id="ContinuousGridWorld-v0", **arguments):
    return ContinuousSession(gym.make(env_id, render_mode="rgb_array", **arguments), 0.9, 0)


@pytest.mark.parametrize("command", [command for command, direction in DIRECTIONS.items() if any(direction)])
def test_a_point_goes_where_it_is_sent(command):
    played = point(layout=OPEN, noise=0.0)
    before = np.array(played.scene().point)
    played.do(command)
    moved = np.array(played.scene().point) - before
    np.testing.assert_array_equal(np.sign(moved.round(9)), DIRECTIONS[command])


def test_the_line_of_keys_is_that_of_points():
    played = point("LinearQuadratic-v0")
    assert played.message == continuous_session.GREETING
    for command in ("overlays", "up", "overlays"):
        played.do(command)
        assert played.message == played.scene().caption == continuous_session.GREETING
    played.click((1.0, 1.0))
    assert played.message == continuous_session.GREETING
    grid = session()
    grid.do("overlays")
    assert "WASD" in grid.message


def test_the_world_is_seen_before_its_optimum_is_computed(monkeypatch, capsys):
    said = []

    class Judge(continuous_session.ContinuousJudge):
        def __init__(self, env, gamma):
            said.append(capsys.readouterr().err)
            super().__init__(env, gamma)

    monkeypatch.setattr(continuous_session, "ContinuousJudge", Judge)
    played = point(layout=["S.T"])
    assert said == [f"{continuous_session.COMPUTING}\n@.T\nstep 0   return 0.00\n"]
    assert played.scene().caption == continuous_session.GREETING
    point("LinearQuadratic-v0")
    assert said[1:] == [""]


def test_a_click_moves_towards_it_and_no_further():
    played = point(layout=OPEN, noise=0.0)
    before = np.array(played.scene().point)
    played.click((2.9, before[1]))
    moved = np.array(played.scene().point) - before
    assert moved[0] > 0.01
    assert moved[1] == pytest.approx(0)
    x, y = played.scene().point
    near = x, y + 1e-3
    played.click(near)
    assert np.linalg.norm(np.array(played.scene().point) - near) < 2e-3


def test_the_strength_of_actions():
    played = point(layout=OPEN, noise=0.0)
    steps = []
    for commands in (["right"], ["weaker", "right"], ["stronger", "stronger", "right"]):
        before = np.array(played.scene().point)
        for command in commands:
            played.do(command)
        steps.append((np.array(played.scene().point) - before)[0])
    assert steps[1] == pytest.approx(steps[0] / 2)
    assert steps[2] == pytest.approx(steps[0])
    for _ in range(9):
        played.do("weaker")
    assert played.message == "Strength 0.0625 of 1"
    grid = session()
    grid.do("weaker")
    assert grid.message == "Actions have no strength here"


def test_a_mass_is_pushed_and_the_optimum_is_beside_it():
    played = point("LinearQuadratic-v0", noise=0.0, start=[[0.5, 0.0], [0.5, 0.0]])
    env = gym.make("LinearQuadratic-v0", noise=0.0)
    best = oracle.linear_quadratic(env, 0.9)
    assert f"best possible {best.value([0.5, 0.0]):.3f} without the time limit" in played.result
    played.do("hint")
    assert (
        played.message
        == f"Best: action ({best.predict([0.5, 0.0])[0][0]:.2f}), worth {best.value([0.5, 0]):.3f} at discount 0.9"
    )
    assert played.scene().values is not None
    for command, velocity in (("up", 0.5), ("down", 0.0), ("right", 0.5), ("left", 0.0), ("weaker", 0.0), ("up", 0.25)):
        played.do(command)
        assert played.world.state[1] == pytest.approx(velocity)
    assert played.scene().values is None
    env.reset(options={"start": [0.5, 0.0]})
    rewards = [env.step(np.array([u], np.float32))[1] for u in (1, -1, 1, -1, 0.5)]
    assert (
        f"return so far {sum(rewards):.2f}; discounted by 0.9: {np.dot(rewards, 0.9 ** np.arange(5)):.3f},"
        in played.result
    )


def test_a_point_reaches_the_target_and_time_runs_out():
    played = point(layout=["S.T"], noise=0.0)
    while not played.over:
        played.do("right")
    assert played.message.startswith("The end: return ")
    played.do("right")
    assert played.message == "The episode is over: R plays again, Esc quits"
    assert "@" in played.text()
    played.do("restart")
    assert not played.over
    for _ in range(200):
        played.do("stay")
    assert played.message.startswith("Out of time: return ")
