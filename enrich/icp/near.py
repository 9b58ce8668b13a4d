"""The criterion that asks for a distance: `near = { place = "Bergen", km = 50 }`.

It is told between centres: of the place that is asked for, and of the municipality or town in which the company is. Who lies in
a wide municipality may be nearer or farther than it says.
"""

from dataclasses import replace
from math import cos, radians

from enrich.icp.asks import NearAsk
from enrich.icp.centres import find_centres
from enrich.icp.criterion import Criterion, Knowledge
from enrich.icp.intervals import Span, compile_interval
from enrich.icp.model import Criteria

EARTH_KM = 6371.0
LEAST_KM_OF_A_DEGREE, MOST_KM_OF_A_DEGREE = 111.0, 111.2
"""Of latitude: no box drawn by the one is too small, no way measured by the other too short."""


def compile_near(criteria: Criteria, key: str, _knowledge: Knowledge) -> Criterion:
    """Whether a company's place is at most so many km from another; of a place that is not known, unknown of everybody."""
    asked = criteria.near or NearAsk(place="?", km=1)
    centre = next(iter(find_centres(asked.place, asked.country)), None)
    distance = f"""({2 * EARTH_KM} * asin(sqrt(least(1, pow(sin(radians(latitude - ${key}_latitude) / 2), 2)
        + cos(radians(latitude)) * cos(radians(${key}_latitude)) * pow(sin(radians(longitude - ${key}_longitude) / 2), 2)))))"""
    compiled = compile_interval(
        criteria,
        key,
        name="near",
        asked=str(asked),
        span=Span(low=distance, high=distance, is_unknown=f"(latitude IS NULL OR ${key}_latitude::DOUBLE IS NULL)"),
        ends=(None, asked.km),
        value=f"round({distance})::INTEGER || ' km, centre to centre (' || place_name || ')'",
        fields=("municipality_code", "city", "latitude"),
        note=None
        if centre is None
        else f"from the centre of {centre.name} ({centre.country}) to that of its municipality or town (GeoNames, CC BY 4.0)",
    )
    latitude = None if centre is None else centre.latitude
    high = asked.km / LEAST_KM_OF_A_DEGREE
    wide = None if latitude is None else high / max(cos(radians(min(abs(latitude) + high, 89.0))), 0.02)
    # what lies outside of the box is too far, and what can be reached by going east and then north is near enough:
    # both are far cheaper than the distance, which is left for the few between
    far = f"abs(latitude - ${key}_latitude) > ${key}_high_degrees OR abs(longitude - ${key}_longitude) > ${key}_wide_degrees"
    by_corner = f"abs(latitude - ${key}_latitude) * ${key}_km_north + abs(longitude - ${key}_longitude) * ${key}_km_east <= ${key}_high"
    return replace(
        compiled,
        verdict=f"(CASE WHEN {far} THEN false WHEN {by_corner} THEN true ELSE {compiled.verdict} END)",
        parameters={
            **compiled.parameters,
            f"{key}_latitude": latitude,
            f"{key}_longitude": None if centre is None else centre.longitude,
            f"{key}_high_degrees": high,
            f"{key}_wide_degrees": wide,
            f"{key}_km_north": MOST_KM_OF_A_DEGREE,
            f"{key}_km_east": None if latitude is None else MOST_KM_OF_A_DEGREE * cos(radians(latitude)),
        },
    )
