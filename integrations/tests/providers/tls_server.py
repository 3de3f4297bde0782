# aiosmtpd with a certificate and a sign-in: port of STARTTLS or TLS, folder with the certificate.
# Ends when its standard input does. (OpenSMTPD 6.8 on Debian 12 cannot serve TLS: its key process
# and OpenSSL 3 do not fit together.)
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

security, port, folder, user, password = sys.argv[1:]
taken = 0


class Handler:
    async def handle_DATA(self, server, session, envelope):
        global taken
        taken += 1
        tls = server.transport.get_extra_info("ssl_object")
        return f"250 2.0.0 Ok: taken {taken} over {'tls' if tls else 'plain'}"


def authenticate(server, session, envelope, mechanism, data):
    fits = (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=fits, handled=False)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/certificate.pem", f"{folder}/key.pem")
    starttls = security == "starttls"
    make = lambda: SMTP(
        Handler(), authenticator=authenticate, auth_required=True, hostname="tls.example",
        tls_context=context if starttls else None, require_starttls=starttls,
        auth_require_tls=starttls,
    )
    loop = asyncio.get_running_loop()
    await loop.create_server(make, "127.0.0.1", int(port), ssl=None if starttls else context)
    await loop.run_in_executor(None, sys.stdin.read)

asyncio.run(main())
