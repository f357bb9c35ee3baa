"""Emulators of the providers, so that the real adapters run unchanged against them over real HTTP and SMTP.

`app.create_app(config, hooks)` is the whole of it: Meta's Graph API under /graph, Twilio under /twilio, the phones page
and its API under / and /api, a mail server on a port of its own. State is committed before anything is answered.
The package knows nothing of the console: what it must tell it goes over the wire or through `world.Hooks`.
"""
