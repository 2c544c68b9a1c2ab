"""The agents of Stable-Baselines3 (Raffin et al. 2021); what they do is its documentation's to say."""

from __future__ import annotations

import stable_baselines3 as sb3

from gridworld_agents.baselines.baseline import Baseline


class PPO(Baseline):
    """Proximal policy optimisation (Schulman et al. 2017)."""

    id = "sb3/ppo"
    algorithm = sb3.PPO


class A2C(Baseline):
    """Advantage actor-critic (Mnih et al. 2016), synchronous."""

    id = "sb3/a2c"
    algorithm = sb3.A2C


class DQN(Baseline):
    """Deep Q-network (Mnih et al. 2015)."""

    id = "sb3/dqn"
    action_spaces = "Discrete"
    algorithm = sb3.DQN


class DDPG(Baseline):
    """Deep deterministic policy gradient (Lillicrap et al. 2016)."""

    id = "sb3/ddpg"
    action_spaces = "Box"
    algorithm = sb3.DDPG


class TD3(Baseline):
    """Twin delayed deep deterministic policy gradient (Fujimoto et al. 2018)."""

    id = "sb3/td3"
    action_spaces = "Box"
    algorithm = sb3.TD3


class SAC(Baseline):
    """Soft actor-critic (Haarnoja et al. 2018)."""

    id = "sb3/sac"
    action_spaces = "Box"
    algorithm = sb3.SAC
