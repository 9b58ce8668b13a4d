"""Classes of legal form as people know them: `legal_forms.csv` names classes for programs, evidence is read by people."""

_SPELT = {
    "ab": "AB (aktiebolag)", "ab-lt": "AB (akcinė bendrovė)", "ab-publ": "AB (publ)", "ae": "A.E. (Greek)",
    "ag": "AG (Aktiengesellschaft)", "amba": "A.M.B.A.", "ans": "ANS (ansvarlig selskap)", "ao": "AO (joint-stock company)",
    "aps": "ApS (anpartsselskab)", "ar": "company (Arabic)", "as": "AS, A/S (aksjeselskap)", "as-lv": "AS (Latvian)",
    "as-tr": "A.Ş. (Turkish)", "asa": "ASA (allmennaksjeselskap)", "asbl": "ASBL, VZW (association)",
    "ba": "BA (begrenset ansvar)", "bm": "Ltd (Israeli)", "brf": "BRF (bostadsrättsförening)", "brl": "BRL (borettslag)",
    "bv": "B.V.", "cn-ltd": "Ltd (Chinese)", "comm": "CommV, SComm", "coop": "cooperative (Dutch)", "corp": "Corp.", "cv": "C.V., V.O.F.",
    "cv-mx": "S.A. de C.V.", "da": "DA (delt ansvar)", "dd": "d.d.", "doo": "d.o.o.", "eg": "eG",
    "ekf": "ek. för. (ekonomisk förening)", "epe": "E.P.E. (Greek)", "eslhf": "slhf., slf., ses.", "est": "Anstalt",
    "ev": "e.V. (eingetragener Verein)", "fmba": "F.M.B.A.", "fze": "FZE, FZCO", "gbr": "GbR", "genossenschaft": "Genossenschaft",
    "gmbh": "GmbH", "gmbh-co-kg": "GmbH & Co. KG", "hb": "HB (handelsbolag)", "hf": "hf., ehf. (hlutafélag)",
    "iks": "IKS (interkommunalt selskap)", "inc": "Inc.", "is": "I/S (interessentskab)", "jsa": "j.s.a.",
    "jsc-ar": "joint-stock company (Arabic)", "jsc-vn": "JSC (Vietnamese)", "kb": "KB (kommanditbolag)", "kft": "Kft.",
    "kg": "KG (Kommanditgesellschaft)", "kgaa": "KGaA", "kk": "K.K. (Japanese)", "kl": "K/L",
    "kr-ltd": "Ltd (Korean)", "ks": "KS, K/S (kommandittselskap)", "ky": "Ky (kommandiittiyhtiö)", "lda": "Lda., Ltda.",
    "lp-cn": "LP (Chinese)", "lp-il": "LP (Israeli)", "ltd": "Ltd", "na": "N.A. (national association)",
    "nuf": "NUF (branch of a foreign company)", "nv": "N.V.", "ohg": "OHG, OG", "ou": "OÜ (osaühing)", "oy": "Oy (osakeyhtiö)",
    "oyj": "Oyj (julkinen osakeyhtiö)", "partg": "PartG", "pc": "P.C., P.A., PLLC", "pl-th": "Ltd (Thai)", "ps": "P/S (partnerselskab)",
    "pt": "PT (Indonesian)", "ry": "ry (association)", "sa": "S.A., SA", "saatio": "säätiö (foundation)", "saoc": "SAOC, KSC, BSC",
    "saog": "S.A.E., S.A.L.", "sarl": "S.à r.l.", "sas": "SAS", "sas-it": "S.a.s.", "sc": "société civile", "scarl": "S.c.a r.l.",
    "sca": "SCA", "scoop": "S. Coop.", "scrl": "SCRL, CVBA", "scs": "SCS, SCSp", "se": "SE (Societas Europaea)", "sia": "SIA",
    "sl": "S.L.", "snc": "S.n.c.", "spa": "S.p.A.", "spj": "sp.j.", "spk": "sp.k.", "spzoo": "sp. z o.o.", "sro": "s.r.o.",
    "srl": "S.r.l.", "ss": "s.s. (società semplice)", "sti": "Ltd. Şti. (Turkish)", "stichting": "stichting (foundation)",
    "stiftelse": "stiftelse (foundation)", "uab": "UAB", "ug": "UG (haftungsbeschränkt)", "zrt": "Zrt., Nyrt.",
}  # fmt: skip
"""Classes that are not just written in capitals."""


def label_of(form: str | None) -> str:
    """A class of legal form, or several joined by `+`, as people know it; empty where none is stated.

    >>> label_of("as"), label_of("plc"), label_of("ab-publ+ab"), label_of(None)
    ('AS, A/S (aksjeselskap)', 'PLC', 'AB (publ) and AB (aktiebolag)', '')
    """
    return " and ".join(_SPELT.get(one, one.upper()) for one in (form or "").split("+") if one)
