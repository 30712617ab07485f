"""Words of the sample in four languages; people, places and shops are invented.

Text uses only characters of CCSID 1148. One `Language` has everything a statement says in it.
"""

from __future__ import annotations

from afpcluster.light import dataclass

BANK = "Halcyon Quay Bank"
BIC = "HALQQXQ1XXX"
CONTACT = ("Halcyon Quay 1", "QX-40117 Port Brisa", "+00 40117 200 300", "www.halcyonquay.example")


@dataclass(frozen=True, slots=True)
class Language:
    """`separators` are those of decimals and thousands. Kinds of payment go with `SHOPS`' kinds."""

    code: str
    separators: tuple[str, str]
    labels: dict[str, str]
    months: tuple[str, ...]
    kinds: dict[str, str]
    given_names: tuple[str, ...]
    surnames: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    shops: dict[str, tuple[str, ...]]
    greeting: str
    notice: str
    slogan: str

    def amount(self, cents: int) -> str:
        """An amount of money with two decimals, its sign behind the figures as banks print it."""
        decimal, thousands = self.separators
        whole, rest = divmod(abs(cents), 100)
        return f"{whole:,}".replace(",", thousands) + f"{decimal}{rest:02}" + ("-" if cents < 0 else "+")


CATEGORIES = ("card", "debit", "transfer", "cash", "salary")
"""Kinds of transactions; the last brings money in."""

