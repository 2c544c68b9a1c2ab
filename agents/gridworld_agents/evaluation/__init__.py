"""How good an agent is: exactly where the model is known, by playing elsewhere; and watching it."""
