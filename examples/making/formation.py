"""A French training register: customer accounts, participants with notes, sessions, attendance sheets and connections."""

from __future__ import annotations

import random
from datetime import date

from making import numbers, words
from making.shape import Controller, Field, Table

COUNT = 90


def controller() -> Controller:
    """The register's five tables: CSV as Excel writes it in France."""
    return Controller("formation", "002", (_accounts(), _participants(), _sessions(), _attendance(), _connections()))


def _table(file: str, columns: tuple[Field, ...]) -> Table:
    return Table(f"formation/{file}", columns, delimiter=";", encoding="cp1252")


def _person(rng: random.Random) -> tuple[str, str]:
    return rng.choice(words.words("fr_given")), rng.choice(words.words("fr_family"))


def _mail(name: tuple[str, str]) -> str:
    return f"{words.ascii_name(name[0])}.{words.ascii_name(name[1])}@example.fr"


def _accounts() -> Table:
    rng = random.Random("formation comptes")
    people = [_person(rng) for _ in range(45)]
    towns = [rng.choice(words.words("fr_towns")) for _ in people]
    prices = [rng.choice((29, 49, 99)) for _ in people]
    return _table(
        "comptes.csv",
        (
            Field("N° client", "none", [f"C{row:05d}" for row in range(301, 346)]),
            Field("Nom", "last_name", [name[1].upper() for name in people], named=("account: name",)),
            Field("Prénom", "first_name", [name[0] for name in people], named=("account: first name",)),
            Field(
                "Adresse",
                "street_address",
                [f"{rng.randint(1, 210)} {rng.choice(words.words('fr_streets'))}" for _ in people],
                named=("account: address",),
            ),
            Field("Code postal", "postal_code", [town[0] for town in towns]),
            Field("Ville", "city", [town[1] for town in towns]),
            Field("Téléphone", "phone", [numbers.phone_fr(rng) for _ in people], named=("account: phone number",)),
            Field("Courriel", "email", [_mail(name) for name in people], named=("account: email",)),
            Field(
                "Identifiant de connexion",
                "username",
                [words.ascii_name(name[0][0] + name[1]) for name in people],
                named=("login",),
            ),
            Field("Mot de passe (haché)", "password", [numbers.bcrypt(rng) for _ in people], named=("password",)),
            Field("IBAN", "iban", [numbers.iban_fr(rng) for _ in people], named=("billing information",)),
            Field("Titulaire du compte", "person_name", [f"{name[0]} {name[1]}" for name in people]),
            Field("SIRET", "none", [numbers.siret(rng) for _ in people]),
            Field("Formule", "none", [rng.choice(("Essentiel", "Confort", "Premium")) for _ in people]),
            Field("Montant HT", "none", [f"{price},00" for price in prices]),
            Field("Montant TTC", "none", [f"{price * 1.2:.2f}".replace(".", ",") for price in prices]),
        ),
    )


def _participants() -> Table:
    rng = random.Random("formation participants")
    people = [_person(rng) for _ in range(COUNT)]
    notes = [_note(rng) for _ in people]
    notes[41] = "Participante diabétique de type 1, prévoir une pause pour l'injection d'insuline en fin de matinée."
    planned = [" | ".join(rng.sample(words.words("fr_courses"), rng.randint(1, 3))) for _ in people]
    return _table(
        "participants.csv",
        (
            Field("id_stagiaire", "person_id", [f"ST{row:04d}" for row in range(1, COUNT + 1)]),
            Field(
                "civilite", "name_affix", [rng.choice(("M.", "Mme", "Mme", "Dr")) for _ in people], named=("participant: title",)
            ),
            Field("nom_famille", "last_name", [name[1] for name in people], named=("participant: surname",)),
            Field("prenom", "first_name", [name[0] for name in people], named=("participant: name",)),
            Field("fonction", "job_title", [rng.choice(words.words("fr_jobs")) for _ in people]),
            Field("adresse_mail", "email", [_mail(name) for name in people], named=("participant: email address",)),
            Field("tel_portable", "phone", [numbers.phone_fr(rng) for _ in people], named=("participant: phone number",)),
            Field(
                "entreprise",
                "employer",
                [rng.choice(words.words("fr_firms")) for _ in people],
                named=("participant: company",),
            ),
            Field("formations_prevues", "education", planned, named=("participant: planned trainings",)),
            Field("observations", "free_text", notes, also={"health": ("data concerning health",)}),
            Field("nb_heures", "none", [rng.choice((7, 14, 21, 35)) for _ in people]),
            Field("tarif_ht", "none", [f"{rng.randrange(180, 1900, 10)},00" for _ in people]),
            Field("convention_no", "none", [f"CV-2025-{rng.randint(100, 999)}" for _ in people]),
        ),
    )


