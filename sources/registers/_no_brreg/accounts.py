"""Key figures of accounts: a service of Regnskapsregisteret, beside Enhetsregisteret on the same server.

It gives the latest accounts only, of companies only, and says itself that it may be shut without notice. Two keys are
misspelt by the service.
"""

from sources.kinds.accounts_api import AccountsService

ACCOUNTS = AccountsService(
    path="../../regnskapsregisteret/regnskap/{key}",
    number="virksomhet.organisasjonsnummer",
    filed_as="id",
    kind="regnskapstype",
    kinds={"SELSKAP": "company", "KONSERN": "group"},
    period_from="regnskapsperiode.fraDato",
    period_to="regnskapsperiode.tilDato",
    currency="valuta",
    amounts={
        "revenue": "resultatregnskapResultat.driftsresultat.driftsinntekter.sumDriftsinntekter",
        "operating_result": "resultatregnskapResultat.driftsresultat.driftsresultat",
        "profit": "resultatregnskapResultat.aarsresultat",
        "total_assets": "eiendeler.sumEiendeler",
        "equity": "egenkapitalGjeld.egenkapital.sumEgenkapital",
    },
    # sums of debts are incomplete for some companies, so none is read
    ignored=frozenset(
        (
            "journalnr regnskapDokumenttype virksomhet.organisasjonsform virksomhet.morselskap avviklingsregnskap "
            "oppstillingsplan revisjon.ikkeRevidertAarsregnskap revisjon.fravalgRevisjon "
            "regnkapsprinsipper.smaaForetak regnkapsprinsipper.regnskapsregler egenkapitalGjeld.sumEgenkapitalGjeld "
            "egenkapitalGjeld.egenkapital.opptjentEgenkapital.sumOpptjentEgenkapital "
            "egenkapitalGjeld.egenkapital.innskuttEgenkapital.sumInnskuttEgenkaptial "
            "egenkapitalGjeld.gjeldOversikt.sumGjeld egenkapitalGjeld.gjeldOversikt.kortsiktigGjeld.sumKortsiktigGjeld "
            "egenkapitalGjeld.gjeldOversikt.langsiktigGjeld.sumLangsiktigGjeld eiendeler.goodwill eiendeler.sumVarer "
            "eiendeler.sumFordringer eiendeler.sumInvesteringer eiendeler.sumBankinnskuddOgKontanter "
            "eiendeler.omloepsmidler.sumOmloepsmidler eiendeler.anleggsmidler.sumAnleggsmidler "
            "resultatregnskapResultat.ordinaertResultatFoerSkattekostnad "
            "resultatregnskapResultat.ordinaertResultatSkattekostnad resultatregnskapResultat.ekstraordinaerePoster "
            "resultatregnskapResultat.skattekostnadEkstraordinaertResultat resultatregnskapResultat.totalresultat "
            "resultatregnskapResultat.finansresultat.nettoFinans "
            "resultatregnskapResultat.finansresultat.finansinntekt.sumFinansinntekter "
            "resultatregnskapResultat.finansresultat.finanskostnad.rentekostnadSammeKonsern "
            "resultatregnskapResultat.finansresultat.finanskostnad.annenRentekostnad "
            "resultatregnskapResultat.finansresultat.finanskostnad.sumFinanskostnad "
            "resultatregnskapResultat.driftsresultat.driftsinntekter.salgsinntekter "
            "resultatregnskapResultat.driftsresultat.driftskostnad.loennskostnad "
            "resultatregnskapResultat.driftsresultat.driftskostnad.sumDriftskostnad"
        ).split()
    ),
)
