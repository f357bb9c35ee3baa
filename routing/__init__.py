"""Who gets a case, and when: decided without touching anything.

    types    the words: seat, need, ticket, policy, decision, why
    load     what a case weighs, when it parks, whether one more may start
    order    the place in the queue, its terms, the next moment at which it changes
    rings    requirements that relax while a case waits
    floor    the agents of one moment, indexed by what they may serve
    choose   tickets + seats + policy + now -> decisions
    returns  when an assigned case goes back to the queue
    rules    which skills, team and priority a case needs, as data;  defaults  the rules we start with
    explain  a why as plain data for the wire
    simulate the same engine over a recorded day

No await, no clock, no database, no randomness in here: the same input gives the same output, whatever its order.
Times are integer milliseconds since the epoch, UTC; loads are integer thousandths of one active case.
"""
