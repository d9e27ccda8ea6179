package freeze

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
# description: The one who does this is not the one whose account it is about.
actor_is_another if principals.distinct(input.actor, input.subject)

# METADATA
# description: The account is one of the organisation's.
subject_known if is_string(input.subject.id)

# METADATA
# description: The account is a human's, so that taking its power stops somebody.
subject_signs_in if input.subject.kind in {"person", "contractor"}

# METADATA
# description: Somebody else of security is left who can answer for it.
security_left if input.others_left >= 1

security_left if {
	is_array(input.subject.roles)
	not "security" in input.subject.roles
}

# METADATA
# description: The account froze somebody of security itself, so freezing it answers that, whoever is left.
security_left if input.froze_security == true

# METADATA
# description: The account has not been frozen before, or was lifted since.
not_yet_frozen if input.frozen == false

# METADATA
# description: Distinct people of security as they are now, the frozen one never, who agreed to lift this very freeze.
lifting contains vote.principal.id if {
	some vote in input.votes
	vote.verdict == "approve"
	vote.seal_matches == true
	principals.human(vote.principal)
	principals.distinct(vote.principal, input.subject)
	"security" in vote.principal.roles
}

# METADATA
# description: Two of them. One can take power away, nobody gives it back alone.
enough_lifts if count(lifting) >= 2
