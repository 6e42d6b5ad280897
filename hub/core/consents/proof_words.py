"""What the page of a proof says, in each language."""

from dataclasses import dataclass
from types import MappingProxyType

from hub.core.consents.languages import Language
from hub.core.consents.places import BY_HAND, ConsentPlace


@dataclass(frozen=True)
class ProofWords:
    """The words of the page."""

    title: str
    made: str
    customer: str
    number: str
    source: str
    addresses: str
    standing: str
    log: str
    nothing: str
    permission: str
    channel: str
    event: str
    given: str
    withdrawn: str
    time: str
    place: str
    version: str
    requests: str
    asked: str
    sent: str
    confirmed: str
    until: str
    texts: str
    published: str
    asks_for: str
    double_opt_in: str
    not_known: str
    places: MappingProxyType[str, str]


def proof_words(language: Language) -> ProofWords:
    """The words in a language."""
    match language:
        case Language.GERMAN:
            return _german()
        case Language.DANISH:
            return _danish()
    return _english()


def _english() -> ProofWords:
    return ProofWords(
        title="Proof of consent",
        made="Made",
        customer="Customer",
        number="Number",
        source="Known to",
        addresses="Addresses",
        standing="What stands now",
        log="What was given and withdrawn, newest last",
        nothing="There is nothing.",
        permission="Permission",
        channel="Channel",
        event="What happened",
        given="given",
        withdrawn="withdrawn",
        time="Time",
        place="Place",
        version="Version",
        requests="Confirmations (double opt-in)",
        asked="Given",
        sent="Address asked",
        confirmed="Confirmed",
        until="Possible until",
        texts="The texts that were shown",
        published="published",
        asks_for="asks for",
        double_opt_in="counts once the address has confirmed it",
        not_known="not known",
        places=_places("registration", "order", "profile", "entered by hand"),
    )


def _german() -> ProofWords:
    return ProofWords(
        title="Nachweis der Einwilligung",
        made="Erstellt",
        customer="Kundin oder Kunde",
        number="Nummer",
        source="Bekannt bei",
        addresses="Adressen",
        standing="Was jetzt gilt",
        log="Was erteilt und widerrufen wurde, das Neueste zuletzt",
        nothing="Es gibt nichts.",
        permission="Einwilligung",
        channel="Kanal",
        event="Was geschah",
        given="erteilt",
        withdrawn="widerrufen",
        time="Zeit",
        place="Ort",
        version="Version",
        requests="Bestätigungen (Double-Opt-in)",
        asked="Erteilt",
        sent="Adresse gefragt",
        confirmed="Bestätigt",
        until="Möglich bis",
        texts="Die gezeigten Texte",
        published="veröffentlicht",
        asks_for="fragt nach",
        double_opt_in="gilt, sobald die Adresse es bestätigt hat",
        not_known="nicht bekannt",
        places=_places("Registrierung", "Bestellung", "Profil", "von Hand eingetragen"),
    )


def _danish() -> ProofWords:
    return ProofWords(
        title="Dokumentation for samtykke",
        made="Lavet",
        customer="Kunde",
        number="Nummer",
        source="Kendt hos",
        addresses="Adresser",
        standing="Hvad der gælder nu",
        log="Hvad der blev givet og trukket tilbage, nyeste sidst",
        nothing="Der er intet.",
        permission="Samtykke",
        channel="Kanal",
        event="Hvad der skete",
        given="givet",
        withdrawn="trukket tilbage",
        time="Tid",
        place="Sted",
        version="Version",
        requests="Bekræftelser (dobbelt opt-in)",
        asked="Givet",
        sent="Adressen spurgt",
        confirmed="Bekræftet",
        until="Muligt indtil",
        texts="De viste tekster",
        published="offentliggjort",
        asks_for="spørger om",
        double_opt_in="gælder, når adressen har bekræftet det",
        not_known="ikke kendt",
        places=_places("registrering", "bestilling", "profil", "indtastet manuelt"),
    )


def _places(registration: str, order: str, profile: str, by_hand: str) -> MappingProxyType[str, str]:
    return MappingProxyType(
        {
            ConsentPlace.REGISTRATION.value: registration,
            ConsentPlace.ORDER.value: order,
            ConsentPlace.PROFILE.value: profile,
            BY_HAND: by_hand,
        }
    )
