"""Where the dashboard is looked for."""

from wactorz_edge import page


def test_a_checkout_has_a_place_for_the_built_dashboard_and_an_installed_package_none(tmp_path):
    assert page.folder(tmp_path) == ""
    (tmp_path / "package.json").write_text("{}")
    assert page.folder(tmp_path) == str(tmp_path / "dist")
