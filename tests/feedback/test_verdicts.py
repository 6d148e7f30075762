"""What must not be asked: a list in two languages that finds a word however it is written and lets harmless questions pass."""

import pytest

from portal.feedback.queries.sheets import first_sheet
from portal.feedback.verdicts import check
from portal.feedback.verdicts.topics import TOPICS

REFUSED = {
    "health": [
        "Are you in good health?",
        "How many sick days did you have?",
        "Sind Sie schwanger?",
        "Leiden Sie an Krankheiten?",
    ],
    "faith": [
        "Which religion are you?",
        "Do you go to church?",
        "Welcher Religionszugehörigkeit sind Sie?",
        "Gehen Sie in die Kirche?",
    ],
    "pay history": [
        "What is your current salary?",
        "What did you earn, or: what do you earn now?",
        "Wie hoch ist Ihr bisheriges Gehalt?",
        "Was verdienen Sie?",
    ],
    "family": [
        "Do you plan to have children?",
        "Are you married?",
        "Haben Sie Kinder?",
        "Wie sieht Ihre Familienplanung aus?",
    ],
    "age": [
        "How old are you?",
        "What is your date of birth?",
        "Wie alt sind Sie?",
        "Ihr Geburtsdatum?",
    ],
    "origin": [
        "Where are you from?",
        "What is your mother tongue?",
        "Woher kommen Sie?",
        "Welche Staatsangehörigkeit haben Sie?",
    ],
    "politics": [
        "What are your political views?",
        "Which party do you vote for?",
        "Welche Partei wählen Sie?",
        "Sind Sie parteipolitisch aktiv?",
    ],
    "union": [
        "Are you a member of a trade union?",
        "Are you unionised?",
        "Sind Sie in einer Gewerkschaft?",
        "Haben Sie schon einmal gestreikt?",
    ],
    "orientation": [
        "What is your sexual orientation?",
        "Are you gay?",
        "Sind Sie schwul?",
        "Ihre sexuelle Orientierung?",
    ],
    "record": [
        "Do you have a criminal record?",
        "Were you ever convicted?",
        "Sind Sie vorbestraft?",
        "Haben Sie Schulden?",
    ],
    "body": [
        "May we have a genetic test?",
        "How tall are you?",
        "Dürfen wir biometrische Daten nehmen?",
        "Wie groß sind Sie?",
    ],
}
ALLOWED = [
    "Was the pay range clear, and clear early enough?",
    "Would you advise a friend to deal with us?",
    "Were people prepared and on time?",
    "Did the hours and places we proposed suit you?",
    "Could you get to everything, and take part in everything?",
    "Were you addressed as you want to be?",
    "What could we have managed better?",
    "Was the message you got still true at the talk?",
    "Did the trace of the gate's programming make sense?",
    "Wussten Sie, was als Nächstes kommt?",
    "War die Gehaltsspanne klar, und früh genug?",
    "Haben wir Ihnen die Zeit gelassen, die Sie brauchten?",
    "Was war gut, was nicht?",
]


@pytest.mark.parametrize("topic", REFUSED)
def test_each_topic_is_found_in_english_and_in_german(topic):
    for question in REFUSED[topic]:
        assert topic in [finding.topic.key for finding in check(question)], question


def test_harmless_questions_and_our_own_pass():
    sheet = first_sheet()
    for question in [*ALLOWED, sheet.title, sheet.intro, sheet.score, *sheet.statements, *sheet.texts]:
        assert not check(question), (question, check(question))


@pytest.mark.parametrize(
    "written",
    ["RELIGION", "Reli\u00adgion", "r\u200beligion", "ＲＥＬＩＧＩＯＮ", "Trade-Union", "trade\u2011union", "trade  union",
     "Staatsangehoerigkeit", "Staatsangeho\u0308rigkeit", "schwaNGER"],
)  # fmt: skip
def test_neither_capitals_nor_hyphens_nor_invisible_signs_hide_a_word(written):
    assert check(f"Tell us about your {written}, please")


def test_the_finding_says_which_words_and_where():
    [finding] = check("Be honest: are you Pregnant at the moment?")
    assert (finding.words, finding.at, finding.topic.key) == ("Pregnant", 19, "health")


def test_every_topic_says_why_and_what_to_ask_instead_and_its_remedy_passes_the_list():
    assert {topic.key for topic in TOPICS} == set(REFUSED)
    for topic in TOPICS:
        assert topic.english
        assert topic.german
        assert len(str(topic.reason)) > 20
        assert not check(str(topic.instead)), topic.key
