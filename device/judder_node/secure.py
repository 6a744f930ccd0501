"""TLS to the server, whose certificate must be of the CA that the board was given; loaded only where the
config wants it. What stands in its way is an error: nothing is ever sent in the open instead.
"""


def wrap(plain, host, ca):
    """Return a TLS socket over plain, one that does not block, to the server called host.

    ca: the file with the CA's certificate, DER. It shakes hands when it is first written to; who is not the
    server is refused then. Raises OSError with a sentence where this board cannot speak TLS.
    """
    try:
        import tls
    except ImportError:
        raise OSError("this firmware has no TLS, which server.tls asks for")
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    try:
        context.load_verify_locations(_read(ca))
    except ValueError:
        raise OSError("%s is no certificate: judder deploy --ca brings one" % ca)
    return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _read(ca):
    try:
        with open(ca, "rb") as file:
            return file.read()
    except OSError:
        raise OSError("there is no %s, which server.tls asks for: judder deploy --ca brings it" % ca)
