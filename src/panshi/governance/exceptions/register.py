"""Every exception of an estate, kept in step with the log; what a new step touches is told."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping

from panshi.governance.exceptions.folding import KINDS, Folding, Rules, fold
from panshi.governance.exceptions.story import Step, Story
from panshi.model.asset import AssetId
from panshi.model.observation import ObservationId, Sealed


class Exceptions:
    """The stories of all exceptions, derived anew when a step comes in."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self._events: list[tuple[int, Sealed, AssetId]] = []
        self._known: set[ObservationId] = set()
        self._stories: tuple[Story, ...] | None = None
        self._by_control: Mapping[str, tuple[Story, ...]] = {}

    def add(self, sealed: Sealed, institution: AssetId) -> set[str]:
        """Take a step in; give the controls whose exceptions are not what they were."""
        if sealed.observation.kind not in KINDS or sealed.id in self._known:
            return set()
        self._known.add(sealed.id)
        insort(self._events, (sealed.position, sealed, institution), key=lambda each: each[0])
        if self._stories is None:
            return set()
        before = dict(self._by_control)
        self._stories = None
        self.all()
        return {
            control
            for control in before.keys() | self._by_control.keys()
            if before.get(control) != self._by_control.get(control)
        }

    def all(self) -> tuple[Story, ...]:
        """Give every exception, in the order of their requests."""
        if self._stories is None:
            events = ((sealed, asset) for _, sealed, asset in self._events)
            self._stories = fold(events, self.rules)
            found: dict[str, list[Story]] = {}
            for story in self._stories:
                found.setdefault(story.control, []).append(story)
            self._by_control = {control: tuple(each) for control, each in found.items()}
        return self._stories

    def of(self, control: str) -> tuple[Story, ...]:
        """Give the exceptions ever asked for of a control."""
        self.all()
        return self._by_control.get(control, ())

    def find(self, number: str) -> Story | None:
        """Give the exception of a number."""
        return next((each for each in self.all() if each.number == number), None)

    def excused_by(self, compensating: str) -> set[str]:
        """Give the controls whose exceptions lean on a compensating control."""
        return {each.control for each in self.all() if compensating in each.request.compensating}

    def tried(self, *steps: Sealed, institution: AssetId) -> tuple[tuple[Step, ...], Story | None]:
        """Say what steps would be if they were sealed now; nothing is kept."""
        folding = Folding(self.rules)
        for _, sealed, asset in self._events:
            folding.take(sealed, asset)
        made = tuple(step for each in steps if (step := folding.take(each, institution)))
        number = steps[-1].observation.facet
        story = next((each for each in folding.stories() if each.number == number), None)
        return made, story
