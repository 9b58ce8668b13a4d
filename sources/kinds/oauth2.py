"""An API that wants a token for credentials of the team's own (OAuth2, client credentials): had once, renewed when it ends."""

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from sources.errors import LoginRefused, SourceAborted
from sources.secret import Secret, basic_login, bearer
from sources.source import Source

if TYPE_CHECKING:
    from sources.http import Answer, PoliteClient

FORM = "application/x-www-form-urlencoded"
EARLY_SECONDS = 30
"""A token that ends so soon is renewed before it is used."""
USUAL_SECONDS = 3600
"""How long a token holds whose server does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """Where tokens are given and taken, and the environment variables that hold what they are given for.

    The addresses may be overridden by the source's `base_url_env` with `_API` and `_TOKEN` behind it. `to_get_them` is
    the sentence that says how a team gets credentials, `to_be_let_in` what to do where they do not open the door.
    """

    token_url: str
    api_url: str
    scope: str
    id_env: str
    secret_env: str
    to_get_them: str
    to_be_let_in: str

    def missing(self, client: "PoliteClient") -> tuple[str, ...]:
        """The variables that are not set."""
        return tuple(name for name in (self.id_env, self.secret_env) if not client.told(name))


@dataclass(slots=True, kw_only=True)
class AuthorisedApi:
    """Asks an API with a token; one that ended in the middle of a run is renewed, once a request."""

    client: "PoliteClient"
    source: Source
    access: ClientCredentials
    _token: Secret | None = field(default=None, init=False, repr=False)
    _ends_at: float = field(default=0.0, init=False)

    def ask(
        self,
        path: str,
        *,
        posted: object = None,
        accept: str = "application/json",
        allow: frozenset[int] = frozenset(),
        most_bytes: int = 64 << 20,
    ) -> "Answer":
        """The answer at a path, to `posted` as JSON where there is something to post.

        Raises as the client's `get`, and LoginRefused where the credentials are.
        """
        url = f"{self._address('API', self.access.api_url)}/{path}"
        question = None if posted is None else ("application/json", json.dumps(posted).encode())
        answer = None
        for attempt in range(2):
            token = bearer(self._held(anew=attempt > 0))
            answer = self.client.get(
                self.source, url, hidden_headers={"Authorization": token}, accept=accept, posted=question,
                allow=allow | {401, 403}, most_bytes=most_bytes,
            )  # fmt: skip
            if answer.status != 401:
                break
        assert answer is not None  # noqa: S101 - the loop runs
        if answer.status in (401, 403):
            raise LoginRefused(
                f"{self._host(url)} does not let these credentials in (HTTP {answer.status}"
                + (", to a new token too)." if answer.status == 401 else ")."),
                source=self.source.name,
                hint=self.access.to_be_let_in,
            )
        return answer

    def _held(self, *, anew: bool) -> Secret:
        if anew or self._token is None or time.monotonic() > self._ends_at - EARLY_SECONDS:
            self._token, seconds = self._fetch_token()
            self._ends_at = time.monotonic() + seconds
        return self._token

    def _fetch_token(self) -> tuple[Secret, float]:
        names = (self.access.id_env, self.access.secret_env)
        identity, secret = (self.client.told(name) for name in names)
        if not identity or not secret:
            raise SourceAborted(
                f"{' and '.join(names)} are not set.", source=self.source.name, hint=self.access.to_get_them
            )
        # RFC 6749, 2.3.1: both are encoded as in a form before they are joined
        login = basic_login(
            *(Secret(quote(part.strip(), safe=""), parts=(part.strip(),)) for part in (identity, secret))
        )
        url = self._address("TOKEN", self.access.token_url)
        answer = self.client.get(
            self.source, url, hidden_headers={"Authorization": login},
            posted=(FORM, f"grant_type=client_credentials&scope={quote(self.access.scope)}".encode()),
            allow=frozenset({400, 401, 403}),
        )  # fmt: skip
        if answer.status != 200:
            raise LoginRefused(
                f"{self._host(url)} gives no token for the credentials in {' and '.join(names)} (HTTP {answer.status}).",
                source=self.source.name,
                hint=self.access.to_be_let_in,
            )
        try:
            told = json.loads(answer.body)
            token, seconds = told["access_token"], float(told.get("expires_in", USUAL_SECONDS))
            return Secret(token), seconds
        except (AttributeError, KeyError, TypeError, ValueError):
            raise SourceAborted(f"{self._host(url)} answered without a token.", source=self.source.name) from None

    def _address(self, which: str, declared: str) -> str:
        return (self.client.told(f"{self.source.base_url_env}_{which}") or declared).rstrip("/")

    @staticmethod
    def _host(url: str) -> str:
        return url.split("/")[2]
