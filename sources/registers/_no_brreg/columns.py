"""Columns of the register's files and answers, as it spells them, and those that nobody here reads."""

UNIT_2024 = (
    "organisasjonsnummer navn organisasjonsform.kode organisasjonsform.beskrivelse naeringskode1.kode "
    "naeringskode1.beskrivelse naeringskode2.kode naeringskode2.beskrivelse naeringskode3.kode "
    "naeringskode3.beskrivelse hjelpeenhetskode.kode hjelpeenhetskode.beskrivelse harRegistrertAntallAnsatte "
    "antallAnsatte hjemmeside postadresse.adresse postadresse.poststed postadresse.postnummer postadresse.kommune "
    "postadresse.kommunenummer postadresse.land postadresse.landkode overordnetEnhet frivilligMvaRegistrertBeskrivelser"
).split()
ENTITY_2024 = (
    "forretningsadresse.adresse forretningsadresse.poststed forretningsadresse.postnummer forretningsadresse.kommune "
    "forretningsadresse.kommunenummer forretningsadresse.land forretningsadresse.landkode "
    "institusjonellSektorkode.kode institusjonellSektorkode.beskrivelse sisteInnsendteAarsregnskap stiftelsesdato "
    "registrertIFrivillighetsregisteret registrertIForetaksregisteret registrertIStiftelsesregisteret konkurs "
    "konkursdato underAvvikling underAvviklingDato underTvangsavviklingEllerTvangsopplosning "
    "tvangsopplostPgaManglendeDagligLederDato tvangsopplostPgaManglendeRevisorDato "
    "tvangsopplostPgaManglendeRegnskapDato tvangsopplostPgaMangelfulltStyreDato "
    "tvangsavvikletPgaManglendeSlettingDato maalform vedtektsdato vedtektsfestetFormaal aktivitet"
).split()
ENTITY_2026 = (
    "registreringsdatoAntallAnsatteEnhetsregisteret epostadresse telefon mobil "
    "registreringsdatoMerverdiavgiftsregisteret registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret "
    "registreringsdatoFrivilligMerverdiavgiftsregisteret registreringsdatoFrivillighetsregisteret "
    "registreringsdatoForetaksregisteret registrertIPartiregisteret registreringsdatoPartiregisteret paategninger "
    "underUtenlandskInsolvensbehandlingDato underRekonstruksjonsforhandlingDato fravalgRevisjonDato "
    "fravalgRevisjonBeslutningsDato erIKonsern kapital.belop kapital.antallAksjer kapital.type kapital.bundet "
    "kapital.valuta kapital.innbetalt kapital.fulltInnbetalt kapital.innfortDato registreringsnummerIHjemlandet "
    "utenlandskRegisterNavn utenlandskRegisterAdresse.land utenlandskRegisterAdresse.poststed "
    "utenlandskRegisterAdresse.adresse underlagtLovgivningLand underlagtLovgivningLandKode "
    "foretaksformIHjemlandet.kode foretaksformIHjemlandet.beskrivelse foretaksformIHjemlandet.beskrivelseBokmaal"
).split()
SUBUNIT = (
    "beliggenhetsadresse.adresse beliggenhetsadresse.poststed beliggenhetsadresse.postnummer "
    "beliggenhetsadresse.kommune beliggenhetsadresse.kommunenummer beliggenhetsadresse.land "
    "beliggenhetsadresse.landkode oppstartsdato datoEierskifte nedleggelsesdato"
).split()
SUBUNIT_JSON = (
    "registreringsdatoAntallAnsatteEnhetsregisteret epostadresse telefon mobil "
    "registreringsdatoMerverdiavgiftsregisteret registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret "
    "registreringsdatoFrivilligMerverdiavgiftsregisteret"
).split()
# the same three facts are spelt in three ways
CASING_CSV = ("registreringsdatoenhetsregisteret", "registrertIMvaRegisteret")
CASING_CSV_2026 = (*CASING_CSV, "registreringsdatoantallansatteNAVAaregisteret")
CASING_CSV_SUBUNIT = ("registreringsdatoIEnhetsregisteret", "registrertIMvaregisteret")
CASING_JSON = (
    "registreringsdatoEnhetsregisteret",
    "registrertIMvaregisteret",
    "registreringsdatoAntallAnsatteNAVAaregisteret",
)
ONLY_JSON = ("historiskeNavn", "slettedato", "respons_klasse", "organisasjonsform.utgaatt")
IGNORED = frozenset(
    (
        "frivilligMvaRegistrertBeskrivelser registrertIFrivillighetsregisteret registrertIForetaksregisteret "
        "registrertIStiftelsesregisteret registrertIPartiregisteret registreringsdatoMerverdiavgiftsregisteret "
        "registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret registreringsdatoPartiregisteret maalform "
        "registreringsdatoFrivilligMerverdiavgiftsregisteret registreringsdatoFrivillighetsregisteret vedtektsdato "
        "registreringsdatoForetaksregisteret registreringsdatoAntallAnsatteEnhetsregisteret paategninger "
        "underRekonstruksjonsforhandlingDato fravalgRevisjonDato fravalgRevisjonBeslutningsDato "
        "kapital.antallAksjer kapital.type kapital.bundet kapital.innbetalt kapital.fulltInnbetalt "
        "kapital.innfortDato utenlandskRegisterNavn utenlandskRegisterAdresse.land utenlandskRegisterAdresse.poststed "
        "utenlandskRegisterAdresse.adresse underlagtLovgivningLand foretaksformIHjemlandet.kode "
        "foretaksformIHjemlandet.beskrivelse foretaksformIHjemlandet.beskrivelseBokmaal datoEierskifte "
        "postadresse.land forretningsadresse.land beliggenhetsadresse.land organisasjonsform.utgaatt"
    ).split()
)
