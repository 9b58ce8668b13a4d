import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.normalise.address import normalise_city, normalise_postal_code
from enrich.normalise.domain import employer_domain, registrable_domain
from enrich.normalise.email import normalise_email
from enrich.normalise.phone import normalise_phone


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        pytest.param("HTTPS://WWW.Example.NO/", "example.no", id="scheme, www, capitals"),
        pytest.param("shop.example.co.uk", "example.co.uk", id="two-label suffix"),
        pytest.param("firma.oslo.no", "firma.oslo.no", id="city suffix"),
        pytest.param("oslo.no", None, id="a suffix is nobody's domain"),
        pytest.param("post@example.no", "example.no", id="e-mail address"),
        pytest.param("blåbær.no", "blåbær.no", id="letters of its own"),
        pytest.param("ingen hjemmeside", None, id="no address at all"),
        pytest.param("localhost", None, id="no suffix"),
    ],
)
def test_the_registrable_domain_of_what_people_write(text: str, domain: str | None) -> None:
    assert registrable_domain(text) == domain


@pytest.mark.parametrize(
    "text", ["ola@gmail.com", "ola@hotmail.no", "ola@online.no", "www.facebook.com/firma", "firma.wixsite.com/x"]
)
def test_a_mailbox_provider_or_a_shared_site_is_no_employer(text: str) -> None:
    assert employer_domain(text) in (None, "firma.wixsite.com")


@given(st.text(max_size=40))
def test_a_domain_is_its_own_domain(text: str) -> None:
    domain = registrable_domain(text)
    assert domain is None or registrable_domain(domain) == domain


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        pytest.param("22 33 44 55", "NO", "+4722334455", id="norwegian"),
        pytest.param("+47 22334455", "SE", "+4722334455", id="prefix beats country"),
        pytest.param("040-123 4567", "FI", "+358401234567", id="trunk zero"),
        pytest.param("(0)8 123 456 78", "SE", "+46812345678", id="brackets"),
        pytest.param("12", "NO", None, id="too short"),
        pytest.param("22334455", None, None, id="country unknown"),
        pytest.param("22334455", "XX", None, id="no such country"),
    ],
)
def test_a_phone_number_in_e164_or_nothing(text: str, country: str | None, number: str | None) -> None:
    assert normalise_phone(text, country) == number


@given(st.text(max_size=25), st.sampled_from(["NO", "SE", "DK", "FI", None]))
def test_a_number_in_e164_stays_as_it_is(text: str, country: str | None) -> None:
    number = normalise_phone(text, country)
    assert number is None or normalise_phone(number, None) == number


@given(st.text(max_size=30) | st.emails())
def test_an_email_address_in_one_spelling_stays_as_it_is(text: str) -> None:
    address = normalise_email(text)
    assert address is None or normalise_email(address) == address


@given(st.text(max_size=30))
def test_postal_code_and_city_stay_as_they_are(text: str) -> None:
    code, city = normalise_postal_code(text), normalise_city(text)
    assert code is None or normalise_postal_code(code) == code
    assert city is None or normalise_city(city) == city


@pytest.mark.parametrize(
    ("text", "city"), [("OSLO 5", "oslo"), ("København K", "kobenhavn"), ("København Ø", "kobenhavn"), ("Ås", "as")]
)
def test_a_city_without_its_delivery_district(text: str, city: str) -> None:
    assert normalise_city(text) == city
