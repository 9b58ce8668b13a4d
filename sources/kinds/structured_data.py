"""Organisations in the structured data of a page: JSON-LD as people write it, and microdata."""

import html as entities
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import html

from sources.kinds.html_page import MOST_META, HtmlPage, short_text, whole_text
from sources.kinds.own_words import describe, domain_words
from sources.site import Organisation

MOST_SCRIPT = 500_000
MOST_NODES = 2_000
MOST_ORGANISATIONS = 20
MOST_ELEMENTS = 200_000
"""Of a page that are looked at for microdata: items may refer to one another, and so be read again and again."""
Node = Mapping[str, Any]

_TYPES = (
    "Organization Corporation LocalBusiness OnlineBusiness OnlineStore Airline Consortium Cooperative "
    "EducationalOrganization CollegeOrUniversity Preschool School HighSchool ElementarySchool MiddleSchool "
    "FundingScheme GovernmentOrganization LibrarySystem MedicalOrganization Dentist DiagnosticLab Hospital "
    "MedicalClinic Optician Pharmacy Physician VeterinaryCare NGO NewsMediaOrganization PerformingGroup "
    "ResearchOrganization SearchRescueOrganization SportsOrganization SportsClub WorkersUnion AnimalShelter "
    "ArchiveOrganization AutomotiveBusiness AutoBodyShop AutoDealer AutoPartsStore AutoRental AutoRepair AutoWash "
    "GasStation MotorcycleDealer MotorcycleRepair ChildCare DryCleaningOrLaundry EmergencyService FireStation "
    "PoliceStation EmploymentAgency EntertainmentBusiness AmusementPark ArtGallery Casino ComedyClub MovieTheater "
    "NightClub FinancialService AccountingService AutomatedTeller BankOrCreditUnion InsuranceAgency FoodEstablishment "
    "Bakery BarOrPub Brewery CafeOrCoffeeShop Distillery FastFoodRestaurant IceCreamShop Restaurant Winery "
    "GovernmentOffice PostOffice HealthAndBeautyBusiness BeautySalon DaySpa HairSalon HealthClub NailSalon "
    "TattooParlor HomeAndConstructionBusiness Electrician GeneralContractor HVACBusiness HousePainter Locksmith "
    "MovingCompany Plumber RoofingContractor InternetCafe LegalService Attorney Notary Library LodgingBusiness "
    "BedAndBreakfast Campground Hostel Hotel Motel Resort SkiResort VacationRental MedicalBusiness "
    "ProfessionalService RadioStation RealEstateAgent RecyclingCenter SelfStorage ShoppingCenter "
    "SportsActivityLocation BowlingAlley ExerciseGym GolfCourse PublicSwimmingPool StadiumOrArena TennisComplex Store "
    "BikeStore BookStore ClothingStore ComputerStore ConvenienceStore DepartmentStore ElectronicsStore Florist "
    "FurnitureStore GardenStore GroceryStore HardwareStore HobbyShop HomeGoodsStore JewelryStore LiquorStore "
    "MensClothingStore MobilePhoneStore MovieRentalStore MusicStore OfficeEquipmentStore OutletStore PawnShop PetStore "
    "ShoeStore SportingGoodsStore TireShop ToyStore WholesaleStore TelevisionStation TouristInformationCenter "
    "TravelAgency Project ResearchProject"
)
ORGANISATION_TYPES = frozenset(_TYPES.split())
_SITES = frozenset({"WebSite", "WebPage", "AboutPage", "ContactPage", "ProfilePage", "CollectionPage"})
_LEADS = ("publisher", "about", "mainEntity", "provider", "copyrightHolder", "sourceOrganization")
"""From what stands for the page to whom it is of; whom a product or an article names is somebody else."""
_NUMBERS = ("vatID", "taxID", "leiCode", "iso6523Code")

# An end that is missing is the end of the text: a pattern that failed there would be tried again from every letter.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|<!--.*?(?:-->|\Z)', re.DOTALL)
_OPENINGS = ("/*<![CDATA[*/", "//<![CDATA[", "<![CDATA[", "//<!--", "<!--", "//-->")
_ENDINGS = ("/*]]>*/", "//]]>", "]]>", "//-->", "-->", ";")
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?\Z))|,(?=\s*[}\]])', re.DOTALL)


