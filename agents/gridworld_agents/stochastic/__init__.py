"""What algorithms of stochastic approximation share: iterates, checks of the conditions, policy search by episodes."""
