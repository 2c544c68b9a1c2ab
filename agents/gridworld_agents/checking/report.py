"""What the checks found."""

from __future__ import annotations

import dataclasses
from typing import Literal

from gridworld_agents.core.public import export

Status = Literal["passed", "failed", "skipped"]


@export("gridworld_agents.checking.Finding")
@dataclasses.dataclass(frozen=True)
class Finding:
    """What one check found."""

    name: str
    status: Status
    message: str
    """What was seen; of a failure also what was expected and how to mend it; of a skipped check the reason."""

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.status} {self.name}: {self.message}"


@export("gridworld_agents.checking.Report")
class Report(list[Finding]):
    """The findings, in the order of the checks."""

    @property
    def failures(self) -> list[Finding]:
        """Those that failed."""
        return [finding for finding in self if finding.status == "failed"]

    @property
    def ok(self) -> bool:
        """Whether none failed."""
        return not self.failures

    def __str__(self) -> str:
        """Return a line for each finding."""
        return "\n".join(map(str, self))

    def raise_failures(self, agent: str) -> None:
        """Raise one error that lists what failed, if anything did.

        Args:
            agent: Its name, for the message.

        Raises:
            AgentCheckError: With a line for each failure.
        """
        if self.failures:
            lines = "".join(f"\n- {finding.name}: {finding.message}" for finding in self.failures)
            raise AgentCheckError(f"{agent} fails {len(self.failures)} of {len(self)} checks:{lines}", self)


@export("gridworld_agents.AgentCheckError")
class AgentCheckError(AssertionError):
    """An agent does not keep to the contract; the message lists what failed, `report` holds every finding."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


class Failed(Exception):  # noqa: N818 - it never leaves the checks: a finding is made of it
    """Raised by a check that fails.

    Args:
        expected: What the contract asks for.
        seen: What the agent did.
        mend: What its author can do.
    """

    def __init__(self, expected: str, seen: str, mend: str) -> None:
        super().__init__(f"expected {expected}; saw {seen}; to mend it, {mend}")


class Skipped(Exception):  # noqa: N818 - likewise
    """Raised by a check that does not apply; the message says why."""
