"""Every way to break the contract is refused with its reason, while the rest run."""

# ruff: noqa: E501  # a row of a table stays on its line

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from hub.core.contracts.errors import NotFound
from hub.core.registry import PluginState, Registry

Refusal = Callable[..., str]
WritePlugin = Callable[..., EntryPoint]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import a_library_nobody_has", "can't be imported: ModuleNotFoundError: No module named 'a_library_nobody_has'"),
        ("def broken(:", "can't be imported: SyntaxError"),
        ("raise SystemExit(3)", "can't be imported: SystemExit: 3"),
        ("raise RuntimeError('no licence')", "can't be imported: RuntimeError: no licence"),
        ("", "implements no hook"),
        ("@hub.hookimpl\ndef hub_message_channel(): return []", "no such hook; did you mean hub_message_channels?"),
        ("@hub.hookimpl\ndef brew_coffee(): return []", "brew_coffee is marked as a hook, but there is no such hook"),
        ("@hub.hookimpl(optionalhook=True)\ndef hub_sinks(): return []", "hub_sinks is marked as a hook"),
        ("def hub_criteria(): return []", "hub_criteria lacks its mark; write @hub.hookimpl above it"),
        ("@hub.hookimpl\ndef hub_criteria(context): return []", "context"),
        ("@hub.hookimpl(wrapper=True)\ndef hub_criteria(): yield", "wrapper"),
        ("@hub.hookimpl\ndef hub_criteria(): return None", "hub_criteria returns NoneType; return a list of classes"),
        ("@hub.hookimpl\ndef hub_criteria(): return 'loyal'", "hub_criteria returns str"),
        ("@hub.hookimpl\ndef hub_criteria(): yield", "hub_criteria returns generator"),
        ("@hub.hookimpl\ndef hub_criteria(): return {1: 2}", "hub_criteria returns dict"),
        ("@hub.hookimpl\ndef hub_criteria(): return 1 / 0", "hub_criteria fails: ZeroDivisionError: division by zero"),
        ("@hub.hookimpl\ndef hub_criteria(): return ['x']", "'x' is not a class; return the class"),
        ("@hub.hookimpl\ndef hub_criteria(): return [int]", "int is not derived from hub.Criterion"),
    ],
)  # fmt: skip
def test_a_plugin_that_is_no_plugin(refusal: Refusal, text: str, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("hook", "old", "new", "said"),
    [
        ("data_sources", "def read", "def raed", "Pages does not define read"),
        ("data_sources", "def check", "def chekc", "Pages does not define check"),
        ("data_sources", 'name = "pages"', "", "Pages has no name"),
        ("data_sources", 'name = "pages"', 'name = "Pages"', "has the name 'Pages'"),
        ("data_sources", 'name = "pages"', 'name = "my-pages"', "has the name 'my-pages'"),
        ("data_sources", 'name = "pages"', 'name = "pages\\n"', "has the name"),
        ("data_sources", 'label = "Pages"', 'label = "  "', "has no label"),
        ("data_sources", 'help = "Reads pages."', "help = None", "has no help"),
        ("data_sources", "settings_model = PagesSettings", "", "has no settings_model"),
        ("data_sources", "settings_model = PagesSettings", "settings_model = dict", "derived from hub.Settings"),
        ("data_sources", "class Pages(hub.DataSource[PagesSettings])", "class Pages(hub.Component[PagesSettings])",
         "Pages is not derived from hub.DataSource"),
        ("data_sources", "settings_model = PagesSettings",
         "settings_model = type('Loose', (PagesSettings,), {'model_config': {'extra': 'allow'}})", "unknown fields"),
        ("criteria", "parameters_model = Limits", "parameters_model = PagesSettings", "derived from hub.Parameters"),
        ("criteria", "def expression", "def expresion", "does not define expression"),
        ("criteria", "def describe", "def descibe", "does not define describe"),
        ("criteria", 'label = "Loyal"', 'label = "Loyal"; aliases = ["faithful"]', "has the aliases"),
        ("criteria", 'label = "Loyal"', 'label = "Loyal"; aliases = ("segment",)', "keeps for the segments themselves"),
        ("criteria", 'label = "Loyal"', 'label = "Loyal"; aliases = ("loyal",)', "brings the name 'loyal' twice"),
        ("criteria", "parameters_model = Limits",
         "parameters_model = Limits\n    def __init__(self): raise OSError('no disk')", "Loyal() fails: OSError: no disk"),
        ("criteria", "[Loyal]", "[Loyal, Loyal]", "brings the name 'loyal' twice"),
        ("audience_sinks", "accepts = frozenset({hub.IdentifierKind.EMAIL})", "accepts = frozenset()", "accepts"),
        ("audience_sinks", "accepts = frozenset({hub.IdentifierKind.EMAIL})", "accepts = frozenset({'email!'})", "accepts"),
        ("audience_sinks", "largest_batch = 10", "largest_batch = 0", "largest_batch"),
        ("audience_sinks", "largest_batch = 10", "", "largest_batch"),
        ("audience_sinks", "largest_batch = 10", "largest_batch = 10; traits = ('shoe_size',)", "shoe_size"),
        ("audience_sinks", "def reference", "def refrence", "does not define reference"),
        ("message_channels", "channel = hub.ConsentChannel.PHONE", "channel = 'pigeon'", "which consent it needs"),
        ("message_channels", "carries = hub.Carries(subject=False, html=False, longest_text=20)", "", "what it carries"),
        ("message_channels", "keeps_ids = False", "keeps_ids = 0", "keeps_ids"),
        ("message_channels", "def send", "def sned", "does not define send"),
    ],
)  # fmt: skip
def test_a_component_that_breaks_its_contract(
    refusal: Refusal, texts: dict[str, str], hook: str, old: str, new: str, said: str
) -> None:
    assert texts[hook].count(old) == 1
    reason = refusal(texts[hook].replace(old, new))
    assert said in reason
    assert f"hub_{hook}" in reason


