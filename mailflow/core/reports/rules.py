"""The language of rules/reports.yaml: how suppliers are graded."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mailflow.core.problems import Problem
from mailflow.core.yaml_source import read_yaml, validate

Weight = Annotated[float, Field(ge=0, le=100)]


class Rule(BaseModel):
    """Unknown keys are refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Weights(Rule):
    """How much each part counts; a part without any figure is left out, and the others count as much more."""

    delivery: Weight = 50
    slips: Weight = 20
    answers: Weight = 20
    quality: Weight = 10


class Grades(Rule):
    """The least score, in percent, of each grade; below the last it is D."""

    a: Annotated[float, Field(ge=0, le=100)] = 85
    b: Annotated[float, Field(ge=0, le=100)] = 70
    c: Annotated[float, Field(ge=0, le=100)] = 50

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if not self.a > self.b > self.c:
            raise ValueError("grades must fall: a above b, b above c")
        return self


class Grading(Rule):
    """How a supplier is graded."""

    weights: Weights = Weights()
    grades: Grades = Grades()
    prompt_hours: Annotated[float, Field(gt=0)] = 24
    slow_hours: Annotated[float, Field(gt=0)] = 96

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.slow_hours <= self.prompt_hours:
            raise ValueError("slow_hours must be more than prompt_hours")
        return self

    def score(self, **parts: float | None) -> float | None:
        """Return the weighted mean of the parts that are known; None where delivery and answers are both unknown."""
        weights: dict[str, float] = self.weights.model_dump()
        known = [(value, weights[name]) for name, value in parts.items() if value is not None]
        total = sum(weight for _, weight in known)
        if not total or all(parts.get(name) is None for name in ("delivery", "answers")):
            return None
        return sum(value * weight for value, weight in known) / total

    def grade(self, score: float) -> str:
        """Return the grade of a score from 0 to 1."""
        percent = score * 100
        limits = (("A", self.grades.a), ("B", self.grades.b), ("C", self.grades.c))
        return next((name for name, least in limits if percent >= least), "D")


class ReportRules(Rule):
    """The whole of rules/reports.yaml."""

    grading: Grading = Grading()


def load_report_rules(text: str, file: str = "rules/reports.yaml") -> tuple[ReportRules | None, tuple[Problem, ...]]:
    """Return the rules, or everything that is wrong with them."""
    source, problems = read_yaml(text, file)
    return (None, problems) if source is None else validate(ReportRules, source)
