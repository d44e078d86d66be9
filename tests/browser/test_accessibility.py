"""axe-core on every view, light and dark, wide and on a phone."""

from pathlib import Path

import pytest

from wactorz_testing.system import System

from .conftest import ROOT, OpenWindow
from .test_views import VIEWS
from .window import PHONE, WIDE

pytestmark = pytest.mark.browser

AXE = ROOT / "spa" / "node_modules" / "axe-core" / "axe.min.js"
SEVERE = ("serious", "critical")
RUN = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map((one) => ({ id: one.id, impact: one.impact, help: one.help,
        nodes: one.nodes.map((node) => `${node.target.flat().join(" ")}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message}`) }));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_view_has_serious_violations(
    open_window: OpenWindow, system: System, scheme: str, size: tuple[int, int]
) -> None:
    window = open_window(system.url, size=size, color_scheme=scheme, reduced_motion="reduce")
    session = window.page.context.new_cdp_session(window.page)
    script = Path(AXE).read_text()
    found = []
    for view in VIEWS:
        window.go(view.lower())
        window.is_live()
        window.page.wait_for_timeout(500)
        session.send("Runtime.evaluate", {"expression": script})
        found += [{"view": view, **one} for one in window.page.evaluate(RUN) if one["impact"] in SEVERE]
    for one in found:
        print(one["view"], one["impact"], one["id"], one["help"])
        for node in one["nodes"][:5]:
            print("   ", node[:300])
    assert [(one["view"], one["id"], len(one["nodes"])) for one in found] == []
