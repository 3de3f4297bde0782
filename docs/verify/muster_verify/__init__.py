"""A second, independent verifier of Muster's draws. Python 3.11, standard library only.

Written from docs/draw-format.md alone, without a look at the service's own code, so that a mistake
or a back door in one of the two shows as a difference. Each module follows sections of that document,
and is best read beside it, in this order:

The draw:

    encoding        how fields and JSON become bytes
    tree            RFC 6962 Merkle trees
    keys            the chain, the key of a boundary, the beacon, every keyed decision
    hazard          hazard tables: their law, and the thresholds of a block
    rows            committed rows: types, leaves, root
    spots           what a person can have: slots, verifiers, sessions held
    plan            who is hit, where and with whom; and one check-in beside the plan
    state           how `k` goes from one label to the next
    self_test       the published vectors

The audit of a bundle:

    report          what an audit says
    ed25519         RFC 8032 verification
    checkpoint      the signed root of the log
    entries         entries of the log, and their openings
    lines           the lines of a bundle: canonical, in place, covered by the checkpoint
    chains          which keys are right, which chains count
    people          who stands behind a token
    boundaries      when rows are due, and what was drawn from them
    commitments     inputs, beacons, closings, and what is missing of them
    lives           what the rows of one person say from label to label
    announcements   check-ins announced, beside those drawn
    backstop        what is clean by every rule and still unusual
    audit           all of it, line by line
    command         the command line
"""
