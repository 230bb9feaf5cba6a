"""Large work without the collector of circles, which is on again afterwards."""

import gc
import weakref

from graph.uncollected import sweep, uncollected


class Circle:
    """Something that only it itself refers to."""

    def __init__(self) -> None:
        self.itself = self


def test_the_collector_is_off_and_then_as_it_was() -> None:
    assert gc.isenabled()
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_circles_are_let_go_of_when_asked() -> None:
    with uncollected():
        left = weakref.ref(Circle())
        assert left() is not None
        sweep()
        assert left() is None
