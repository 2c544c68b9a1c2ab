"""What estimators from other policies' episodes share: logs that are ready, intervals, fitted models."""
