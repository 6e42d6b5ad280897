"""Templates: made, written, previewed, and kept while newsletters need them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hub import CustomerRecord, UserError
from hub.core.contracts.errors import DefinitionError, InUse, NameTaken, NotFound, Place
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.channels import Channels
from hub.core.messaging.templates.facts import CustomerFacts
from hub.core.messaging.templates.rendering import Rendered, RenderFault
from hub.core.messaging.templates.service import Templates
from hub.core.registry.registry import Registry
from hub.core.store.database import Database
from hub.core.store.tables import MessageTemplate, Newsletter, NewsletterStatus, Organisation
from tests.messaging.templates.conftest import wording
from tests.segments.desk import Desk

SMS, EMAIL = ConsentChannel.SMS, ConsentChannel.EMAIL


class Bench(Desk):
    """A desk with templates, and nothing connected."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        super().__init__(database, organisation)
        facts = CustomerFacts(database, organisation, lambda: self.evaluator, lambda: self.now)
        channels = Channels(
            database, organisation, Registry.load([]), lambda _: pytest.fail("nothing is connected")
        )
        self.templates = Templates(database, organisation, facts, channels, lambda: self.now)

    def newsletter(self, template: MessageTemplate, name: str, status: NewsletterStatus) -> None:
        with self.database.session(write=True) as session:
            session.add(
                Newsletter(
                    organisation_id=self.organisation.id or 0,
                    name=name,
                    folded_name=name,
                    permission="newsletter",
                    channels="sms",
                    connections={},
                    template_id=template.id or 0,
                    status=status.value,
                    created_at=self.now,
                    changed_at=self.now,
                )
            )


@pytest.fixture
def bench(database: Database, organisation: Organisation) -> Iterator[Bench]:
    made = Bench(database, organisation)
    yield made
    made.replica.close()


def test_a_template_from_its_making_to_its_end(bench: Bench) -> None:
    template = bench.templates.create(" Monthly ")
    bench.templates.create("another")
    assert [one.template.name for one in bench.templates.all()] == ["another", "Monthly"]
    assert [one.template.name for one in bench.templates.all(after="Another")] == ["Monthly"]
    assert [one.template.name for one in bench.templates.all(limit=1)] == ["another"]
    bench.now += timedelta(hours=1)
    assert bench.templates.rename(template, "weekly").changed_at == bench.now
    assert bench.templates.named("WEEKLY").id == bench.templates.of_id(template.id or 0).id == template.id
    bench.templates.remove(template)
    for gone in (
        lambda: bench.templates.remove(template), lambda: bench.templates.of_id(template.id or 0),
        lambda: bench.templates.rename(template, "x"), lambda: bench.templates.contents(template),
        lambda: bench.templates.set_wording(template, wording("x")), lambda: bench.templates.named("weekly"),
        lambda: bench.templates.remove_wording(template, SMS),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            gone()


def test_a_name_is_there_once(bench: Bench) -> None:
    first, second = bench.templates.create("Monthly"), bench.templates.create("Weekly")
    with pytest.raises(NameTaken, match="called 'Monthly' already; choose another"):
        bench.templates.create("MONTHLY")
    with pytest.raises(NameTaken):
        bench.templates.rename(second, "monthly")
    assert bench.templates.rename(first, "MONTHLY").name == "MONTHLY"
    with pytest.raises(UserError, match="a template's name has 1 to 200 characters"):
        bench.templates.create(" ")


def test_words_are_set_replaced_and_removed(bench: Bench) -> None:
    template = bench.templates.create("Monthly")
    bench.now += timedelta(hours=1)
    for words in (
        wording("one"),
        wording("zwei", "DE"),
        wording("two"),
        wording("", html="<p>x</p>", subject="s"),
    ):
        bench.templates.set_wording(template, words)
    contents = bench.templates.contents(template)
    assert [(one.channel, one.language, one.text) for one in contents.wordings] == [
        (EMAIL, "", ""), (SMS, "", "two"), (SMS, "de", "zwei"),
    ]  # fmt: skip
    (state,) = bench.templates.all()
    assert (state.wordings, state.template.changed_at) == ([(EMAIL, ""), (SMS, ""), (SMS, "de")], bench.now)
    bench.templates.remove_wording(template, SMS, "de")
    with pytest.raises(NotFound, match="'Monthly' has no wording for sms in 'de'"):
        bench.templates.remove_wording(template, SMS, "DE")
    assert len(bench.templates.contents(template).wordings) == 2


def test_words_with_a_mistake_are_refused_at_their_place(bench: Bench) -> None:
    template = bench.templates.create("Monthly")
    with pytest.raises(DefinitionError) as refused:
        bench.templates.set_wording(template, wording("Hi\n{{ customer.fist_name }}", "de"))
    assert str(refused.value) == (
        "the wording for sms in 'de', line 2 of the text: customer has no 'fist_name'; did you mean first_name?"
    )
    assert refused.value.place == Place(2, 13, 9)
    with pytest.raises(UserError, match="100,000 are the most"):
        bench.templates.set_wording(template, wording("x" * 1_000_000))
    assert bench.templates.contents(template).wordings == ()


def test_what_may_be_missing_is_told_and_kept(bench: Bench) -> None:
    template = bench.templates.create("Monthly")
    bench.templates.set_wording(template, wording("{{ customer.first_name }} {{ own_text }}"))
    assert [one.word for one in bench.templates.check(template)] == ["customer.first_name", "own_text"]
    assert [one.word for one in bench.templates.check(template, ["own_text"])] == ["customer.first_name"]


def test_a_preview_shows_what_a_customer_gets(bench: Bench) -> None:
    bench.bring(CustomerRecord(id="0", first_name="Bo", language="da"), CustomerRecord(id="1"))
    template = bench.templates.create("Monthly")
    bench.templates.set_wording(template, wording("Hi {{ customer.first_name }} {{ own_text }}"))
    bench.templates.set_wording(template, wording("Hej {{ customer.first_name }}", "da"))
    preview = bench.templates.preview(template, SMS, 1)
    assert (preview.wording.language, preview.rendered) == ("da", Rendered("", "Hej Bo", None))
    assert preview.measure is None
    assert bench.templates.preview(template, SMS, 1, "de", {"own_text": "news"}).rendered == Rendered(
        "", "Hi Bo news", None
    )
    invented = bench.templates.preview(template, SMS).rendered
    assert isinstance(invented, Rendered)
    assert invented.text.startswith("Hi Ada A word of our own.")
    assert isinstance(bench.templates.preview(template, SMS, 2).rendered, RenderFault)
    with pytest.raises(NotFound, match="no customer 77"):
        bench.templates.preview(template, SMS, 77)
    with pytest.raises(UserError, match="no wording for email"):
        bench.templates.preview(template, EMAIL)


def test_a_template_stays_while_newsletters_need_it(bench: Bench) -> None:
    template = bench.templates.create("Monthly")
    bench.newsletter(template, "may", NewsletterStatus.SENT)
    with pytest.raises(
        InUse, match="was sent with the newsletter 'may', whose figures name it; remove that first"
    ):
        bench.templates.remove(template)
    bench.newsletter(template, "june", NewsletterStatus.DRAFT)
    with pytest.raises(InUse, match="is used by the newsletter 'june'; choose another template there first"):
        bench.templates.remove(template)
    for number in range(4):
        bench.newsletter(template, f"n{number}", NewsletterStatus.PAUSED)
    with pytest.raises(InUse, match="the newsletters 'june', 'n0', 'n1' and 2 more"):
        bench.templates.remove(template)
