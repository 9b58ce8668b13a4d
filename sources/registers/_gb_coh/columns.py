"""The columns of Companies House: of its monthly table, of a company's profile, and of corporate owners."""

# --- the monthly table (BasicCompanyData) ------------------------------------------------------------------------
PREVIOUS = tuple(range(1, 11))
"""The newest former name is the first: seen in others' tests, not in the register's own words."""


def former_name(place: int) -> tuple[str, str]:
    """The columns of when a name ended, and of the name."""
    return f"PreviousName_{place}.CONDATE", f"PreviousName_{place}.CompanyName"


def _former_names() -> tuple[str, ...]:
    return tuple(name for place in PREVIOUS for name in former_name(place))


TABLE = (
    *(
        "CompanyName CompanyNumber RegAddress.AddressLine1 RegAddress.AddressLine2 RegAddress.PostTown "
        "RegAddress.Country RegAddress.PostCode CompanyCategory CompanyStatus CountryOfOrigin DissolutionDate "
        "IncorporationDate Accounts.LastMadeUpDate Accounts.AccountCategory SICCode.SicText_1 SICCode.SicText_2 "
        "SICCode.SicText_3 SICCode.SicText_4"
    ).split(),
    *_former_names(),
)
# care-of lines name persons; what is overdue or mortgaged is nobody's criterion here
TABLE_IGNORED = (
    "RegAddress.CareOf RegAddress.POBox RegAddress.County Accounts.AccountRefDay Accounts.AccountRefMonth "
    "Accounts.NextDueDate Returns.NextDueDate Returns.LastMadeUpDate Mortgages.NumMortCharges "
    "Mortgages.NumMortOutstanding Mortgages.NumMortPartSatisfied Mortgages.NumMortSatisfied "
    "LimitedPartnerships.NumGenPartners LimitedPartnerships.NumLimPartners URI ConfStmtNextDueDate ConfStmtLastMadeUpDate"
).split()

# --- a profile (REST and stream) ---------------------------------------------------------------------------------
ADDRESS = "registered_office_address"
PROFILE = (
    "company_number company_name company_status company_status_detail type subtype is_community_interest_company "
    f"date_of_creation date_of_cessation sic_codes previous_company_names {ADDRESS}.premises {ADDRESS}.address_line_1 "
    f"{ADDRESS}.address_line_2 {ADDRESS}.locality {ADDRESS}.country {ADDRESS}.postal_code "
    "accounts.last_accounts.made_up_to accounts.last_accounts.type "
    "foreign_company_details.originating_registry.country branch_company_details.parent_company_number"
).split()
PROFILE_IGNORED = (
    "jurisdiction etag can_file has_been_liquidated has_charges has_insolvency_history partial_data_available "
    "external_registration_number last_full_members_list_date super_secure_managing_officer_count corporate_annotation "
    f"undeliverable_registered_office_address registered_office_is_in_dispute {ADDRESS}.care_of {ADDRESS}.po_box "
    f"{ADDRESS}.region accounts.overdue accounts.next_due accounts.next_made_up_to "
    "accounts.last_accounts.period_start_on accounts.last_accounts.period_end_on"
).split()
PROFILE_IGNORED_PREFIXES = (
    "links.",
    "service_address.",
    "annual_return.",
    "confirmation_statement.",
    "accounts.next_accounts.",
    "accounts.accounting_reference_date.",
    "foreign_company_details.",
    "branch_company_details.",
)

# --- owners (persons with significant control) -------------------------------------------------------------------
OWNER = (
    "company_number data.kind data.ceased_on data.ceased data.natures_of_control "
    "data.identification.registration_number data.identification.country_registered"
).split()
OWNER_IGNORED = (
    "data.etag data.name data.notified_on data.is_sanctioned data.description data.identification.legal_authority "
    "data.identification.legal_form data.identification.place_registered"
).split()
OWNER_IGNORED_PREFIXES = (
    "data.address.",
    "data.principal_office_address.",
    "data.links.",
    "data.identity_verification_details.",
)
