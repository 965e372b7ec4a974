"""The catalogue: every component and frame renders, with no fault that the inspecting client knows."""

import pytest

from portal.overview.styleguide import PAGES
from tests.support.inspecting import InspectingClient


def test_the_catalogue_shows_every_component(client: InspectingClient):
    page = client.page("/_styleguide")
    for words in ("还有42天", "等您确认", "有8处要改", "期限是怎么算的", "撤回第52号建议？", "最近的50件"):
        assert words in page.text


@pytest.mark.parametrize("name", PAGES)
def test_every_frame_renders(client: InspectingClient, name: str):
    page = client.page(f"/_styleguide/{name}")
    assert page.title.endswith("示范区代表履职")


def test_dark_and_large_are_written_by_the_server(client: InspectingClient):
    html = client.get("/_styleguide/home?theme=dark&large=1").text
    assert 'data-bs-theme="dark"' in html
    assert 'data-type="large"' in html


def test_a_missing_answer_is_asked_for_in_one_sentence(client: InspectingClient):
    assert "不是有效的选择" not in client.get("/_styleguide").text


def test_an_unknown_sample_is_not_found(client: InspectingClient):
    assert client.get("/_styleguide/nothing").status_code == 404
