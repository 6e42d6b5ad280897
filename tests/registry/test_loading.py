"""What is loaded, in which order, and what is reported about it."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from hub.core.registry import Kind, PluginState, Registry

WritePlugin = Callable[..., EntryPoint]


def test_a_plugin_with_all_four_hooks(write_plugin: WritePlugin, texts: dict[str, str]) -> None:
    registry = Registry.load([write_plugin("everything", *texts.values())])
    (report,) = registry.plugins()
    assert report.state is PluginState.LOADED
    assert report.reason == ""
    assert report.hooks == tuple(sorted(f"hub_{kind}" for kind in texts))
    assert {(item.kind, item.name, item.label) for item in report.components} == {
        (Kind.DATA_SOURCE, "pages", "Pages"),
        (Kind.CRITERION, "loyal", "Loyal"),
        (Kind.AUDIENCE_SINK, "wall", "Wall"),
        (Kind.MESSAGE_CHANNEL, "pigeon", "Pigeon"),
    }
    assert registry.data_source("pages") is registry.data_sources()[0]
    assert registry.audience_sink("wall") is registry.audience_sinks()[0]
    assert registry.message_channel("pigeon") is registry.message_channels()[0]
    assert registry.criterion("loyal") is registry.criteria()[0]
    assert registry.criterion("loyal").label == "Loyal"


def test_order_is_the_built_in_criteria_and_then_by_name(write_plugin: WritePlugin, texts: dict[str, str]) -> None:
    names = ["zebra", "criteria", "apple"]
    found = [
        write_plugin(name, texts["message_channels"].replace('"pigeon"', f'"pigeon_{name}"')) for name in names
    ]
    registry = Registry.load(found)
    assert [report.name for report in registry.plugins()] == ["criteria", "apple", "zebra"]
    assert [channel.name for channel in registry.message_channels()] == [
        "pigeon_criteria", "pigeon_apple", "pigeon_zebra",
    ]  # fmt: skip
    again = Registry.load(reversed(found))
    assert again.plugins() == registry.plugins()


def test_nothing_of_a_disabled_plugin_is_run(write_plugin: WritePlugin, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    plugin = write_plugin("quiet", f"open({str(trace)!r}, 'w').close()")
    registry = Registry.load([plugin], disabled=["quiet"])
    assert registry.plugins()[0].state is PluginState.DISABLED
    assert not trace.exists()


def test_disabling_the_first_of_two_lets_the_second_have_the_component(
    write_plugin: WritePlugin, texts: dict[str, str]
) -> None:
    found = [write_plugin("first", texts["criteria"]), write_plugin("second", texts["criteria"])]
    assert Registry.load(found, disabled={"first"}).plugins()[1].state is PluginState.LOADED


def test_the_distribution_and_its_version_are_told(
    write_plugin: WritePlugin, texts: dict[str, str], tmp_path: Path
) -> None:
    write_plugin("bird", texts["message_channels"], module="bird_plugin")
    folder = tmp_path / "hub_bird-1.4.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: hub-bird\nVersion: 1.4\n")
    (folder / "entry_points.txt").write_text("[hub]\nbird = bird_plugin\n")
    (distribution,) = distributions(path=[str(tmp_path)])
    (report,) = Registry.load(distribution.entry_points).plugins()
    assert (report.distribution, report.version, report.module) == ("hub-bird", "1.4", "bird_plugin")
    assert report.origin == "bird_plugin of hub-bird 1.4"


def test_installed_plugins_are_found_without_being_named() -> None:
    assert {"criteria", "csv", "email", "mailchimp"} <= {report.name for report in Registry.load().plugins()}


def test_the_email_plugin_is_loaded() -> None:
    assert Registry.load().message_channel("email").label == "Email"


def test_a_criterion_answers_to_its_aliases_and_is_listed_once(
    write_plugin: WritePlugin, texts: dict[str, str]
) -> None:
    text = texts["criteria"].replace('label = "Loyal"', 'label = "Loyal"; aliases = ("faithful",)')
    registry = Registry.load([write_plugin("loyalty", text)])
    assert registry.criterion("faithful") is registry.criterion("loyal")
    assert len(registry.criteria()) == 1


@pytest.mark.parametrize("kind", ["data_sources", "criteria", "audience_sinks", "message_channels"])
def test_one_name_may_be_used_once_for_each_kind(
    write_plugin: WritePlugin, texts: dict[str, str], kind: str
) -> None:
    same = {hook: text.replace('name = "', 'name = "same"  # "') for hook, text in texts.items()}
    registry = Registry.load([write_plugin(f"brings_{hook}", text) for hook, text in same.items()])
    assert {report.state for report in registry.plugins()} == {PluginState.LOADED}
    assert len(getattr(registry, kind)()) == 1
