"""What the public pages say, in each language. ``{organisation}`` and ``{channel}`` are filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.core.consents.languages import Language


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    sender: str
    about: str
    channel: str
    leave_title: str
    leave_text: str
    leave_button: str
    everything_text: str
    everything_button: str
    left_title: str
    left_text: str
    mistake_text: str
    mistake_button: str
    back_title: str
    back_text: str
    nothing_title: str
    nothing_text: str
    confirm_title: str
    confirm_text: str
    confirm_button: str
    confirm_otherwise: str
    confirmed_title: str
    confirmed_text: str
    expired_title: str
    expired_text: str
    unknown_title: str
    unknown_text: str
    ended_title: str
    ended_text: str
    busy_title: str
    busy_text: str
    broken_title: str
    broken_text: str


WORDS: Mapping[Language, Words] = MappingProxyType(
    {
        Language.ENGLISH: Words(
            sender="From",
            about="About",
            channel="By",
            leave_title="Stop these messages?",
            leave_text="{organisation} writes to you because you agreed to it. "
            "Press the button, and it ends at once.",
            leave_button="Stop these messages",
            everything_text="You can also stop all messages of every kind, on every channel.",
            everything_button="Stop everything",
            left_title="You are unsubscribed",
            left_text="{organisation} will not send you these messages any more.",
            mistake_text="Was that a mistake? For an hour you can take it back here.",
            mistake_button="Keep sending me these messages",
            back_title="You are subscribed again",
            back_text="{organisation} goes on writing to you, as you had agreed to before.",
            nothing_title="You get none of these messages",
            nothing_text="{organisation} does not send you these messages. There is nothing left to do.",
            confirm_title="Please confirm",
            confirm_text="{organisation} was asked to write to you by {channel}. This is what you agree to:",
            confirm_button="Yes, I agree",
            confirm_otherwise="If it was not you who asked, close this page: you will get no messages.",
            confirmed_title="Thank you",
            confirmed_text="You have confirmed that {organisation} may write to you by {channel}.",
            expired_title="It is too late to confirm this",
            expired_text="Nobody confirmed it in time, so {organisation} will not write to you. "
            "If you want these messages, sign up again.",
            unknown_title="This address is not valid",
            unknown_text="It may be incomplete, or what it led to is not there any more. "
            "Copy it whole from the message, or ask whoever wrote to you.",
            ended_title="This offer has ended",
            ended_text="The address that you followed led to an offer of {organisation} that has ended.",
            busy_title="Please try again in a moment",
            busy_text="This can't be done just now. Nothing was changed.",
            broken_title="Something went wrong",
            broken_text="It is our mistake, and we are told of it. Please try again later.",
        ),
        Language.GERMAN: Words(
            sender="Von",
            about="Worum es geht",
            channel="Per",
            leave_title="Diese Nachrichten abbestellen?",
            leave_text="{organisation} schreibt Ihnen, weil Sie zugestimmt haben. "
            "Mit dem Knopf ist das sofort beendet.",
            leave_button="Diese Nachrichten abbestellen",
            everything_text="Sie können auch alle Nachrichten jeder Art auf allen Wegen abbestellen.",
            everything_button="Alles abbestellen",
            left_title="Sie sind abgemeldet",
            left_text="{organisation} schickt Ihnen diese Nachrichten nicht mehr.",
            mistake_text="War das ein Versehen? Eine Stunde lang können Sie es hier zurücknehmen.",
            mistake_button="Nachrichten weiter erhalten",
            back_title="Sie sind wieder angemeldet",
            back_text="{organisation} schreibt Ihnen weiter, wie Sie es zuvor erlaubt hatten.",
            nothing_title="Sie erhalten diese Nachrichten nicht",
            nothing_text="{organisation} schickt Ihnen diese Nachrichten nicht. Es ist nichts weiter zu tun.",
            confirm_title="Bitte bestätigen Sie",
            confirm_text="{organisation} wurde gebeten, Ihnen per {channel} zu schreiben. Dem stimmen Sie zu:",
            confirm_button="Ja, ich stimme zu",
            confirm_otherwise="Wenn Sie das nicht waren, schließen Sie diese Seite: "
            "Sie erhalten keine Nachrichten.",
            confirmed_title="Danke",
            confirmed_text="Sie haben bestätigt, dass {organisation} Ihnen per {channel} schreiben darf.",
            expired_title="Zum Bestätigen ist es zu spät",
            expired_text="Niemand hat es rechtzeitig bestätigt, deshalb schreibt {organisation} Ihnen nicht. "
            "Wenn Sie die Nachrichten möchten, melden Sie sich bitte neu an.",
            unknown_title="Diese Adresse ist nicht gültig",
            unknown_text="Vielleicht ist sie unvollständig, oder ihr Ziel gibt es nicht mehr. "
            "Kopieren Sie sie ganz aus der Nachricht, oder fragen Sie, wer Ihnen geschrieben hat.",
            ended_title="Dieses Angebot ist beendet",
            ended_text="Die Adresse führte zu einem Angebot von {organisation}, das beendet ist.",
            busy_title="Bitte versuchen Sie es gleich noch einmal",
            busy_text="Das geht gerade nicht. Es wurde nichts geändert.",
            broken_title="Etwas ist schiefgegangen",
            broken_text="Das ist unser Fehler, und wir erfahren davon. Bitte versuchen Sie es später noch einmal.",
        ),
        Language.DANISH: Words(
            sender="Fra",
            about="Om",
            channel="På",
            leave_title="Vil du framelde disse beskeder?",
            leave_text="{organisation} skriver til dig, fordi du har sagt ja til det. "
            "Tryk på knappen, så holder det op med det samme.",
            leave_button="Frameld disse beskeder",
            everything_text="Du kan også framelde alle beskeder af enhver slags på alle kanaler.",
            everything_button="Frameld alt",
            left_title="Du er frameldt",
            left_text="{organisation} sender dig ikke flere af disse beskeder.",
            mistake_text="Var det en fejl? I en time kan du fortryde det her.",
            mistake_button="Bliv ved med at sende mig beskeder",
            back_title="Du er tilmeldt igen",
            back_text="{organisation} bliver ved med at skrive til dig, som du før havde sagt ja til.",
            nothing_title="Du får ingen af disse beskeder",
            nothing_text="{organisation} sender dig ikke disse beskeder. Du skal ikke gøre mere.",
            confirm_title="Bekræft venligst",
            confirm_text="{organisation} er blevet bedt om at skrive til dig på {channel}. Det siger du ja til:",
            confirm_button="Ja, det vil jeg gerne",
            confirm_otherwise="Hvis det ikke var dig, skal du lukke siden: du får ingen beskeder.",
            confirmed_title="Tak",
            confirmed_text="Du har bekræftet, at {organisation} må skrive til dig på {channel}.",
            expired_title="Det er for sent at bekræfte",
            expired_text="Ingen bekræftede det i tide, så {organisation} skriver ikke til dig. "
            "Hvis du gerne vil have beskederne, må du tilmelde dig igen.",
            unknown_title="Adressen er ikke gyldig",
            unknown_text="Måske er den ikke hel, eller det, den førte til, findes ikke længere. "
            "Kopiér hele adressen fra beskeden, eller spørg den, der skrev til dig.",
            ended_title="Tilbuddet er slut",
            ended_text="Adressen førte til et tilbud fra {organisation}, som er slut.",
            busy_title="Prøv igen om et øjeblik",
            busy_text="Det kan ikke lade sig gøre lige nu. Intet er ændret.",
            broken_title="Noget gik galt",
            broken_text="Det er vores fejl, og vi får besked om den. Prøv igen senere.",
        ),
    }
)