def organisations(page: HtmlPage) -> tuple[Organisation, ...]:
    """The organisations that the page says it is of; whoever is only named by a product or an article is none of them."""
    nodes = [*json_ld(page.root), *microdata(page)]
    by_id = {str(node["@id"]): node for node in nodes if isinstance(node.get("@id"), str)}
    found = []
    for node in nodes:
        if types_of(node) & ORGANISATION_TYPES:
            found.append(node)
        elif types_of(node) & _SITES:
            led = (by_id.get(str(each.get("@id")), each) for lead in _LEADS for each in _nodes_in(node.get(lead)))
            found += [each for each in led if types_of(each) & ORGANISATION_TYPES]
    read = (_read_organisation(node, page.url) for node in found)
    return tuple(
        dict.fromkeys(each for each in islice(read, MOST_ORGANISATIONS) if each.name or each.legal_name or each.numbers)
    )


def json_ld(root: html.HtmlElement) -> list[Node]:
    """The nodes of all JSON-LD scripts, those of lists and graphs singly; a script that cannot be read has none."""
    found: list[Node] = []
    for script in root.iter("script"):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        text = script.text or ""
        if kind != "application/ld+json" or len(text) > MOST_SCRIPT:
            continue
        waiting: list[object] = [parse_loosely(text)]
        while waiting and len(found) < MOST_NODES:
            one = waiting.pop(0)
            if isinstance(one, list):
                waiting = [*one[:MOST_NODES], *waiting]
            elif isinstance(one, dict):
                if "@graph" in one:
                    waiting.insert(0, one["@graph"])
                if "@type" in one or "@graph" not in one:
                    found.append(one)
    return found


def parse_loosely(text: str) -> object:
    """JSON as people paste it into pages: in comments, with comments, with last commas, line ends in texts; else null.

    >>> parse_loosely('<!-- {"a": 1, /* x */ "b": "//no comment",} -->;')
    {'a': 1, 'b': '//no comment'}
    """
    bare = _unwrapped(text)
    # a comment may hide the whole text from old browsers, or be one before it
    for form in (bare, without_comments(text), without_comments(bare), without_comments(entities.unescape(bare))):
        try:
            return json.loads(form, strict=False)
        except ValueError:
            continue
        except RecursionError:
            return None
    return None


def _unwrapped(text: str) -> str:
    """The text less what hid it from browsers of the last century."""
    text = text.strip().removeprefix("\ufeff")
    while opening := next((each for each in _OPENINGS if text.startswith(each)), None):
        text = text[len(opening) :].lstrip()
    while ending := next((each for each in _ENDINGS if text.endswith(each)), None):
        text = text[: -len(ending)].rstrip()
    return text


def without_comments(text: str) -> str:
    """JSON text less the comments and last commas that JavaScript allows."""
    text = _TOKENS.sub(lambda token: token[0] if token[0].startswith('"') else " ", text)
    return _LAST_COMMA.sub(lambda token: token[1] or "", text)


def types_of(node: Node) -> set[str]:
    """The names of a node's types, without the vocabulary's address."""
    said = node.get("@type")
    listed = said if isinstance(said, list) else [said]
    return {re.split(r"[/#:]", one)[-1] for one in listed if isinstance(one, str)}


# --- microdata ---------------------------------------------------------------------------------------------------
_ADDRESSED = {"a": "href", "link": "href", "area": "href", "object": "data"} | dict.fromkeys(
    ("audio", "embed", "iframe", "img", "source", "track", "video"), "src"
)


def microdata(page: HtmlPage) -> list[Node]:
    """The top items of a page's microdata, in the form of JSON-LD nodes."""
    tops = (each for each in page.root.iter() if _is_item(each) and each.get("itemprop") is None)
    reader = _ItemReader(page=page)
    return [reader.read(each, 0) for each in islice(tops, MOST_NODES)]


def _is_item(element: html.HtmlElement) -> bool:
    return isinstance(element.tag, str) and element.get("itemscope") is not None


