package break_glass

import data.lib.principals

# METADATA
# description: The account that does this is in use.
actor_active if principals.active(input.actor)

# METADATA
# description: The one who does this is a person of this organisation.
actor_human if principals.human(input.actor)

# METADATA
# description: The one who does this is the one whose use it is.
actor_is_user if principals.same(input.actor, input.user)

# METADATA
# description: The one who does this is not the one whose use it is.
actor_is_not_user if principals.distinct(input.actor, input.user)

# METADATA
# description: The one who does this does not own the review.
actor_is_not_owner if principals.distinct(input.actor, input.review.owner)

# METADATA
# description: Security and the Codex-HPS role watch over every use.
actor_watches if "security" in input.actor.roles

actor_watches if "codex-hps" in input.actor.roles

# METADATA
# description: The one whose use it is has left or is frozen, and is known to.
user_gone if {
	is_string(input.user.id)
	input.user.active == false
}

# METADATA
# description: The one who does this did not write the words in place of the user.
actor_is_not_author if principals.distinct(input.actor, input.stand_in.author)

# METADATA
# description: Who wrote in place of the user may still do so, and is not the user.
author_stands if {
	principals.human(input.stand_in.author)
	principals.holds_any(input.stand_in.author, ["security", "codex-hps"])
	principals.distinct(input.stand_in.author, input.user)
}

# METADATA
# description: What is confirmed is what was read.
words_as_read if input.stand_in.as_read == true

# METADATA
# description: Whoever watches, or approves access to this system.
actor_oversees if actor_watches

actor_oversees if principals.holds_any(input.actor, input.system.approver_roles)

# METADATA
# description: Roles that work on the system, or approve access to it.
actor_may_use if principals.holds_any(input.actor, input.system.user_roles)

# METADATA
# description: The system is one of the organisation's and has accounts for emergencies.
has_break_glass if {
	is_string(input.system.id)
	input.system.break_glass.maximum_minutes >= 1
}

# METADATA
# description: They typed the name of the system, so they mean this one.
system_confirmed if input.terms.confirmed == true

# METADATA
# description: What is burning is said, and no novel.
what_counts if {
	input.terms.what_length >= 10
	input.terms.what_length <= 2000
}

# METADATA
# description: A verified source says that something burns.
verified if input.terms.basis in {"incident", "identity_provider"}

# METADATA
# description: Their own word is enough here.
own_word_counts if input.system.break_glass.self_declared == "allowed"

# METADATA
# description: What they say burns is bad enough for their own word here.
own_word_severe if input.terms.severity in input.system.break_glass.self_declared_severities

# METADATA
# description: Nobody owes this system a review.
reviews_done if input.overdue_reviews == 0

# METADATA
# description: They have opened no other account of this system that is still open.
holds_no_other if input.open_before == 0

# METADATA
# description: They owe no justification.
justified if input.overdue_justifications == 0

# METADATA
# description: An active person who is alerted, is not the user, and has an account in Slack to hear it with.
somebody_else_hears if {
	some alerted in input.alerted
	alerted.reachable == true
	principals.human(alerted.principal)
	principals.distinct(alerted.principal, input.user)
}

# METADATA
# description: How long a use on one's own word lasts at most, in minutes.
own_word_minutes := 30

# METADATA
# description: How long this use may last, and on whose word.
window := {"kind": "window", "minutes": input.system.break_glass.maximum_minutes, "self_declared": false} if verified

window := {
	"kind": "window",
	"minutes": min([input.system.break_glass.maximum_minutes, own_word_minutes]),
	"self_declared": true,
} if {
	input.terms.basis == "self_declared"
}

# METADATA
# description: Open and not past its end.
in_force if {
	input.use.state == "open"
	is_number(input.now_ms)
	is_number(input.use.ends_at_ms)
	input.now_ms < input.use.ends_at_ms
}

# METADATA
# description: Every field of the incident record says something.
record_complete if input.review.complete == true

# METADATA
# description: What is signed off is what was read.
read_as_it_is if input.review.as_read == true

# METADATA
# description: The credential is proved dead, so it is known what stayed behind.
rotation_proved if input.review.rotated == true

# METADATA
# description: Somebody accepted or undid each difference at the target.
differences_settled if input.review.unsettled == 0
