"""Everything that knows a provider's wire format, and nothing else.

A channel is one file (or folder) with four pure acts, see `channel.Channel`:

    verify   is this delivery really from the provider?          raises BadSignature
    parse    its bytes -> what happened (`types.Item`s)          never raises on content
    build    our message -> the one call that sends it           `types.HttpCall` or `types.Mail`
    read     the provider's answer -> what became of the call    `types.Outcome`

No socket, no clock, no database in here, with two exceptions that are the only I/O: `send.py`, the only way
towards a debtor, which takes a permit of the gate; and `service.py`, a closed list of calls that carry nothing to one.
(`smtp.py` is the half of `send.py` that speaks SMTP; `connector.py` fetches for `service.py` without being led astray.)
"""