@dataclass(slots=True, kw_only=True)
class _ItemReader:
    """Reads items of one page, as many elements of it as it may."""

    page: HtmlPage
    left: int = MOST_ELEMENTS
    by_id: dict[str, html.HtmlElement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for element in self.page.root.iter():
            if isinstance(element.tag, str) and (name := element.get("id")):
                self.by_id.setdefault(name, element)

    def read(self, item: html.HtmlElement, depth: int) -> Node:
        """One item, with those inside it."""
        node: dict[str, Any] = {}
        if types := (item.get("itemtype") or "").split():
            node["@type"] = types if len(types) > 1 else types[0]
        if identifier := item.get("itemid"):
            node["@id"] = self.page.absolute(identifier)
        referred = [self.by_id.get(name) for name in (item.get("itemref") or "").split()[:20]]
        for start in (item, *(each for each in referred if each is not None and each is not item)):
            for element in self._own_properties(start, is_item=start is item):
                value = self._value_of(element, depth)
                for name in (element.get("itemprop") or "").split()[:10]:
                    before = node.get(name)
                    node[name] = (
                        value if before is None else [*(before if isinstance(before, list) else [before])[:50], value]
                    )
        return node

    def _own_properties(self, start: html.HtmlElement, *, is_item: bool) -> Iterator[html.HtmlElement]:
        """Elements with properties of an item, without those of items inside it."""
        waiting = list(reversed(start)) if is_item else [start]
        while waiting and self.left > 0:
            element = waiting.pop()
            self.left -= 1
            if not isinstance(element.tag, str):
                continue
            if element.get("itemprop") is not None:
                yield element
            if not _is_item(element):
                waiting.extend(reversed(element))

    def _value_of(self, element: html.HtmlElement, depth: int) -> object:
        if _is_item(element):
            return self.read(element, depth + 1) if depth < 10 else None
        if element.tag == "meta":
            return element.get("content") or ""
        if (attribute := _ADDRESSED.get(element.tag)) is not None:
            return self.page.absolute(element.get(attribute)) or ""
        if element.tag in ("data", "meter"):
            return element.get("value") or ""
        if element.tag == "time" and element.get("datetime"):
            return element.get("datetime")
        if element.get("content"):  # not of microdata, but widely written
            return element.get("content")
        if "description" in (element.get("itemprop") or "").split():
            return whole_text(element)
        return short_text(element)


# --- what a node says ----------------------------------------------------------------------------------------------
def _read_organisation(node: Node, url: str) -> Organisation:
    address = next(iter(_nodes_in(node.get("address"))), {})
    numbers = [(name, value) for name in _NUMBERS for value in _texts(node.get(name))]
    for given in _listed(node.get("identifier")):
        if isinstance(given, Mapping):
            name = next(iter(_texts(given.get("propertyID")) or _texts(given.get("name"))), "identifier")
            numbers += [(name, value) for value in _texts(given.get("value"))]
        else:
            numbers += [("identifier", value) for value in _texts(given)]
    return Organisation(
        types=tuple(sorted(types_of(node) & ORGANISATION_TYPES)),
        name=_first(node.get("name")),
        legal_name=_first(node.get("legalName")),
        url=_first(node.get("url")),
        telephones=_texts(node.get("telephone")),
        emails=tuple(text.removeprefix("mailto:") for text in _texts(node.get("email"))),
        numbers=tuple(dict.fromkeys(numbers)),
        street=_first(address.get("streetAddress")),
        postal_code=_first(address.get("postalCode")),
        city=_first(address.get("addressLocality")),
        country=_country(address.get("addressCountry")),
        same_as=_texts(node.get("sameAs")),
        description=_description(node, url),
    )


def _description(node: Node, url: str) -> str | None:
    said = _first(node.get("description"), most=MOST_META)
    return (
        None
        if said is None
        else describe(said, [*_texts(node.get("name")), *_texts(node.get("legalName")), domain_words(url)])
    )


def _listed(value: object) -> Sequence[Any]:
    return value[:50] if isinstance(value, list) else [value]


def _nodes_in(value: object) -> list[Node]:
    return [one for one in _listed(value) if isinstance(one, Mapping)]


def _texts(value: object, most: int = 500) -> tuple[str, ...]:
    """The texts that a property has, up to `most` letters; numbers are texts too, for many write a number without quotes."""
    found = []
    for one in _listed(value):
        if isinstance(one, Mapping):
            one = one.get("@value", one.get("@id"))
        if isinstance(one, (str, int)) and not isinstance(one, bool):
            text = " ".join(entities.unescape(str(one)).split())[:most]
            found += [text] if text else []
    return tuple(dict.fromkeys(found))


def _first(value: object, most: int = 500) -> str | None:
    return next(iter(_texts(value, most)), None)


def _country(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("@id")
    return _first(value)