def test_everything_wrong_is_said_at_once(refusal: Refusal, texts: dict[str, str]) -> None:
    text = texts["audience_sinks"].replace("largest_batch = 10", "").replace('label = "Wall"', "")
    reason = refusal(text.replace("def add", "def ad"))
    assert all(word in reason for word in ("largest_batch", "label", "does not define add"))


@pytest.mark.parametrize("name", ["Bad", "bad-name", "1bad", "bad.", "a.b.c", "", "böse"])
def test_a_plugin_name_that_is_no_name(write_plugin: WritePlugin, texts: dict[str, str], name: str) -> None:
    module = write_plugin("well_named", texts["criteria"])
    (report,) = Registry.load([EntryPoint(name, module.value, "hub")]).plugins()
    assert report.state is PluginState.REFUSED
    assert "lower-case" in report.reason


def test_a_second_plugin_of_the_same_name_is_refused_naming_both(
    write_plugin: WritePlugin, texts: dict[str, str]
) -> None:
    first = write_plugin("twin", texts["criteria"], module="a_twin")
    second = write_plugin("twin", texts["message_channels"], module="b_twin")
    registry = Registry.load([second, first])
    loaded, refused = registry.plugins()
    assert (loaded.module, loaded.state) == ("a_twin", PluginState.LOADED)
    assert (refused.module, refused.state) == ("b_twin", PluginState.REFUSED)
    assert "a_twin" in refused.reason
    assert "b_twin" in refused.reason
    assert registry.message_channels() == []


def test_a_taken_component_refuses_the_whole_later_plugin_naming_both(
    write_plugin: WritePlugin, texts: dict[str, str]
) -> None:
    first = write_plugin("alpha", texts["criteria"])
    second = write_plugin("beta", texts["message_channels"], texts["criteria"])
    registry = Registry.load([first, second])
    report = registry.plugins()[1]
    assert report.state is PluginState.REFUSED
    assert "criterion 'loyal' is already brought by the plugin 'alpha'" in report.reason
    assert registry.message_channels() == [], "a plugin is taken whole or not at all"
    assert registry.plugin_of(type(registry.criterion("loyal"))) == "alpha"


def test_an_alias_takes_a_name_too(write_plugin: WritePlugin, texts: dict[str, str]) -> None:
    first = write_plugin("alpha", texts["criteria"])
    other = texts["criteria"].replace('name = "loyal"', 'name = "devoted"; aliases = ("loyal",)')
    registry = Registry.load([first, write_plugin("beta", other)])
    assert "'loyal'" in registry.plugins()[1].reason
    assert [criterion.name for criterion in registry.criteria()] == ["loyal"]


def test_an_unknown_name_is_answered_with_the_nearest(write_plugin: WritePlugin, texts: dict[str, str]) -> None:
    registry = Registry.load([write_plugin("birds", texts["message_channels"])])
    with pytest.raises(NotFound, match=r"there is no message channel 'pidgeon'; did you mean 'pigeon'\?$"):
        registry.message_channel("pidgeon")
    with pytest.raises(NotFound, match=r"there is no audience sink 'pigeon'; there are: none$"):
        registry.audience_sink("pigeon")


def test_an_unknown_name_whose_plugin_was_refused_is_answered_with_the_reason(
    write_plugin: WritePlugin, texts: dict[str, str]
) -> None:
    broken = write_plugin("doves", "import a_library_nobody_has")
    registry = Registry.load([broken, write_plugin("quiet", texts["criteria"])], disabled=["quiet"])
    with pytest.raises(NotFound, match=r"plugin 'doves' was refused: .*a_library_nobody_has"):
        registry.message_channel("doves")
    with pytest.raises(NotFound, match="the plugin 'quiet' is disabled"):
        registry.criterion("quiet")


def test_an_unknown_name_that_a_refused_plugin_would_have_brought_is_answered_with_the_reason(
    write_plugin: WritePlugin, texts: dict[str, str]
) -> None:
    clash = write_plugin("beta", texts["message_channels"], texts["criteria"])
    registry = Registry.load([write_plugin("alpha", texts["criteria"]), clash])
    with pytest.raises(NotFound, match=r"no message channel 'pigeon'.*plugin 'beta' was refused"):
        registry.message_channel("pigeon")
