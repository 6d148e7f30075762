"""The list of what must not be asked, by topic. `word` stands alone, `word*` begins a word, `*word*` is anywhere in one."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, eq=False)
class Topic:
    """Why it must not be asked, what may be asked instead, and the words that give it away."""

    key: str
    title: Any
    reason: Any
    instead: Any
    english: tuple[str, ...]
    german: tuple[str, ...]


_ARTICLE_9 = _l("The law protects it above other things (GDPR, Article 9), and it has nothing to do with the work.")
_EQUAL = _l("Nobody may be treated worse for it, so nobody may be asked for it.")
_PRIVATE = _l("It is private, and an answer would only be used to judge somebody by it.")


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


TOPICS: tuple[Topic, ...] = (
    Topic(
        "health",
        _l("Health and disability"),
        _ARTICLE_9,
        _l("Ask what was in the way: “Could you get to everything, and take part in everything?”"),
        _words(
            """
            health, ill, illness*, sick, sickness*, sick days, disease*, diagnos*, disab*, handicap*, medication*,
            medical*, mental*, therap*, depress*, burnout, burn out, chronic*, allerg*, vaccin*, impairment*,
            pregnan*, blood type, surger*, addict*, smoker*, do you smoke, do you drink, drug test*, hiv
            """
        ),
        _words(
            """
            gesundheit*, krank*, erkrank*, behinder*, schwerbehind*, *diagnose*, medikament*, therapie*, psych*,
            depression*, chronisch*, allergi*, geimpft*, impfung*, impfstatus, schwanger*, blutgruppe*, operation*,
            sucht, suchtkrank*, rauchen sie, raucher*, drogentest*
            """
        ),
    ),
    Topic(
        "faith",
        _l("Faith and belief"),
        _ARTICLE_9,
        _l("Ask for what somebody needs: “Was there a day or an hour that would have suited you better?”"),
        _words(
            """
            relig*, faith, your belief*, believe in god, god, church*, mosque*, synagogue*, pray, prayer*,
            christian*, muslim*, islam*, jew, jews, jewish, hindu*, buddhis*, atheis*, baptis*, headscar*, hijab*,
            ramadan, denomination*
            """
        ),
        _words(
            """
            *religion*, religioes*, glaube an, glaubens*, ihr glaube, konfession*, kirche*, kirchen*, moschee*,
            synagoge*, beten, gebet*, christ, christin, christlich*, muslim*, moslem*, jude, juedin, juedisch*,
            getauft, taufe, kopftuch*, gott, weltanschau*
            """
        ),
    ),
    Topic(
        "pay history",
        _l("What somebody earns or earned"),
        _l(
            "What somebody earned before must not decide what they are offered. "
            "The law on equal pay (Directive (EU) 2023/970) forbids to ask."
        ),
        _l("Ask about your own figures: “Was the pay range clear, and clear early enough?”"),
        _words(
            """
            current pay, current salary, current wage*, present salary, present pay, last salary, last pay, previous
            salary, previous pay, former salary, salary history, pay history, salary now, your salary, your wage*,
            your income, you earn, you earned, you make a year, paid before, paid at the moment, paid now, payslip*,
            pay slip*, salary today, compensation history, earnings
            """
        ),
        _words(
            """
            aktuelles gehalt, aktuelle verguetung, aktuellen gehalt*, derzeitiges gehalt, derzeitige verguetung,
            bisheriges gehalt, bisherige verguetung, bisherigen gehalt*, letztes gehalt, letzten gehalt*, letzte
            verguetung, jetziges gehalt, jetzigen gehalt*, vorheriges gehalt, frueheres gehalt, frueheren gehalt*,
            ihr gehalt, dein gehalt, ihr lohn, ihr einkommen, ihr verdienst, verdienen sie, verdienst du, verdienten
            sie, haben sie verdient, gehaltshistorie, gehaltsnachweis*, gehaltsabrechnung*, lohnabrechnung*
            """
        ),
    ),
    Topic(
        "family",
        _l("Family, children and plans for them"),
        _EQUAL,
        _l("Ask about time: “Did the hours and places we proposed suit you?”"),
        _words(
            """
            family plan*, family status, your family, start a family, have a family, children, child, childcare,
            child care, kids, baby, babies, married, marriage*, marital*, divorc*, widow*, spouse*, your husband,
            your wife, your partner, maternity*, paternity*, parental leave, single parent*, fertility, engaged to
            be married
            """
        ),
        _words(
            """
            familienplan*, familienstand*, familiengruend*, ihre familie, deine familie, kinder*, ein kind, kind,
            verheirat*, heiraten, ehe, ehepartner*, ehemann, ehefrau, geschieden*, scheidung*, verwitwet*, ihr
            partner, ihre partnerin, lebenspartner*, mutterschutz*, elternzeit*, alleinerzieh*, nachwuchs
            """
        ),
    ),
    Topic(
        "age",
        _l("Age"),
        _EQUAL,
        _l("Ask about the work: “Did we ask for the experience that the work needs?”"),
        _words(
            """
            how old, your age, age group*, age range*, what age, years old, date of birth, year of birth, birthday*,
            birth date, birthdate*, born in, born on, when were you born, retire, retirement*, too old, too young,
            generation z, millennial*, boomer*
            """
        ),
        _words(
            """
            wie alt, ihr alter, dein alter, altersgruppe*, lebensalter, welches alter, jahre alt, geburtsdatum*,
            geburtstag*, geburtsjahr*, jahrgang, geboren, rente, ruhestand*, zu alt, zu jung
            """
        ),
    ),
    Topic(
        "origin",
        _l("Origin, nationality, mother tongue, skin colour"),
        _ARTICLE_9,
        _l(
            "Ask about what you said: “Were our words clear to you?” "
            "Whether somebody may work here is asked when a contract is made."
        ),
        _words(
            """
            ethnic*, race, racial*, nationalit*, citizenship*, citizen, passport*, skin colour*, skin color*, mother
            tongue*, native language*, native speaker*, first language, country of birth, place of birth,
            birthplace*, where are you from, where do you come from, where you come from, country of origin, your
            origin*, your roots, immigra*, migrant*, migration background, foreigner*, refugee*, asylum
            """
        ),
        _words(
            """
            ethni*, rasse, rassisch*, nationalitaet*, staatsangehoer*, staatsbuerger*, hautfarbe*, muttersprach*,
            geburtsort*, geburtsland*, herkunft*, herkunftsland*, woher kommen sie, woher kommst du, wo kommen sie
            her, migrationshintergr*, migrant*, einwander*, auslaender*, fluechtling*, asyl*, ihre wurzeln,
            reisepass*
            """
        ),
    ),
    Topic(
        "politics",
        _l("Politics"),
        _ARTICLE_9,
        _l("Leave it out. If you mean something that colleagues decide together, say “choose” or “decide”."),
        _words(
            """
            politic*, which party, your party, party member*, vote, votes, voted, voting, voter*, election*,
            democrat*, republican*, socialis*, communis*, left wing, right wing, conservative*, liberals
            """
        ),
        _words(
            """
            *politisch*, politik*, welche partei, partei, parteien, parteimitglied*, parteibuch, waehlen sie,
            gewaehlt haben, bundestagswahl*, wahlverhalten, afd, cdu, csu, spd, fdp, kommunist*, sozialist*
            """
        ),
    ),
    Topic(
        "union",
        _l("Trade unions"),
        _ARTICLE_9,
        _l("Ask about what you told: “Did we say clearly which agreement on pay and hours holds here?”"),
        _words(
            """
            trade union*, labour union*, labor union*, union member*, member of a union, in a union, unioni*, shop
            steward*, on strike, strikes
            """
        ),
        _words(
            """
            gewerkschaft*, verdi, ig metall, streik*, gestreikt
            """
        ),
    ),
    Topic(
        "orientation",
        _l("Sexual orientation and gender identity"),
        _ARTICLE_9,
        _l("Ask how it was: “Were you addressed as you want to be?”"),
        _words(
            """
            sexual*, sex, sex life, gay, lesbian*, bisexual*, homosexual*, heterosexual*, queer*, transgender*,
            transsexual*, trans, lgbt*, gender identity, your gender, your pronouns, are you a man, are you a woman
            """
        ),
        _words(
            """
            sexuell*, sexualitaet, sex, schwul*, lesbisch*, lesbe, bisexuell*, homosexuell*, heterosexuell*, queer*,
            transgender*, transsexuell*, geschlechtsidentitaet*, ihr geschlecht, dein geschlecht, sind sie ein mann,
            sind sie eine frau
            """
        ),
    ),
    Topic(
        "record",
        _l("Criminal record and debts"),
        _PRIVATE,
        _l("Leave it out. Where the law wants a certificate, it is asked for with the contract, not here."),
        _words(
            """
            criminal*, convict*, conviction*, arrest*, prison*, jail*, police record*, offence*, offense*, felon*,
            on probation for, credit score*, credit rating*, your debts, in debt, bankrupt*, insolven*
            """
        ),
        _words(
            """
            vorstraf*, vorbestraft*, fuehrungszeugnis*, straftat*, strafregister*, verurteil*, gefaengnis*, haft,
            inhaftiert*, polizeilich*, schufa*, schulden, verschuldet*, insolvenz*, pfaendung*
            """
        ),
    ),
    Topic(
        "body",
        _l("Genes, body measures and other marks of the body"),
        _ARTICLE_9,
        _l("Leave it out."),
        _words(
            """
            genetic*, dna, biometric*, fingerprint*, your weight, how much do you weigh, your height, how tall, body
            mass, tattoo*
            """
        ),
        _words(
            """
            genetisch*, gentest*, dns test*, biometrisch*, fingerabdruck*, ihr gewicht, dein gewicht,
            koerpergroesse*, koerpergewicht*, wie gross sind sie, taetowier*
            """
        ),
    ),
)
