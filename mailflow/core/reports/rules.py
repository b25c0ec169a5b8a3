"""The language of rules/reports.yaml: how suppliers are graded, which reports are mailed to whom and when."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from mailflow.core.playbook.moments import Daily, MomentText, Monthly, Weekly
from mailflow.core.playbook.phrases import fault
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


Reader = Literal["managers", "merchandisers"]


class ReportMail(Rule):
    """When a report is mailed and to whom; nobody: it is not. A manager reads of all orders, others of their own.

    `of`: the period in which its hour lies, or the one before it. `empty`: what goes where there is nothing to tell.
    """

    when: MomentText
    to: tuple[Reader, ...] = ()
    of: Literal["this", "last"] = "last"
    empty: Literal["nothing", "line"] = "nothing"


class ReportMails(Rule):
    """The reports that are mailed by themselves."""

    daily: ReportMail | None = None
    weekly: ReportMail | None = None
    monthly: ReportMail | None = None

    @field_validator("daily", "weekly", "monthly")
    @classmethod
    def _regular(cls, mail: ReportMail | None, info: ValidationInfo) -> ReportMail | None:
        sort, example = _REGULAR[str(info.field_name)]
        if mail is not None and not isinstance(mail.when, sort):
            raise fault(f"the {info.field_name} report has no {info.field_name} hour", f"write it so: {example}")
        return mail

    @cached_property
    def by_kind(self) -> Mapping[str, ReportMail]:
        """Return the mails by the kind of their report; those for nobody are left out."""
        found = {name: getattr(self, name) for name in _REGULAR}
        return {name: mail for name, mail in found.items() if mail is not None and mail.to}


_REGULAR: Mapping[str, tuple[type, str]] = MappingProxyType(
    {
        "daily": (Daily, "daily at 17:45"),
        "weekly": (Weekly, "weekly on monday at 08:30"),
        "monthly": (Monthly, "monthly on working day 2 at 09:00"),
    }
)


class ReportRules(Rule):
    """The whole of rules/reports.yaml."""

    grading: Grading = Grading()
    mails: ReportMails = ReportMails()


def load_report_rules(text: str, file: str = "rules/reports.yaml") -> tuple[ReportRules | None, tuple[Problem, ...]]:
    """Return the rules, or everything that is wrong with them."""
    source, problems = read_yaml(text, file)
    return (None, problems) if source is None else validate(ReportRules, source)