ENGLISH = Language(
    "en",
    (".", ","),
    {
        "title": "Account statement",
        "account": "Account",
        "holder": "Account holder",
        "number": "Statement",
        "date": "Date",
        "value": "Value",
        "text": "Description",
        "out": "Debit €",
        "in": "Credit €",
        "balance": "Balance €",
        "page": "Page {} of {}",
        "opening": "Opening balance",
        "carried": "Balance carried forward",
        "brought": "Balance brought forward",
        "closing": "Closing balance",
        "summary": "Your month at a glance",
        "received": "Money in",
        "spent": "Money out",
        "customer": "Customer service",
        "spending": "Where it went",
        "manager": "Head of private clients",
    },
    (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    {
        "card": "Card payment",
        "debit": "Direct debit",
        "transfer": "Transfer",
        "cash": "Cash withdrawal",
        "salary": "Salary",
    },
    ("Imogen", "Rowan", "Cecily", "Alasdair", "Maeve", "Tobias", "Zoë", "Fergus"),
    ("Thistlewood", "Ashcombe", "O'Farraday", "Penhallow", "Brontë-Hale", "Larkspur", "Wetherby"),
    ("Lantern Row {}", "{} Weaver's Wharf", "{} Upper Orchard Lane", "{} Tidewater Crescent"),
    ("QX-2104 Marrowby", "QX-7730 Saltmere-on-Sea", "QX-5512 Upper Dunlow", "QX-1039 Fernhythe"),
    {
        "card": (
            "Marrowby Green Grocers",
            "The Copper Kettle Café",
            "Tern & Tide Bookshop",
            "Fernhythe Bakery",
            "Dunlow Cycle Works",
            "Saltmere Pharmacy",
        ),
        "debit": (
            "Lowland Water Board",
            "Brightmoor Electricity",
            "Quayside Tramways season ticket",
            "Farspeak Telephone Co.",
        ),
        "transfer": ("Rent, Lantern Row", "Allotment society", "Piano lessons", "Savings plan"),
        "cash": ("Cash point Market Square", "Cash point Harbour Station"),
        "salary": ("Ropewalk Instruments Ltd", "Saltmere Harbour Office"),
    },
    "All payments of the past month at a glance. If one of them looks wrong to you, tell us within eight"
    " weeks: we will look into it and answer within five working days.",
    "This statement counts as confirmed unless you object in writing. Deposits are protected up to 100,000"
    " €.",
    "A quieter way to save",
)

GERMAN = Language(
    "de",
    (",", "."),
    {
        "title": "Kontoauszug",
        "account": "Konto",
        "holder": "Kontoinhaber",
        "number": "Auszug",
        "date": "Datum",
        "value": "Wert",
        "text": "Buchungstext",
        "out": "Lastschrift €",
        "in": "Gutschrift €",
        "balance": "Saldo €",
        "page": "Seite {} von {}",
        "opening": "Anfangssaldo",
        "carried": "Übertrag auf nächste Seite",
        "brought": "Übertrag von voriger Seite",
        "closing": "Schlusssaldo",
        "summary": "Ihr Monat auf einen Blick",
        "received": "Eingänge",
        "spent": "Ausgänge",
        "customer": "Kundenbetreuung",
        "spending": "Wofür es war",
        "manager": "Leiterin Privatkunden",
    },
    (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    {
        "card": "Kartenzahlung",
        "debit": "Lastschrifteinzug",
        "transfer": "Überweisung",
        "cash": "Barauszahlung",
        "salary": "Gehalt",
    },
    ("Jörg", "Käthe", "Günther", "Friederike", "Annelie", "Björn", "Ömer", "Luise"),
    ("Löffelhold", "Grünwäldner", "Süßkirch", "Großmühl", "Übelhör-Ganz", "Brückenhäuser", "Weißdorn"),
    ("Große Mühlgasse {}", "Fährstraße {}", "Am Rößlesbrunnen {}", "Zur Schönen Aussicht {}"),
    ("QX-8217 Grünlach", "QX-6409 Süderquell", "QX-3355 Bad Möwenstein", "QX-9120 Kößlau"),
    {
        "card": (
            "Bäckerei Löffelhold",
            "Café Zur Möwe",
            "Bücherstube Weißdorn",
            "Gemüse-Markthalle Kößlau",
            "Fahrräder Grünlach",
            "Apotheke am Rößlesbrunnen",
        ),
        "debit": (
            "Stadtwerke Süderquell, Strom und Gas",
            "Wasserverband Mühltal",
            "Fernruf AG Rechnung",
            "Jahreskarte Fähre und Tram",
        ),
        "transfer": ("Miete Fährstraße", "Kleingartenverein", "Klavierstunden", "Sparplan"),
        "cash": ("Geldautomat Marktplatz", "Geldautomat Hafenbahnhof"),
        "salary": ("Seilerei-Instrumente GmbH", "Hafenamt Möwenstein"),
    },
    "Alle Buchungen des vergangenen Monats auf einen Blick. Kommt Ihnen eine davon falsch vor, sagen Sie es"
    " uns innerhalb von acht Wochen: Wir gehen der Sache nach und antworten binnen fünf Werktagen.",
    "Dieser Auszug gilt als anerkannt, wenn Sie nicht schriftlich widersprechen. Einlagen sind bis 100.000 €"
    " gesichert.",
    "Sparen, aber in Ruhe",
)

FRENCH = Language(
    "fr",
    (",", "\xa0"),
    {
        "title": "Relevé de compte",
        "account": "Compte",
        "holder": "Titulaire",
        "number": "Relevé",
        "date": "Date",
        "value": "Valeur",
        "text": "Libellé",
        "out": "Débit €",
        "in": "Crédit €",
        "balance": "Solde €",
        "page": "Page {} sur {}",
        "opening": "Solde précédent",
        "carried": "Solde à reporter",
        "brought": "Report de la page précédente",
        "closing": "Nouveau solde",
        "summary": "Votre mois en un coup d'oeil",
        "received": "Entrées",
        "spent": "Sorties",
        "customer": "Service clientèle",
        "spending": "Vos dépenses",
        "manager": "Directrice, clientèle privée",
    },
    (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    {
        "card": "Paiement par carte",
        "debit": "Prélèvement",
        "transfer": "Virement",
        "cash": "Retrait",
        "salary": "Salaire",
    },
    ("Éloïse", "Gaëtan", "Maëlle", "Théophile", "Aurélie", "Benoît", "Léonie", "Côme"),
    ("Château-Rivière", "Lefébure", "de la Hêtraie", "Guérinière", "Noël-Dubreuil", "Maçonnais", "Bérardy"),
    ("{}, quai des Hérons", "{}, rue de l'Étoile", "{}, allée du Châtaignier", "{}, place aux Blés"),
    ("QX-4412 Saint-Évrard", "QX-2871 Fontaine-l'Abbé", "QX-7306 Port-Brisé", "QX-1190 Crèvelune"),
    {
        "card": (
            "Boulangerie Lefébure",
            "Café de l'Étoile",
            "Librairie des Deux Ponts",
            "Marché aux Blés",
            "Cycles Crèvelune",
            "Pharmacie du Châtaignier",
        ),
        "debit": (
            "Électricité du Littoral",
            "Régie des eaux",
            "Télé-Voix facture",
            "Abonnement bac et tramway",
        ),
        "transfer": ("Loyer quai des Hérons", "Jardins familiaux", "Leçons de piano", "Plan d'épargne"),
        "cash": ("Distributeur place aux Blés", "Distributeur gare maritime"),
        "salary": ("Corderie Instruments SA", "Capitainerie de Port-Brisé"),
    },
    "Toutes les opérations du mois écoulé en un coup d'oeil. Si l'une d'elles vous paraît inexacte,"
    " signalez-la dans les huit semaines : nous l'examinerons et répondrons sous cinq jours ouvrés.",
    "Ce relevé est réputé approuvé sauf contestation écrite. Les dépôts sont garantis jusqu'à 100\xa0000 €.",
    "Épargner en toute sérénité",
)

SPANISH = Language(
    "es",
    (",", "."),
    {
        "title": "Extracto de cuenta",
        "account": "Cuenta",
        "holder": "Titular",
        "number": "Extracto",
        "date": "Fecha",
        "value": "Valor",
        "text": "Concepto",
        "out": "Cargo €",
        "in": "Abono €",
        "balance": "Saldo €",
        "page": "Página {} de {}",
        "opening": "Saldo anterior",
        "carried": "Suma y sigue",
        "brought": "Suma anterior",
        "closing": "Saldo final",
        "summary": "Su mes de un vistazo",
        "received": "Ingresos",
        "spent": "Gastos",
        "customer": "Atención al cliente",
        "spending": "En qué se fue",
        "manager": "Directora de banca personal",
    },
    (
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    {
        "card": "Pago con tarjeta",
        "debit": "Recibo domiciliado",
        "transfer": "Transferencia",
        "cash": "Reintegro",
        "salary": "Nómina",
    },
    ("Íñigo", "Begoña", "José Ángel", "Lucía", "Ximena", "Andrés", "Rocío", "Julián"),
    (
        "Peñaflor Núñez",
        "Ibáñez del Río",
        "Cigüeña Mora",
        "Larrañaga Sáez",
        "Vallespín",
        "Ordóñez Luz",
        "Albariño",
    ),
    ("Calle del Búho, {}", "Plaza de la Cigüeña, {}", "Camino Viejo del Río, {}", "Avenida del Olmo, {}"),
    ("QX-3306 Valdeñares", "QX-6024 Puerto Brisa", "QX-8841 Montesagüe", "QX-1572 Alcázarena"),
    {
        "card": (
            "Panadería La Cigüeña",
            "Café del Búho",
            "Librería Dos Puentes",
            "Mercado de Valdeñares",
            "Bicicletas Ordóñez",
            "Farmacia del Olmo",
        ),
        "debit": (
            "Electricidad del Litoral",
            "Aguas de Montesagüe",
            "Teléfonos Lejavoz",
            "Abono barca y tranvía",
        ),
        "transfer": ("Alquiler calle del Búho", "Huertos vecinales", "Clases de piano", "Plan de ahorro"),
        "cash": ("Cajero plaza Mayor", "Cajero estación marítima"),
        "salary": ("Cordelería e Instrumentos SL", "Autoridad portuaria"),
    },
    "Todos los movimientos del mes pasado de un vistazo. Si alguno no le parece correcto, díganoslo en un"
    " plazo de ocho semanas: lo revisaremos y le contestaremos en cinco días hábiles.",
    "Este extracto se considera conforme salvo objeción por escrito. ¡Depósitos garantizados hasta"
    " 100.000 €!",
    "Ahorrar con calma",
)

LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH)