def _note(rng: random.Random) -> str | None:
    said = [
        "Arrivera avec un quart d'heure de retard le premier jour.",
        "Souhaite recevoir le support de cours avant la session.",
        "Convocation renvoyée à l'employeur, en attente de retour.",
        "Niveau intermédiaire, test de positionnement à refaire.",
        "Demande une facture séparée pour le repas de midi.",
        "Préfère les sessions du mardi, ne peut pas venir en août.",
        "Viendra en train, prévoir un départ avant dix-sept heures.",
    ]
    return " ".join(rng.sample(said, rng.randint(1, 2))) if rng.random() < 0.7 else None


def _sessions() -> Table:
    rng = random.Random("formation sessions")
    codes = _codes()
    days = [numbers.day(rng, date(2025, 1, 6), date(2025, 12, 19)) for _ in codes]
    return _table(
        "sessions.csv",
        (
            Field("code_session", "none", codes),
            Field("intitule", "none", [rng.choice(words.words("fr_courses")) for _ in codes]),
            Field("date_debut", "none", [f"{day:%d/%m/%Y}" for day in days]),
            Field("duree_jours", "none", [rng.randint(1, 5) for _ in codes]),
            Field("places", "none", [rng.randint(6, 14) for _ in codes]),
            Field("salle", "none", [f"Salle {rng.choice('ABCD')}{rng.randint(1, 3)}" for _ in codes]),
            Field("prix_jour", "none", [f"{rng.randrange(150, 700, 5)},50" for _ in codes]),
            Field("etat", "none", [rng.choice(("ouverte", "complète", "annulée")) for _ in codes]),
        ),
    )


def _codes() -> list[str]:
    return [f"SES-{row:03d}" for row in range(1, 41)]


def _attendance() -> Table:
    rng = random.Random("formation emargements")
    count = 110
    signed = [numbers.png(rng) if rng.random() < 0.6 else f"signatures/{numbers.token(rng, 12)}.svg" for _ in range(count)]
    return _table(
        "emargements.csv",
        (
            Field("id_stagiaire", "person_id", [f"ST{rng.randint(1, COUNT):04d}" for _ in range(count)]),
            Field("stagiaire", "person_name", [" ".join(_person(rng)) for _ in range(count)]),
            Field("code_session", "none", [rng.choice(_codes()) for _ in range(count)]),
            Field("demi_journee", "none", [rng.choice(("matin", "après-midi")) for _ in range(count)]),
            Field(
                "presence",
                "behaviour",
                [rng.choice(("présent", "présent", "présente", "absent excusé", "retard")) for _ in range(count)],
                named=("attendance information",),
            ),
            Field("signature", "signature", signed, named=("signature",)),
            Field(
                "ville",
                "city",
                [rng.choice(words.words("fr_towns"))[1] for _ in range(count)],
                named=("training location",),
            ),
            Field(
                "signe_le",
                "none",
                [f"{numbers.moment(rng, date(2025, 1, 6), date(2025, 6, 30)):%d/%m/%Y %H:%M}" for _ in range(count)],
            ),
            Field("page_feuille", "none", [rng.randint(1, 4) for _ in range(count)]),
        ),
    )


def _connections() -> Table:
    rng = random.Random("formation connexions")
    count = 150
    actions = (
        "ouverture de session",
        "téléchargement de convocation",
        "signature de feuille",
        "modification de profil",
        "export",
    )
    return _table(
        "connexions.csv",
        (
            Field("no_ligne", "none", list(range(1, count + 1))),
            Field("adresse_ip", "ip_address", [numbers.ip(rng) for _ in range(count)], named=("IP address",)),
            Field("navigateur", "user_agent", [words.agent(rng) for _ in range(count)], named=("the browser you are using",)),
            Field(
                "langue_navigateur",
                "locale",
                [rng.choice(("fr-FR", "fr-FR", "en-GB", "ar")) for _ in range(count)],
                named=("language preferences",),
            ),
            Field(
                "modele_appareil",
                "user_agent",
                [rng.choice(("SM-A546B", "iPhone14,7", "Pixel 8a")) for _ in range(count)],
                named=("device model",),
            ),
            Field(
                "identifiant_appareil",
                "device_id",
                [numbers.device(rng) for _ in range(count)],
                named=("unique device identifier",),
            ),
            Field("cookie_connexion", "cookie_id", [numbers.token(rng, 32) for _ in range(count)], named=("cookies",)),
            Field("action", "behaviour", [rng.choice(actions) for _ in range(count)], named=("the actions you take",)),
            Field(
                "site_referent",
                "search_query",
                [rng.choice(("https://www.example.com/annuaire", "https://moteur.example.org/", None)) for _ in range(count)],
                named=("how you arrived on the website",),
            ),
            Field(
                "horodatage",
                "none",
                [f"{numbers.moment(rng, date(2025, 3, 1), date(2025, 3, 31)):%d/%m/%Y %H:%M:%S}" for _ in range(count)],
            ),
            Field("duree_s", "none", [rng.randint(2, 900) for _ in range(count)]),
        ),
    )
