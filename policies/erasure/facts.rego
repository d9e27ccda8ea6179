package erasure

import data.lib.principals

# METADATA
# description: The account that does this is in use.
actor_active if principals.active(input.actor)

# METADATA
# description: The one who does this is a person of this organisation.
actor_human if principals.human(input.actor)

# METADATA
# description: The one who does this keeps security.
actor_keeps_security if "security" in input.actor.roles

# METADATA
# description: The one who does this is not the one who is erased.
actor_is_another if principals.distinct(input.actor, input.subject)

# METADATA
# description: The one who does this did not ask for it.
actor_did_not_ask if principals.distinct(input.actor, input.requester)

# METADATA
# description: The one who is erased is one of the organisation's.
subject_known if is_string(input.subject.id)

# METADATA
# description: The one who is erased is a human, so that there is personal data.
subject_human if input.subject.kind in {"person", "contractor"}

# METADATA
# description: Distinct people of security as they are now who agreed to this very erasure; neither asker nor erased.
countersigning contains vote.principal.id if {
	some vote in input.votes
	vote.verdict == "approve"
	vote.seal_matches == true
	principals.human(vote.principal)
	principals.distinct(vote.principal, input.subject)
	principals.distinct(vote.principal, input.requester)
	"security" in vote.principal.roles
}

# METADATA
# description: A second person stands behind it.
countersigned if count(countersigning) >= 1
