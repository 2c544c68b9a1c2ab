"""What every agent stands on: the contract, hyper-parameters, files, the loop of learning."""
