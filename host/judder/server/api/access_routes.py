"""The routes by which one logs in, and administers who may do what."""

from judder.server.api import access_answers, audit, board_keys, session, tokens
from judder.server.api import parameters as given
from judder.server.api.route import Route
from judder.server.services import wishes
from judder.server.services.tokens import Role

ACCESS = (
    Route("GET", "/api/v1/session", session.get_session, gives=access_answers.Session),
    Route(
        "POST",
        "/api/v1/session",
        session.log_in,
        takes=wishes.Login,
        gives=access_answers.Session,
        errors=(401, 429, 503),
        is_open=True,
    ),
    Route("DELETE", "/api/v1/session", session.log_out, gives=access_answers.Session, role=Role.LOOK),
    Route("GET", "/api/v1/keys", board_keys.list_keys, gives=access_answers.Keys, role=Role.ADMINISTER),
    Route(
        "POST",
        "/api/v1/keys",
        board_keys.add_key,
        takes=wishes.KeyWish,
        gives=access_answers.NewKey,
        errors=(404, 409),
    ),
    Route("DELETE", "/api/v1/keys/{number}", board_keys.revoke_key, gives=access_answers.Key),
    Route("GET", "/api/v1/tokens", tokens.list_tokens, gives=access_answers.Tokens, role=Role.ADMINISTER),
    Route(
        "POST",
        "/api/v1/tokens",
        tokens.add_token,
        takes=wishes.TokenWish,
        gives=access_answers.NewToken,
        errors=(409,),
    ),
    Route("DELETE", "/api/v1/tokens/{number}", tokens.revoke_token, gives=access_answers.Token),
    Route(
        "GET",
        "/api/v1/audit",
        audit.list_audit,
        gives=access_answers.Notes,
        asks=(given.NOTES_LISTED,),
        role=Role.ADMINISTER,
    ),
)
