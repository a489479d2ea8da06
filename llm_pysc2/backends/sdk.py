"""What OpenAI's and Anthropic's SDKs have in common: how a client is opened and which exceptions it raises.

Both are made by the same generator. They are imported only when a model of theirs is asked for.
"""

from typing import Any

from llm_pysc2.backends.faults import Caller, Fault, answer_fault, status_fault, timeout_fault, unreachable_fault
from llm_pysc2.backends.options import ModelOptions

PLAIN_TRANSPORT_IN_FLIGHT = 50
"""Up to so many calls in flight the SDK's default transport is as fast as the one on aiohttp."""
_CONNECT_SECONDS = 15.0


def http_client(sdk: Any, options: ModelOptions) -> Any:
    """Return the SDK's HTTP client that suits the number of calls in flight."""
    import httpx2

    most = max(options.max_in_flight, PLAIN_TRANSPORT_IN_FLIGHT)
    limits = httpx2.Limits(max_connections=most, max_keepalive_connections=most)
    timeout = httpx2.Timeout(options.timeout_seconds, connect=min(_CONNECT_SECONDS, options.timeout_seconds), pool=None)
    many = options.max_in_flight > PLAIN_TRANSPORT_IN_FLIGHT
    make = sdk.DefaultAioHttpClient if many else sdk.DefaultAsyncHttpxClient
    return make(limits=limits, timeout=timeout, follow_redirects=False)


def transport_errors(sdk: Any) -> tuple[type[Exception], ...]:
    """Return all that a call may raise for reasons that lie outside this program.

    Besides the SDK's own errors: the transport's while a body is read, and what a body of the wrong form leads to.
    """
    import httpx2

    form = (ValueError, TypeError, AttributeError, KeyError, IndexError)
    return (sdk.APIError, httpx2.HTTPError, httpx2.StreamError, OSError, EOFError, *form)


def read_fault(error: Exception, sdk: Any, caller: Caller, options: ModelOptions) -> Fault:
    """Return what an exception of `transport_errors` means."""
    import httpx2

    if isinstance(error, (sdk.APITimeoutError, httpx2.TimeoutException)) and _timed_out(error):
        return timeout_fault(options.timeout_seconds, caller)
    if isinstance(error, sdk.APIStatusError):
        return _read_status(error, caller)
    if isinstance(error, (sdk.APIConnectionError, httpx2.HTTPError, httpx2.StreamError, OSError, EOFError)):
        root = _root(error)
        return unreachable_fault(str(root) or type(root).__name__, caller)
    if isinstance(error, sdk.APIError):
        return event_fault(error.body, caller)
    return answer_fault(f"{type(error).__name__}: {error}", caller)


def _read_status(error: Any, caller: Caller) -> Fault:
    """Return what an HTTP error status means; a 200 here is an error inside a stream."""
    status = int(error.status_code)
    if status < 400:
        return event_fault(error.body, caller)
    return status_fault(status, error.response.headers, explanation(error.body), caller)


_EVENT_STATUS = {
    "overloaded_error": 529,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "authentication_error": 401,
    "permission_error": 403,
    "billing_error": 402,
    "not_found_error": 404,
    "invalid_request_error": 400,
}
"""What the kind of error that is sent in the middle of a stream would have been as a status."""


def event_fault(body: object, caller: Caller) -> Fault:
    """Return what an error that came inside an answer means."""
    fields = body if isinstance(body, dict) else {}
    nested = fields.get("error")
    inner = nested if isinstance(nested, dict) else fields
    status = _EVENT_STATUS.get(str(inner.get("type"))) or _EVENT_STATUS.get(str(inner.get("code")))
    detail = explanation(body)
    return status_fault(status, {}, detail, caller) if status else answer_fault(detail or "an error", caller)


def explanation(body: object) -> str:
    """Return what a service's error body says, in whichever of the usual forms it has.

    >>> explanation({"error": {"message": "no such model"}}), explanation({"detail": "nope"}), explanation(None)
    ('no such model', 'nope', '')
    """
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return ""
    for key in ("error", "message", "detail"):
        if body.get(key):
            return explanation(body[key]) or str(body.get("code") or "")
    return str(body.get("code") or "")


def _root(error: BaseException) -> BaseException:
    """Return the innermost of a chain of errors."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _timed_out(error: BaseException) -> bool:
    """Return whether a clock is behind an error; the aiohttp transport calls dropped connections timeouts, too."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, TimeoutError):
            return True
        link = link.__cause__ or link.__context__
    return False
