"""Asking a server: answers, and in words why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from renshaw.core.plain_json import read_json, why_no_json
from renshaw.core.version import __version__
from renshaw.datasets.remote import FetchError

if TYPE_CHECKING:
    import requests

# Seconds until a server has to answer, and between two pieces of an answer.
TIMEOUT_S = (15.0, 60.0)
_LARGEST_LIST = 200_000_000
_HELP = "Look at the page of the data set; it may have moved or been withdrawn."
_STATUS = {
    401: ("asks who you are", "Fetch it in a browser, where you can log in."),
    403: ("refuses it", "It may be restricted: look at the page of the data set."),
    404: ("has nothing there", _HELP),
    410: ("has nothing there any more", _HELP),
    429: ("is asked too often", "Wait some minutes, then run the same command again: it goes on."),
}


class BrokenError(Exception):
    """An answer broke off, or there was none; worth another try."""


def json_from(url: str) -> Any:
    """Return what a server answers in JSON."""
    try:
        return read_json(text_from(url))
    except (ValueError, RecursionError) as error:
        said = f"{url} answers with something that can't be read: {why_no_json(error)}."
        raise FetchError(said, hint=_HELP) from None


def text_from(url: str) -> str:
    """Return what a server answers in text."""
    try:
        with asked(url) as answer:
            refuse(answer)
            body = b""
            for piece in answer.iter_content(1 << 16):
                body += piece
                if len(body) > _LARGEST_LIST:
                    raise FetchError(f"{url} answers with more than a list of files.", hint=_HELP)
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise FetchError(f"{url} answers with something that is not text.", hint=_HELP) from None
    except BrokenError as error:
        raise unreachable(url, error) from None


@contextmanager
def asked(url: str, headers: dict[str, str] | None = None) -> Iterator[requests.Response]:
    """Give the answer of a server, whose content is still to come.

    Raises
    ------
    BrokenError
        It can't be reached, or breaks off inside the block.
    FetchError
        The address can't be one.
    """
    import requests

    # Sizes and hashes are those of the file as it is, not as it travels.
    usual = {"User-Agent": f"renshaw/{__version__}", "Accept-Encoding": "identity"}
    try:
        with requests.get(
            url, headers={**usual, **(headers or {})}, stream=True, timeout=TIMEOUT_S
        ) as answer:
            yield answer
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise FetchError(f"{url} is no address: {error}.") from None
    except requests.exceptions.InvalidSchema:
        raise FetchError(f"{url} is no address of a server: it begins with https://.") from None
    except requests.exceptions.RequestException as error:
        raise BrokenError(_plainly(error)) from None


def refuse(answer: requests.Response) -> None:
    """Refuse an answer that is none.

    Raises
    ------
    BrokenError
        The server has trouble of its own, or is asked too often; another try may help.
    FetchError
        It won't get better.
    """
    status = answer.status_code
    if status < 400:
        return
    if status >= 500 or status == 429:
        raise BrokenError(f"the server answers with {status}")
    what, hint = _STATUS.get(status, ("refuses it", _HELP))
    raise FetchError(f"The server {what} ({status}): {answer.url}", hint=hint)


def unreachable(url: str, error: BrokenError) -> FetchError:
    """Return the error of a server that does not answer."""
    return FetchError(
        f"{url} can't be fetched: {error}.",
        hint="Is there a connection? What was fetched is kept; the same command goes on.",
    )


def _plainly(error: Exception) -> str:
    import requests

    kinds = (
        (requests.exceptions.SSLError, "the connection is not safe (its certificate is refused)"),
        (requests.exceptions.ProxyError, "the proxy refuses"),
        (requests.exceptions.ConnectTimeout, "the server does not answer"),
        (requests.exceptions.Timeout, "the server stopped sending"),
        (requests.exceptions.ConnectionError, "no connection to the server, or it broke"),
        (requests.exceptions.ChunkedEncodingError, "the connection broke"),
        (requests.exceptions.TooManyRedirects, "the server sends in circles"),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), str(error))
